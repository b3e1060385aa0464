/** Sizes with suffixes, in and out: "10k", "1MB", and 1.5K as ls -h, df -h and du -h show it. */
import { byteAt, isDigit } from "./bytes";
import { formatUnsigned, parseEnd, parseFailed, parseOverflowed, scanUnsigned } from "./numbers";

/** The text was no size, or too large. */
export let sizeFailed: bool = false;
export let sizeOverflowed: bool = false;

const LETTERS = "KMGTPE";

/** A number with an optional suffix: b 512, k K 1024, kB 1000, KiB 1024, and so on for M G T P E. */
export function parseSize(text: string): u64 {
  sizeFailed = sizeOverflowed = false;
  let value = scanUnsigned(text, 0, 10);
  sizeOverflowed = parseOverflowed;
  if (parseFailed) value = 1;
  const suffix = text.substring(parseEnd);
  if (suffix.length == 0) {
    sizeFailed = parseFailed;
    return value;
  }
  if (suffix == "b") return scaled(value, 512, 1);
  if (suffix == "c") return value;
  if (suffix == "w") return scaled(value, 2, 1);
  const letter = byteAt(suffix, 0) == 107 ? 0 : byteAt(suffix, 0) == 109 ? 1 : LETTERS.indexOf(suffix.charAt(0));
  const tail = suffix.substring(1);
  if (letter < 0 || (tail != "" && tail != "B" && tail != "iB")) {
    sizeFailed = true;
    return 0;
  }
  return scaled(value, tail == "B" ? 1000 : 1024, letter + 1);
}

/** What follows numbers counted in a unit given as letters alone ("M" shows 5M, "1M" shows 5). */
export function unitSuffix(text: string): string {
  if (text.length == 0 || isDigit(byteAt(text, 0))) return "";
  return text == "KB" || text == "kB" ? "kB" : text.startsWith("k") ? "K" + text.substring(1) : text;
}

function scaled(value: u64, unit: u64, power: i32): u64 {
  for (; power > 0; power--) {
    if (value > u64.MAX_VALUE / unit) {
      sizeOverflowed = true;
      return u64.MAX_VALUE;
    }
    value *= unit;
  }
  return value;
}

/** 1023, 1.0K, 9.8M, 10G: rounded up, three characters of number. `unit` 1024 or 1000 (then "k"). */
export function humanSize(bytes: u64, unit: u64 = 1024): string {
  if (bytes < unit) return formatUnsigned(bytes);
  let power = 0;
  let scale: u64 = unit;
  while (power < LETTERS.length - 1 && bytes / scale >= unit) {
    scale *= unit;
    power++;
  }
  const letter = unit == 1000 && power == 0 ? "k" : LETTERS.charAt(power);
  const whole = bytes / scale;
  const rest = bytes % scale;
  if (whole < 10) {
    // Tenths, rounded up; scale / 10 first would lose bits, rest * 10 could overflow only past 1.8 EiB.
    const tenths = rest > u64.MAX_VALUE / 10 ? rest / (scale / 10) + 1 : (rest * 10 + scale - 1) / scale;
    const total = whole * 10 + tenths;
    if (total < 100) return formatUnsigned(total / 10) + "." + formatUnsigned(total % 10) + letter;
    return "10" + letter;
  }
  const rounded = whole + (rest > 0 ? 1 : 0);
  if (rounded >= unit && power < LETTERS.length - 1) return "1.0" + LETTERS.charAt(power + 1);
  return formatUnsigned(rounded) + letter;
}
