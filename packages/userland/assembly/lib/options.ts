/**
 * Options the way GNU getopt_long reads them: short ones bundled, long ones with `=value` and unique prefixes, operands
 * anywhere (unless the short spec starts with "+"), `--` ends options. --help and --version answer themselves.
 *
 *   const options = new Options("alw:", "all=a almost-all=A width:=w color?", USAGE);
 *   while (options.next()) switch (options.name) { case "a": ... case "color": ... options.value ... }
 *   options.operands
 *
 * Short spec as in getopt ("w:" takes a value, "w::" takes one only when attached). Long spec: names separated by spaces; ":" requires a value, "?" allows one;
 * "=x" says the option is the same as -x, otherwise `name` is the long name.
 */
import { args, programName } from "./args";
import { byteAt, fromByte } from "./bytes";
import { dieUsage, finish } from "./exit";
import { stdout } from "./io";

/** Version the whole userland reports. */
export const VERSION = "0.1.0";

class LongOption {
  constructor(
    public name: string,
    public result: string,
    /** 0 none, 1 required, 2 optional. */
    public takes: i32,
  ) {}
}

function parseLong(spec: string): LongOption[] {
  const list: LongOption[] = [];
  const words = spec.length > 0 ? spec.split(" ") : [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const equals = word.indexOf("=");
    let name = equals < 0 ? word : word.substring(0, equals);
    const takes = name.endsWith(":") ? 1 : name.endsWith("?") ? 2 : 0;
    if (takes != 0) name = name.substring(0, name.length - 1);
    list.push(new LongOption(name, equals < 0 ? name : word.substring(equals + 1), takes));
  }
  list.push(new LongOption("help", "help", 0));
  list.push(new LongOption("version", "version", 0));
  return list;
}

export class Options {
  /** The option `next` found: a letter, or the name of a long option that has no letter. */
  name: string = "";
  /** Its value, "" when it has none. */
  value: string = "";
  hasValue: bool = false;
  /** Arguments that are no options, complete once `next` returned false. */
  operands: string[] = [];
  private long: LongOption[];
  private stopEarly: bool;
  private index: i32 = 0;
  /** Position inside a bundle of short options, 0 when not in one. */
  private inside: i32 = 0;

  constructor(
    private short: string,
    longSpec: string,
    private usage: string,
    /** Exit status of usage errors. */
    private failure: i32 = 1,
    private list: string[] = args,
  ) {
    this.stopEarly = short.startsWith("+");
    this.long = parseLong(longSpec);
  }

  next(): bool {
    this.value = "";
    this.hasValue = false;
    if (this.inside > 0) return this.nextShort();
    while (this.index < this.list.length) {
      const arg = this.list[this.index];
      if (arg == "--") {
        this.index++;
        break;
      }
      if (arg.length < 2 || byteAt(arg, 0) != 45) {
        if (this.stopEarly) break;
        this.operands.push(arg);
        this.index++;
        continue;
      }
      if (byteAt(arg, 1) == 45) {
        this.index++;
        this.nextLong(arg);
        return true;
      }
      this.inside = 1;
      return this.nextShort();
    }
    while (this.index < this.list.length) this.operands.push(this.list[this.index++]);
    return false;
  }

  private nextShort(): bool {
    const arg = this.list[this.index];
    const letter = fromByte(byteAt(arg, this.inside++));
    const at = letter == ":" || letter == "+" ? -1 : this.short.indexOf(letter);
    const rest = arg.substring(this.inside);
    if (rest.length == 0) {
      this.inside = 0;
      this.index++;
    }
    if (at < 0) dieUsage("invalid option -- '" + letter + "'", this.failure);
    this.name = letter;
    if (at + 1 >= this.short.length || byteAt(this.short, at + 1) != 58) return true;
    if (rest.length > 0) {
      this.take(rest);
      this.inside = 0;
      this.index++;
    } else if (at + 2 >= this.short.length || byteAt(this.short, at + 2) != 58) {
      if (this.index >= this.list.length) dieUsage("option requires an argument -- '" + letter + "'", this.failure);
      this.take(this.list[this.index++]);
    }
    return true;
  }

  private take(value: string): void {
    this.value = value;
    this.hasValue = true;
  }

  private nextLong(arg: string): void {
    const equals = arg.indexOf("=");
    const name = equals < 0 ? arg.substring(2) : arg.substring(2, equals);
    const option = this.find(name, equals < 0 ? arg : arg.substring(0, equals));
    const shown = "option '--" + option.name + "'";
    if (equals >= 0) {
      if (option.takes == 0) dieUsage(shown + " doesn't allow an argument", this.failure);
      this.take(arg.substring(equals + 1));
    } else if (option.takes == 1) {
      if (this.index >= this.list.length) dieUsage(shown + " requires an argument", this.failure);
      this.take(this.list[this.index++]);
    }
    this.name = option.result;
    if (option.result == "help") {
      stdout.write(this.usage.endsWith("\n") ? this.usage : this.usage + "\n");
      finish(0);
    }
    if (option.result == "version") {
      stdout.write(programName.substring(programName.lastIndexOf("/") + 1) + " (CloudOS) " + VERSION + "\n");
      finish(0);
    }
  }

  /** The option called `name` or the only one that starts with it. */
  private find(name: string, shown: string): LongOption {
    let found: LongOption | null = null;
    let ambiguous = false;
    let candidates = "";
    for (let i = 0; i < this.long.length; i++) {
      const option = this.long[i];
      if (option.name == name) return option;
      if (!option.name.startsWith(name)) continue;
      candidates += " '--" + option.name + "'";
      if (found === null) found = option;
      else if (found.result != option.result || found.takes != option.takes) ambiguous = true;
    }
    if (ambiguous) dieUsage("option '" + shown + "' is ambiguous; possibilities:" + candidates, this.failure);
    if (found === null) dieUsage("unrecognized option '" + shown + "'", this.failure);
    return found!;
  }
}
