/** sed(1): the command line. */
import { Executor } from "./execute";
import { Input } from "./input";
import { Options } from "../options";
import { Reader, writeText } from "../io";
import { ScriptParser } from "./parse";
import { Source } from "./source";
import { close, openRead } from "../fs";
import { errorText } from "../errno-text";
import { finish } from "../exit";
import { getenv, localeIsUtf8 } from "../args";
import { parseFailed, parseUnsigned } from "../numbers";
import { proc_exit } from "../wasi";
import { standardOutput } from "./output";

const USAGE = `Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...

  -n, --quiet, --silent      print only what the script says
  -e SCRIPT, -f FILE         add commands
  -E, -r                     extended regular expressions
  -i[SUFFIX]                 edit files in place, keeping a copy when SUFFIX is given
  -l N                       fold the output of \`l' at N columns
  -s                         treat files as separate
  -u                         flush after every line
  -z                         lines end in NUL
`;

const LONG =
  "quiet=n silent=n expression:=e file:=f regexp-extended=E in-place?=i line-length:=l separate=s unbuffered=u null-data=z " +
  "posix follow-symlinks sandbox debug";

function readScript(name: string): string {
  const fd = name == "-" ? 0 : openRead(name);
  if (fd < 0) {
    writeText(2, "sed: couldn't open file " + name + ": " + errorText(-fd) + "\n");
    proc_exit(1);
  }
  const text = new Reader(fd).readAll();
  if (fd != 0) close(fd);
  return text;
}

export function sed(): void {
  const source = new Source();
  const options = new Options("ne:f:Eri::l:suz", LONG, USAGE);
  let quiet = false;
  let extended = false;
  let separate = false;
  let separator: u8 = 10;
  let lineLength = 70;
  let suffix: string | null = null;
  let scripts = 0;
  while (options.next()) {
    const name = options.name;
    if (name == "n") quiet = true;
    else if (name == "e" || name == "f") {
      source.add(name == "e" ? options.value : readScript(options.value), name == "e" ? "" : options.value);
      scripts++;
    } else if (name == "E" || name == "r") extended = true;
    else if (name == "i") {
      suffix = options.value;
      separate = true;
    } else if (name == "s") separate = true;
    else if (name == "z") separator = 0;
    else if (name == "u") standardOutput.unbuffered = true;
    else if (name == "l") {
      lineLength = <i32>parseUnsigned(options.value);
      if (parseFailed) {
        writeText(2, "sed: invalid line length: " + options.value + "\n");
        proc_exit(1);
      }
      // -l 1 means no folding, as -l 0 does.
      if (lineLength == 1) lineLength = 0;
    }
  }
  const files = options.operands;
  if (scripts == 0) {
    if (files.length == 0) {
      writeText(2, USAGE);
      proc_exit(1);
    }
    source.add(files.shift(), "");
  }
  if (files.length == 0) files.push("-");
  const utf8 = localeIsUtf8();
  const script = new ScriptParser(source, extended, utf8).parse();
  const input = new Input(files, separator, separate, suffix);
  const executor = new Executor(script, input, quiet || script.quiet, separator, lineLength, utf8);
  executor.run();
  finish(executor.status != 0 ? executor.status : input.failed ? 2 : 0, 4);
}
