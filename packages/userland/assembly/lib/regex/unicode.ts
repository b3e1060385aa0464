/**
 * What C.UTF-8 knows about characters, as ranges: letters of the scripts in common use, and simple case pairs.
 * Outside ASCII only alpha, upper, lower, alnum, punct, space, print and graph have members.
 */
import { CharSet } from "./charset";

/** Letters beyond ASCII (Unicode general category L*, adjacent blocks merged), pairs of first and last. */
const LETTERS: StaticArray<i32> = [
  0xaa, 0xaa, 0xb5, 0xb5, 0xba, 0xba, 0xc0, 0xd6, 0xd8, 0xf6, 0xf8, 0x2c1, 0x2c6, 0x2d1, 0x2e0, 0x2e4, 0x2ec, 0x2ec,
  0x2ee, 0x2ee, 0x370, 0x374, 0x376, 0x377, 0x37a, 0x37d, 0x37f, 0x37f, 0x386, 0x386, 0x388, 0x3ff, 0x400, 0x481,
  0x48a, 0x52f, 0x531, 0x556, 0x559, 0x559, 0x560, 0x588, 0x5d0, 0x5ea, 0x5ef, 0x5f2, 0x620, 0x64a, 0x66e, 0x66f,
  0x671, 0x6d3, 0x904, 0x939, 0xe01, 0xe30, 0x10a0, 0x10ff, 0x1100, 0x1248, 0x13a0, 0x13f5, 0x1780, 0x17b3, 0x1e00,
  0x1fbc, 0x1fc2, 0x1fcc, 0x1fd0, 0x1fdb, 0x1fe0, 0x1fec, 0x1ff2, 0x1ffc, 0x2071, 0x2071, 0x207f, 0x207f, 0x2102,
  0x2102, 0x210a, 0x2113, 0x2c00, 0x2ce4, 0x2d00, 0x2d25, 0x3005, 0x3006, 0x3031, 0x3035, 0x3041, 0x3096, 0x309d,
  0x309f, 0x30a1, 0x30fa, 0x30fc, 0x30ff, 0x3105, 0x312f, 0x3131, 0x318e, 0x31f0, 0x31ff, 0x3400, 0x4dbf, 0x4e00,
  0x9fff, 0xa000, 0xa48c, 0xa640, 0xa66e, 0xa680, 0xa69d, 0xa722, 0xa788, 0xa78b, 0xa7ca, 0xac00, 0xd7a3, 0xf900,
  0xfa6d, 0xfb00, 0xfb06, 0xff21, 0xff3a, 0xff41, 0xff5a, 0xff66, 0xffbe, 0x10000, 0x100fa, 0x10400, 0x1049d, 0x1d400,
  0x1d7cb, 0x20000, 0x2a6df, 0x2a700, 0x2ebe0, 0x30000, 0x3134a,
];

/** White space beyond ASCII that breaks (no-break spaces are not `[[:space:]]` in glibc). */
const SPACES: StaticArray<i32> = [0x1680, 0x1680, 0x2000, 0x2006, 0x2008, 0x200a, 0x2028, 0x2029, 0x205f, 0x205f, 0x3000, 0x3000];

/** The other case of `c`, or `c`: ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic, Armenian, Latin Additional, full width. */
export function otherCase(c: i32): i32 {
  if (c < 0x80) return (c >= 65 && c <= 90) || (c >= 97 && c <= 122) ? c ^ 32 : c;
  if (c >= 0xc0 && c <= 0xfe && c != 0xd7 && c != 0xf7 && c != 0xdf) return c ^ 32;
  if (c == 0xff) return 0x178;
  if (c == 0x178) return 0xff;
  if ((c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) || (c >= 0x14a && c <= 0x177)) return c ^ 1;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) return (c & 1) != 0 ? c + 1 : c - 1;
  if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2) return c + 32;
  if (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) return c - 32;
  if (c == 0x386) return 0x3ac;
  if (c == 0x3ac) return 0x386;
  if (c >= 0x388 && c <= 0x38a) return c + 37;
  if (c >= 0x3ad && c <= 0x3af) return c - 37;
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  if (c >= 0x450 && c <= 0x45f) return c - 80;
  if (c >= 0x410 && c <= 0x42f) return c + 32;
  if (c >= 0x430 && c <= 0x44f) return c - 32;
  if ((c >= 0x460 && c <= 0x481) || (c >= 0x48a && c <= 0x4bf) || (c >= 0x4d0 && c <= 0x52f)) return c ^ 1;
  if (c >= 0x531 && c <= 0x556) return c + 48;
  if (c >= 0x561 && c <= 0x586) return c - 48;
  if ((c >= 0x1e00 && c <= 0x1e95) || (c >= 0x1ea0 && c <= 0x1eff)) return c ^ 1;
  if (c >= 0xff21 && c <= 0xff3a) return c + 32;
  if (c >= 0xff41 && c <= 0xff5a) return c - 32;
  return c;
}

