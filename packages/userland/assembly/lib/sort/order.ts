/** Compares two lines by the keys asked for. */
import { Key, ORDER_GENERAL, ORDER_HUMAN, ORDER_MONTH, ORDER_NUMERIC, ORDER_RANDOM, ORDER_VERSION } from "./key";
import { Lines } from "./lines";
import { compareFiltered, compareGeneral, compareHuman, compareMonths, compareNumbers, compareText } from "./compare";
import { compareVersions } from "./version";

/** The part of a line that `Order.extract` found. */
let keyStart: usize = 0;
let keyEnd: usize = 0;

export class Order {
  /** -t: the byte between fields; -1: they begin at white space. */
  tab: i32 = -1;
  /** -s and -u: lines with equal keys are not compared as a whole. */
  stable: bool = false;
  salt: u64 = 0;

  constructor(
    private keys: Array<Key>,
    private reverse: bool,
  ) {}

  compare(lines: Lines, a: i32, b: i32): i32 {
    const order = this.compareKeys(lines, a, b);
    if (order != 0 || this.stable) return order;
    const last = compareText(lines.start(a), lines.end(a), lines.start(b), lines.end(b));
    return this.reverse ? -last : last;
  }

  compareKeys(lines: Lines, a: i32, b: i32): i32 {
    for (let i = 0; i < this.keys.length; i++) {
      const key = unchecked(this.keys[i]);
      this.extract(key, lines.start(a), lines.end(a));
      const start = keyStart;
      const end = keyEnd;
      this.extract(key, lines.start(b), lines.end(b));
      const order = this.compareKey(key, start, end, keyStart, keyEnd);
      if (order != 0) return key.reverse ? -order : order;
    }
    return 0;
  }

  private compareKey(key: Key, a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
    switch (key.order) {
      case ORDER_NUMERIC: return compareNumbers(a, aEnd, b, bEnd);
      case ORDER_GENERAL: return compareGeneral(a, aEnd, b, bEnd);
      case ORDER_HUMAN: return compareHuman(a, aEnd, b, bEnd);
      case ORDER_MONTH: return compareMonths(a, aEnd, b, bEnd);
      case ORDER_VERSION: return compareVersions(a, aEnd, b, bEnd);
      case ORDER_RANDOM: {
        const x = this.hash(a, aEnd);
        const y = this.hash(b, bEnd);
        return x < y ? -1 : x > y ? 1 : compareText(a, aEnd, b, bEnd);
      }
    }
    if (key.fold || key.dictionary || key.printing) {
      return compareFiltered(a, aEnd, b, bEnd, key.fold, key.dictionary, key.printing);
    }
    return compareText(a, aEnd, b, bEnd);
  }

  /** FNV-1a, salted: equal keys stay together in a random order. */
  private hash(p: usize, end: usize): u64 {
    let h: u64 = 0xcbf29ce484222325 ^ this.salt;
    for (; p < end; p++) h = (h ^ load<u8>(p)) * 0x100000001b3;
    return h ^ (h >> 29);
  }

  private extract(key: Key, line: usize, end: usize): void {
    let start = this.skipFields(line, end, key.startField);
    if (key.skipStartBlanks) start = skipBlanks(start, end);
    start = min(start + key.startChar, end);
    let stop = end;
    if (key.endField >= 0) {
      if (key.endChar == 0) stop = this.endOfField(line, end, key.endField);
      else {
        stop = this.skipFields(line, end, key.endField);
        if (key.skipEndBlanks) stop = skipBlanks(stop, end);
        stop = min(stop + key.endChar, end);
      }
    }
    keyStart = start;
    keyEnd = max(start, stop);
  }

  /** Where field number `count` (from 0) begins. Without -t a field includes the blanks before it. */
  private skipFields(p: usize, end: usize, count: i32): usize {
    for (let i = 0; i < count && p < end; i++) {
      if (this.tab >= 0) {
        while (p < end && load<u8>(p) != <u8>this.tab) p++;
        if (p < end) p++;
      } else {
        p = skipBlanks(p, end);
        p = skipWord(p, end);
      }
    }
    return p;
  }

  private endOfField(p: usize, end: usize, field: i32): usize {
    p = this.skipFields(p, end, field);
    if (this.tab < 0) return skipWord(skipBlanks(p, end), end);
    while (p < end && load<u8>(p) != <u8>this.tab) p++;
    return p;
  }
}

function isBlank(c: i32): bool {
  return c == 32 || c == 9 || c == 10;
}

function skipBlanks(p: usize, end: usize): usize {
  while (p < end && isBlank(load<u8>(p))) p++;
  return p;
}

function skipWord(p: usize, end: usize): usize {
  while (p < end && !isBlank(load<u8>(p))) p++;
  return p;
}
