/**
 * Regular expressions over bytes. Matching is leftmost-longest and takes time linear in the text, by lazily built DFAs;
 * only groups and back-references need more (backtrack.ts).
 */
import { Backtracker } from "./backtrack";
import { CharSet } from "./charset";
import { COMPILE_DFA, COMPILE_REVERSED, compile } from "./compile";
import { DFA_LINES, DFA_REVERSED, DFA_SEARCH, Dfa } from "./dfa";
import { Literal, findByte } from "./literal";
import { Parser } from "./parse";
import { Program } from "./program";
import { Required } from "./required";
import { RE_BYTES, RE_ICASE, RE_NEWLINE } from "./syntax";
import { SIDE_EDGE, SIDE_NOT_LINE, sideOf } from "./assertion";
import {
  ASSERT_LINE_END, ASSERT_LINE_START, ASSERT_NO_WORD_AFTER, ASSERT_NO_WORD_BEFORE, NODE_ALTERNATE, NODE_CONCAT, Node,
  assertNode, listNode, setNode,
} from "./node";

/** What a match must be: anything, a whole line, or delimited by non-word characters. */
export const WHOLE_ANY: i32 = 0;
export const WHOLE_LINE: i32 = 1;
export const WHOLE_WORD: i32 = 2;

/** Why the last compilation failed, in the words of regcomp(3). */
export let regexError: string = "";
/** A doubtful construction in the last pattern compiled, or "". */
export let regexWarning: string = "";

export function compileRegex(pattern: string, syntax: i32): Regex | null {
  return compileRegexes([pattern], syntax, WHOLE_ANY, 10);
}

/** One matcher for several patterns; each has its own back-reference numbers. Null with `regexError` set on failure. */
export function compileRegexes(patterns: Array<string>, syntax: i32, whole: i32, separator: i32): Regex | null {
  const branches: Array<Node> = [];
  let groups = 0;
  let usesBackrefs = false;
  regexError = "";
  regexWarning = "";
  for (let i = 0; i < patterns.length; i++) {
    const parser = new Parser(patterns[i], syntax, groups);
    branches.push(parser.parse());
    regexError = parser.error;
    if (regexError.length > 0) return null;
    if (parser.warning.length > 0) regexWarning = parser.warning;
    groups = parser.groups;
    if (parser.usesBackrefs) usesBackrefs = true;
  }
  // No pattern at all matches nothing.
  let root = branches.length == 0 ? setNode(new CharSet()) : listNode(NODE_ALTERNATE, branches);
  if (whole == WHOLE_LINE) root = listNode(NODE_CONCAT, [assertNode(ASSERT_LINE_START), root, assertNode(ASSERT_LINE_END)]);
  if (whole == WHOLE_WORD) {
    root = listNode(NODE_CONCAT, [assertNode(ASSERT_NO_WORD_BEFORE), root, assertNode(ASSERT_NO_WORD_AFTER)]);
  }
  const forward = compile(root, COMPILE_DFA, (syntax & RE_BYTES) == 0);
  if (forward.tooBig) {
    regexError = "Regular expression too big";
    return null;
  }
  return new Regex(root, forward, groups, usesBackrefs, syntax, separator);
}

export class Regex {
  /** After a successful search: start and end of the match; after `capture` those of the groups too. -1: took no part. */
  caps: StaticArray<i32> = new StaticArray<i32>(2);
  /** A match with back-references was given up: too many ways to try. */
  exhausted: bool = false;

  private utf8: bool = false;
  private multiline: bool = false;
  private literal: Literal = new Literal("");
  private literalIsAll: bool = false;
  private lines: Dfa | null = null;
  private search_: Dfa | null = null;
  private reversed: Dfa | null = null;
  private backtracker: Backtracker | null = null;
  private text: usize = 0;
  private length: i32 = 0;
  private edge: i32 = SIDE_EDGE;