/** Whether `c` is the capital of a pair. */
export function isUpper(c: i32): bool {
  const other = otherCase(c);
  if (other == c) return false;
  return c == 0x178 || (c != 0xff && other > c);
}

function addTable(set: CharSet, table: StaticArray<i32>): void {
  for (let i = 0; i < table.length; i += 2) set.add(unchecked(table[i]), unchecked(table[i + 1]));
}

function addCased(set: CharSet, upper: bool): void {
  for (let c = 0xc0; c < 0x1f00; c++) {
    if (c == 0x600) c = 0x1e00;
    if (otherCase(c) != c && isUpper(c) == upper) set.add(c, c);
  }
  if (!upper) set.add(0xdf, 0xdf);
  set.add(upper ? 0xff21 : 0xff41, upper ? 0xff3a : 0xff5a);
}

/** Everything printable beyond ASCII that is not a letter or a blank. */
function addPunctuation(set: CharSet): void {
  const not = new CharSet();
  not.add(0, 0x9f);
  addTable(not, LETTERS);
  addTable(not, SPACES);
  not.add(0xd800, 0xf8ff);
  not.add(0xe0000, 0x10ffff);
  not.normalize();
  set.addSet(not.negated(0x10ffff));
}

/** Adds class `name` ("alpha" ...) to `set`; false when there is no such class. */
export function addClass(set: CharSet, name: string, utf8: bool): bool {
  const alpha = name == "alpha";
  const alnum = name == "alnum";
  const print = name == "print";
  const graph = name == "graph";
  if (alpha || alnum) {
    set.add(65, 90);
    set.add(97, 122);
    if (alnum) set.add(48, 57);
    if (utf8) addTable(set, LETTERS);
  } else if (name == "digit") {
    set.add(48, 57);
  } else if (name == "upper") {
    set.add(65, 90);
    if (utf8) addCased(set, true);
  } else if (name == "lower") {
    set.add(97, 122);
    if (utf8) addCased(set, false);
  } else if (name == "space") {
    set.add(9, 13);
    set.add(32, 32);
    if (utf8) addTable(set, SPACES);
  } else if (name == "blank") {
    set.add(9, 9);
    set.add(32, 32);
    if (utf8) addTable(set, SPACES);
  } else if (name == "punct") {
    set.add(33, 47);
    set.add(58, 64);
    set.add(91, 96);
    set.add(123, 126);
    if (utf8) addPunctuation(set);
  } else if (print || graph) {
    set.add(print ? 32 : 33, 126);
    if (utf8) {
      addTable(set, LETTERS);
      addPunctuation(set);
      if (print) addTable(set, SPACES);
    }
  } else if (name == "cntrl") {
    set.add(0, 31);
    set.add(127, 127);
    if (utf8) {
      set.add(0x80, 0x9f);
      set.add(0x2028, 0x2029);
    }
  } else if (name == "xdigit") {
    set.add(48, 57);
    set.add(65, 70);
    set.add(97, 102);
  } else return false;
  return true;
}

/** `\w`: alphanumerics and underscore. */
export function addWord(set: CharSet, utf8: bool): void {
  addClass(set, "alnum", utf8);
  set.add(95, 95);
}

/** Adds the other case of every member. Ranges past the cased scripts have none and are skipped. */
export function foldCase(set: CharSet, utf8: bool): void {
  const n = set.count;
  const last = utf8 ? 0xff5a : 0x7f;
  for (let i = 0; i < n; i++) {
    const lo = set.lo[i];
    const hi = min(set.hi[i], last);
    for (let c = lo; c <= hi; c++) {
      if (c == 0x2000 && hi >= 0x2000) c = hi < 0xff21 ? hi : max(lo, 0xff21);
      const other = otherCase(c);
      if (other != c) set.add(other, other);
    }
  }
}
