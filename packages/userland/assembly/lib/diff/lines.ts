/** A file as lines, each given a class so that equal lines compare as equal numbers. */
import { Reader } from "../io";
import { fromByte, isSpace, toLowerByte } from "../bytes";

export class Lines {
  lines: Array<string> = [];
  classes: Array<i32> = [];
  /** The last line has no newline. */
  unterminated: bool = false;

  get count(): i32 {
    return this.lines.length;
  }
}

/** What counts as equal. */
export class Equality {
  ignoreCase: bool = false;
  /** -w all white space, -b its amount, -Z what ends a line. */
  ignoreAllSpace: bool = false;
  ignoreSpaceAmount: bool = false;
  ignoreTrailing: bool = false;
  stripReturn: bool = false;
  private known: Map<string, i32> = new Map<string, i32>();

  private key(line: string): string {
    if (!this.ignoreCase && !this.ignoreAllSpace && !this.ignoreSpaceAmount && !this.ignoreTrailing && !this.stripReturn) return line;
    let out = "";
    let space = false;
    for (let i = 0; i < line.length; i++) {
      const c = line.charCodeAt(i);
      if (c == 13 && this.stripReturn && i == line.length - 1) continue;
      if (isSpace(c) && (this.ignoreAllSpace || this.ignoreSpaceAmount)) {
        space = true;
        continue;
      }
      if (space && !this.ignoreAllSpace) out += " ";
      space = false;
      out += fromByte(this.ignoreCase ? toLowerByte(c) : c);
    }
    if (!this.ignoreTrailing) return out;
    let end = out.length;
    while (end > 0 && isSpace(out.charCodeAt(end - 1))) end--;
    return out.substring(0, end);
  }

  /** A file's last line without newline differs from the same line with one, unless white space is ignored. */
  read(reader: Reader): Lines {
    const out = new Lines();
    const strict = !this.ignoreAllSpace && !this.ignoreSpaceAmount && !this.ignoreTrailing;
    for (let line = reader.readLine(); line !== null; line = reader.readLine()) {
      out.unterminated = !reader.terminated;
      const key = this.key(line) + (out.unterminated && strict ? "\n" : "");
      if (!this.known.has(key)) this.known.set(key, this.known.size + 1);
      out.lines.push(line);
      out.classes.push(this.known.get(key));
    }
    return out;
  }
}
