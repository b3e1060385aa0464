/** A parsed sed script. */
import { Regex } from "../regex/regex";
import { Output } from "./output";

export const ADDRESS_LINE: i32 = 0;
export const ADDRESS_STEP: i32 = 1; // first~step
export const ADDRESS_LAST: i32 = 2; // $
export const ADDRESS_REGEX: i32 = 3;
export const ADDRESS_PLUS: i32 = 4; // addr,+N
export const ADDRESS_MULTIPLE: i32 = 5; // addr,~N

export class Address {
  first: i64 = 0;
  step: i64 = 0;
  /** ADDRESS_REGEX: null stands for the regex used last. */
  regex: Regex | null = null;

  constructor(public kind: i32) {}
}

export const RANGE_INACTIVE: i32 = 0;
export const RANGE_ACTIVE: i32 = 1;
export const RANGE_CLOSED: i32 = 2;

/** Pieces of a replacement. */
export const PART_TEXT: i32 = 0;
export const PART_GROUP: i32 = 1;
export const PART_CASE: i32 = 2;

export class ReplacementPart {
  text: string = "";
  constructor(
    public kind: i32,
    /** PART_GROUP: which, 0 is the whole match. PART_CASE: the letter after the backslash. */
    public value: i32,
  ) {}
}

export class Substitution {
  /** null: the regex used last. */
  regex: Regex | null = null;
  parts: Array<ReplacementPart> = [];
  global: bool = false;
  print: i32 = 0;
  /** Which match to begin with. */
  number: i32 = 1;
  output: Output | null = null;
  /** Highest group the replacement uses. */
  highest: i32 = 0;
  changesCase: bool = false;
}

export class Command {
  a1: Address | null = null;
  a2: Address | null = null;
  negate: bool = false;
  range: i32 = RANGE_INACTIVE;
  rangeEnd: i64 = 0;
  /** a, i, c: text; r, R: file name; b, t, T and ":": label. */
  text: string = "";
  /** l, L: width; q, Q: exit status. -1 when not given. */
  number: i32 = -1;
  /** "{": index behind the matching "}"; b, t, T: index to go to. */
  target: i32 = 0;
  substitution: Substitution | null = null;
  output: Output | null = null;
  /** y: what each character becomes, at even and odd places. */
  map: Array<string> = [];

  constructor(public letter: i32) {}
}

export class Script {
  commands: Array<Command> = [];
  /** `#n` as the first line. */
  quiet: bool = false;
}
