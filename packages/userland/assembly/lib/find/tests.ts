/** The tests of find(1). */
import { Entry, Expression, Run } from "./expression";
import { fnmatch } from "../fnmatch";
import { Regex } from "../regex/regex";
import { Stat, access, readlink, stat, text as linkText } from "../fs";
import { addressOf, toBytes } from "../bytes";
import { groupName, userName } from "../accounts";
import { readNames } from "../directory";
import { typeLetter } from "../mode";

/** A number with a sign: `+n` more than, `-n` less than, `n` exactly. */
export class Comparison {
  /** 1 more, -1 less, 0 equal. */
  constructor(
    public kind: i32,
    public value: i64,
  ) {}
  holds(n: i64): bool {
    return this.kind > 0 ? n > this.value : this.kind < 0 ? n < this.value : n == this.value;
  }
}

export const SUBJECT_NAME: i32 = 0;
export const SUBJECT_PATH: i32 = 1;
export const SUBJECT_LINK: i32 = 2;

export class Glob extends Expression {
  constructor(
    private subject: i32,
    private pattern: string,
    private flags: i32,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    if (this.subject == SUBJECT_PATH) return fnmatch(this.pattern, entry.path, this.flags);
    if (this.subject == SUBJECT_NAME) return fnmatch(this.pattern, entry.name, this.flags);
    return entry.st.isSymlink && readlink(entry.path) == 0 && fnmatch(this.pattern, linkText, this.flags);
  }
}

export class PathRegex extends Expression {
  constructor(private regex: Regex) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    const bytes = toBytes(entry.path);
    return this.regex.search(addressOf(bytes), bytes.length, 0, false);
  }
}

export class Type extends Expression {
  constructor(
    private letters: string,
    /** -xtype: what a link points to when links are not followed, and the other way round. */
    private other: bool,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    let st = entry.st;
    if (this.other && st.isSymlink) {
      const target = new Stat();
      if (stat(entry.path, target) == 0) st = target;
    }
    const letter = typeLetter(st);
    return this.letters.includes(letter == "-" ? "f" : letter);
  }
}

export class Size extends Expression {
  constructor(
    private comparison: Comparison,
    private unit: u64,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    return this.comparison.holds(<i64>((entry.st.size + this.unit - 1) / this.unit));
  }
}

export class Empty extends Expression {
  evaluate(entry: Entry, run: Run): bool {
    if (entry.st.isRegular) return entry.st.size == 0;
    if (!entry.st.isDirectory) return false;
    const names: Array<string> = [];
    return readNames(entry.path, names) == 0 && names.length == 0;
  }
}

/** Which of a file's times: "a", "c" or "m". */
export function timeOf(st: Stat, which: string): u64 {
  return which == "a" ? st.atim : which == "c" ? st.ctim : st.mtim;
}

export class Age extends Expression {
  constructor(
    private which: string,
    private comparison: Comparison,
    /** Nanoseconds. */
    private unit: i64,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    const age = <i64>run.now - <i64>timeOf(entry.st, this.which);
    const n = this.comparison.value;
    // Days count whole ones that have passed; minutes are rounded up (findutils, "Age Ranges").
    if (this.unit >= 86400000000000) {
      if (this.comparison.kind > 0) return age >= (n + 1) * this.unit;
      if (this.comparison.kind < 0) return age < n * this.unit;
      return age >= n * this.unit && age < (n + 1) * this.unit;
    }
    if (this.comparison.kind > 0) return age > n * this.unit;
    if (this.comparison.kind < 0) return age < n * this.unit;
    return age > (n - 1) * this.unit && age <= n * this.unit;
  }
}

export class Newer extends Expression {
  constructor(
    private which: string,
    private moment: u64,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    return timeOf(entry.st, this.which) > this.moment;
  }
}

export class Permission extends Expression {
  /** `kind`: "" exactly, "-" all of the bits, "/" any of them. */
  constructor(
    private kind: string,
    private bits: u32,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    const mode = entry.st.mode & 0o7777;
    if (this.kind == "-") return (mode & this.bits) == this.bits;
    if (this.kind == "/") return this.bits == 0 || (mode & this.bits) != 0;
    return mode == this.bits;
  }
}

export const NUMBER_LINKS: i32 = 0;
export const NUMBER_INODE: i32 = 1;
export const NUMBER_USER: i32 = 2;
export const NUMBER_GROUP: i32 = 3;

export class NumberTest extends Expression {
  constructor(
    private field: i32,
    private comparison: Comparison,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    const st = entry.st;
    const value: i64 =
      this.field == NUMBER_LINKS ? <i64>st.nlink : this.field == NUMBER_INODE ? <i64>st.ino : this.field == NUMBER_USER ? <i64>st.uid : <i64>st.gid;
    return this.comparison.holds(value);
  }
}

export class Unknown extends Expression {
  constructor(private group: bool) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    return (this.group ? groupName(entry.st.gid) : userName(entry.st.uid)).length == 0;
  }
}

export class SameFile extends Expression {
  constructor(private st: Stat) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    return entry.st.sameFile(this.st);
  }
}

export class Access extends Expression {
  constructor(private mode: u32) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    return access(entry.path, this.mode) == 0;
  }
}
