/** What ls was asked for. */
export const FORMAT_ONE = 0;
export const FORMAT_LONG = 1;
export const FORMAT_COLUMNS = 2;
export const FORMAT_ACROSS = 3;
export const FORMAT_COMMAS = 4;

export const SORT_NAME = 0;
export const SORT_TIME = 1;
export const SORT_SIZE = 2;
export const SORT_NONE = 3;
export const SORT_EXTENSION = 4;
export const SORT_VERSION = 5;
export const SORT_WIDTH = 6;

export const TIME_MODIFIED = 0;
export const TIME_CHANGED = 1;
export const TIME_ACCESSED = 2;

export const INDICATE_NONE = 0;
export const INDICATE_SLASH = 1;
export const INDICATE_TYPE = 2;
export const INDICATE_CLASSIFY = 3;

export const QUOTE_LITERAL = 0;
export const QUOTE_SHELL = 1;
export const QUOTE_SHELL_ALWAYS = 2;
export const QUOTE_SHELL_ESCAPE = 3;
export const QUOTE_SHELL_ESCAPE_ALWAYS = 4;
export const QUOTE_C = 5;
export const QUOTE_ESCAPE = 6;
export const QUOTE_C_MAYBE = 7;
export const QUOTE_LOCALE = 8;

export const FOLLOW_NEVER = 0;
/** Operands that are links to directories (the default of the short formats). */
export const FOLLOW_OPERAND_DIRECTORIES = 1;
export const FOLLOW_OPERANDS = 2;
export const FOLLOW_ALWAYS = 3;

export class Settings {
  format: i32 = FORMAT_ONE;
  sort: i32 = SORT_NAME;
  reverse: bool = false;
  time: i32 = TIME_MODIFIED;
  /** strftime format of -l; "" for the traditional two. */
  timeFormat: string = "";
  indicate: i32 = INDICATE_NONE;
  quoting: i32 = QUOTE_LITERAL;
  /** Show ? for bytes that do not print. */
  hideControl: bool = false;
  follow: i32 = FOLLOW_OPERAND_DIRECTORIES;
  all: bool = false;
  almostAll: bool = false;
  ignoreBackups: bool = false;
  ignorePatterns: string[] = [];
  recursive: bool = false;
  directories: bool = false;
  directoriesFirst: bool = false;
  inode: bool = false;
  blocks: bool = false;
  human: bool = false;
  /** 1000 with --si. */
  humanUnit: u64 = 1024;
  /** Unit of blocks (-s and totals), and of sizes, in bytes. */
  blockUnit: u64 = 1024;
  sizeUnit: u64 = 1;
  unitSuffix: string = "";
  numeric: bool = false;
  owner: bool = true;
  group: bool = true;
  author: bool = false;
  color: bool = false;
  width: i32 = 80;
  tabSize: i32 = 8;
  delimiter: i32 = 10;

  /** More than the name must be known of each entry. */
  get needsStat(): bool {
    return (
      this.format == FORMAT_LONG ||
      this.sort == SORT_TIME ||
      this.sort == SORT_SIZE ||
      this.blocks ||
      this.color ||
      this.indicate == INDICATE_CLASSIFY ||
      this.follow == FOLLOW_ALWAYS
    );
  }
}

export const settings = new Settings();
