/** What grep was asked to do. */
export const BINARY_NOTICE: i32 = 0;
export const BINARY_TEXT: i32 = 1;
export const BINARY_SKIP: i32 = 2;

export class Settings {
  patterns: string[] = [];
  hasPattern: bool = false;
  syntax: i32 = 0;
  whole: i32 = 0;
  invert: bool = false;
  count: bool = false;
  /** 0 no, 1 names of files with a match, 2 names of those without. */
  list: i32 = 0;
  lineNumbers: bool = false;
  byteOffsets: bool = false;
  onlyMatching: bool = false;
  quiet: bool = false;
  silent: bool = false;
  /** -1 decide from the operands, 0 no, 1 yes. */
  withNames: i32 = -1;
  /** What ends a name in front of a line; 0 after -Z. */
  zeroAfterName: bool = false;
  initialTab: bool = false;
  /** 0 no, 1 do not follow links met on the way (-r), 2 follow all (-R). */
  recurse: i32 = 0;
  skipDirectories: bool = false;
  before: i32 = 0;
  after: i32 = 0;
  context: bool = false;
  /** Selected lines after which a file is done with; -1 no limit. */
  limit: i64 = -1;
  separator: i32 = 10;
  binary: i32 = 0;
  color: bool = false;
  lineBuffered: bool = false;
  label: string = "(standard input)";
  groupSeparator: string | null = "--";
  include: string[] = [];
  exclude: string[] = [];
  excludeDirectories: string[] = [];

  /** One match settles a file: no line is shown or counted. */
  get firstMatchDecides(): bool {
    return this.quiet || this.list != 0;
  }

  get showsLines(): bool {
    return !this.quiet && this.list == 0 && !this.count;
  }
}