  constructor(
    private root: Node,
    private forward: Program,
    public groups: i32,
    public usesBackrefs: bool,
    private syntax: i32,
    private separator: i32,
  ) {
    this.utf8 = (syntax & RE_BYTES) == 0;
    this.multiline = (syntax & RE_NEWLINE) != 0;
    this.caps = new StaticArray<i32>(groups * 2 + 2);
    const required = new Required(root, this.utf8);
    this.literal = new Literal(required.best);
    this.literalIsAll = required.whole;
  }

  /**
   * Somewhere inside the first line of start..end that has a match (or at its separator), or -1. `start` must be a
   * line's start. With back-references this may name a line without a match: `search` it to be sure.
   */
  findLine(text: usize, start: i32, end: i32): i32 {
    if (this.literalIsAll) return this.literal.find(text, start, end);
    let lines = this.lines;
    if (lines == null) {
      lines = new Dfa(this.forward, DFA_LINES, this.utf8, this.multiline, this.separator);
      this.lines = lines;
    }
    if (this.literal.length < 2) return lines.findLine(text, start, end);
    let from = start;
    while (from < end) {
      const at = this.literal.find(text, from, end);
      if (at < 0) return -1;
      let lineStart = at;
      while (lineStart > from && load<u8>(text + lineStart - 1) != <u8>this.separator) lineStart--;
      let lineEnd = findByte(text, at, end, <u8>this.separator);
      if (lineEnd < 0) lineEnd = end;
      if (lines.findLine(text, lineStart, lineEnd) >= 0) return at;
      from = lineEnd + 1;
    }
    return -1;
  }

  /** Finds the leftmost-longest match at or after `from` in the text of `length` bytes. `notBol`: `^` does not match at 0. */
  search(text: usize, length: i32, from: i32, notBol: bool): bool {
    this.text = text;
    this.length = length;
    this.edge = notBol ? SIDE_EDGE | SIDE_NOT_LINE : SIDE_EDGE;
    if (this.literalIsAll) {
      const at = this.literal.find(text, from, length);
      if (at < 0) return false;
      this.caps[0] = at;
      this.caps[1] = at + this.literal.length;
      return true;
    }
    let dfa = this.search_;
    if (dfa == null) {
      dfa = new Dfa(this.forward, DFA_SEARCH, this.utf8, this.multiline, -1);
      this.search_ = dfa;
    }
    const side = from == 0 ? this.edge : sideOf(load<u8>(text + from - 1), this.utf8);
    const end = dfa.searchEnd(text, from, length, side);
    if (end < 0) return false;
    if (this.usesBackrefs) return this.searchBackrefs(from);
    this.caps[1] = end;
    this.caps[0] = this.startOf(from, end, side);
    return true;
  }

  private startOf(from: i32, end: i32, side: i32): i32 {
    let dfa = this.reversed;
    if (dfa == null) {
      const program = compile(this.root, COMPILE_DFA | COMPILE_REVERSED, this.utf8);
      dfa = new Dfa(program, DFA_REVERSED, this.utf8, this.multiline, -1);
      this.reversed = dfa;
    }
    return dfa.searchStart(this.text, from, end, this.length, side);
  }

  private searchBackrefs(from: i32): bool {
    const machine = this.machine();
    for (let start = from; start <= this.length; start++) {
      if (machine.run(this.text, this.length, start, -1, this.edge)) {
        this.copyCaps(machine);
        return true;
      }
      if (machine.exhausted) {
        this.exhausted = true;
        return false;
      }
    }
    return false;
  }

  /** Fills in the groups of the match the last search found. */
  capture(): void {
    if (this.usesBackrefs || this.groups == 0) return;
    const machine = this.machine();
    machine.run(this.text, this.length, this.caps[0], this.caps[1], this.edge);
    this.copyCaps(machine);
  }

  private machine(): Backtracker {
    let machine = this.backtracker;
    if (machine == null) {
      const icase = (this.syntax & RE_ICASE) != 0;
      const program = compile(this.root, 0, this.utf8);
      machine = new Backtracker(program, this.groups, this.utf8, this.multiline, icase, this.usesBackrefs);
      this.backtracker = machine;
    }
    return machine;
  }

  private copyCaps(machine: Backtracker): void {
    for (let i = 0; i < this.caps.length; i++) this.caps[i] = machine.caps[i];
  }
}
