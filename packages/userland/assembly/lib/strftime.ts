/** strftime with GNU's additions: flags _ - 0 ^ #, widths, %N, %s, %:z. C locale. */
import { byteAt, isDigit, padStart, toLower, toUpper } from "./bytes";
import { Calendar, isLeapYear, monthName, weekdayName } from "./calendar";
import { formatPadded, formatUnsigned } from "./numbers";

class Field {
  pad: i32 = 0;
  width: i32 = -1;
  upper: bool = false;
  swapCase: bool = false;
  colons: i32 = 0;

  /** A number, zero-padded to `digits` unless the flags say otherwise. */
  number(value: i64, digits: i32, padding: i32 = 48): string {
    const pad = this.pad != 0 ? this.pad : padding;
    const width = this.width >= 0 ? this.width : digits;
    const text = formatUnsigned(value < 0 ? 0 - <u64>value : <u64>value);
    const sign = value < 0 ? "-" : "";
    if (pad == 45 || text.length + sign.length >= width) return sign + text;
    if (pad == 95) return padStart(sign + text, width);
    return sign + "0".repeat(width - text.length - sign.length) + text;
  }

  text(value: string): string {
    if (this.upper) value = toUpper(value);
    if (this.width > value.length) {
      value = (this.pad == 48 ? "0" : " ").repeat(this.width - value.length) + value;
    }
    return value;
  }
}

/** Week of the year counted from the first `start` day (0 Sunday, 1 Monday). */
function weekNumber(t: Calendar, start: i32): i32 {
  return (t.yearDay + 7 - ((t.weekday - start + 7) % 7)) / 7;
}

/** Year of the ISO 8601 week; the week itself is left in isoWeek. */
let isoWeek: i32 = 0;
function isoYear(t: Calendar): i64 {
  const monday = (t.weekday + 6) % 7;
  isoWeek = (t.yearDay - monday + 10) / 7;
  if (isoWeek < 1) {
    const lastYear = t.year - 1;
    isoWeek = (t.yearDay + (isLeapYear(lastYear) ? 366 : 365) - monday + 10) / 7;
    return lastYear;
  }
  if (isoWeek == 53 && t.yearDay - monday + 3 >= (isLeapYear(t.year) ? 366 : 365)) {
    isoWeek = 1;
    return t.year + 1;
  }
  return t.year;
}

function zoneOffset(t: Calendar, colons: i32): string {
  const east = abs(t.offset);
  const hours = (t.offset < 0 ? "-" : "+") + formatPadded(east / 3600, 2);
  const minutes = formatPadded((east / 60) % 60, 2);
  const seconds = formatPadded(east % 60, 2);
  switch (colons) {
    case 0: return hours + minutes;
    case 1: return hours + ":" + minutes;
    case 2: return hours + ":" + minutes + ":" + seconds;
    default: return east % 60 != 0 ? hours + ":" + minutes + ":" + seconds : east % 3600 != 0 ? hours + ":" + minutes : hours;
  }
}

function nanoseconds(t: Calendar, field: Field): string {
  const digits = formatPadded(t.nanosecond, 9);
  if (field.pad == 45) {
    let end = 9;
    while (end > 1 && byteAt(digits, end - 1) == 48) end--;
    return digits.substring(0, end);
  }
  return field.width >= 0 && field.width < 9 ? digits.substring(0, max(field.width, 1)) : digits;
}

function convert(letter: string, t: Calendar, f: Field): string {
  switch (letter) {
    case "%": return f.text("%");
    case "n": return "\n";
    case "t": return "\t";
    case "a": return f.text(f.swapCase ? toUpper(weekdayName(t.weekday).substring(0, 3)) : weekdayName(t.weekday).substring(0, 3));
    case "A": return f.text(f.swapCase ? toUpper(weekdayName(t.weekday)) : weekdayName(t.weekday));
    case "b":
    case "h": return f.text(f.swapCase ? toUpper(monthName(t.month).substring(0, 3)) : monthName(t.month).substring(0, 3));
    case "B": return f.text(f.swapCase ? toUpper(monthName(t.month)) : monthName(t.month));
    case "c": return f.text(format("%a %b %e %H:%M:%S %Y", t));
    case "C": return f.number(t.year / 100, 2);
    case "d": return f.number(t.day, 2);
    case "D": return f.text(format("%m/%d/%y", t));
    case "e": return f.number(t.day, 2, 95);
    case "F": return f.text(format("%Y-%m-%d", t));
    case "g": return f.number(isoYear(t) % 100, 2);
    case "G": return f.number(isoYear(t), 4);
    case "H": return f.number(t.hour, 2);
    case "I": return f.number(t.hour % 12 == 0 ? 12 : t.hour % 12, 2);
    case "j": return f.number(t.yearDay + 1, 3);
    case "k": return f.number(t.hour, 2, 95);
    case "l": return f.number(t.hour % 12 == 0 ? 12 : t.hour % 12, 2, 95);
    case "m": return f.number(t.month, 2);
    case "M": return f.number(t.minute, 2);
    case "N": return nanoseconds(t, f);
    case "p": return f.text(f.swapCase ? (t.hour < 12 ? "am" : "pm") : t.hour < 12 ? "AM" : "PM");
    case "P": return f.text(t.hour < 12 ? "am" : "pm");
    case "q": return f.number((t.month + 2) / 3, 1);
    case "r": return f.text(format("%I:%M:%S %p", t));
    case "R": return f.text(format("%H:%M", t));
    case "s": return f.number(t.epoch, 1);
    case "S": return f.number(t.second, 2);
    case "T":
    case "X": return f.text(format("%H:%M:%S", t));
    case "u": return f.number(t.weekday == 0 ? 7 : t.weekday, 1);
    case "U": return f.number(weekNumber(t, 0), 2);
    case "V":
      isoYear(t);
      return f.number(isoWeek, 2);
    case "w": return f.number(t.weekday, 1);
    case "W": return f.number(weekNumber(t, 1), 2);
    case "x": return f.text(format("%m/%d/%y", t));
    case "y": return f.number(t.year % 100, 2);
    case "Y": return f.number(t.year, 4);
    case "z": return f.text(zoneOffset(t, f.colons));
    case "Z": return f.text(f.swapCase ? toLower(t.zone) : t.zone);
    default: return "";
  }
}

/** The text of `pattern` for this moment; unknown conversions stay as they are. */
export function format(pattern: string, t: Calendar): string {
  let out = "";
  let at = 0;
  while (at < pattern.length) {
    const percent = pattern.indexOf("%", at);
    if (percent < 0) return out + pattern.substring(at);
    out += pattern.substring(at, percent);
    const field = new Field();
    at = percent + 1;
    for (; at < pattern.length; at++) {
      const flag = byteAt(pattern, at);
      if (flag == 95 || flag == 45 || flag == 48) field.pad = flag;
      else if (flag == 94) field.upper = true;
      else if (flag == 35) field.swapCase = true;
      else if (flag != 43) break;
    }
    for (; at < pattern.length && isDigit(byteAt(pattern, at)); at++) {
      field.width = min(max(field.width, 0) * 10 + byteAt(pattern, at) - 48, 4096);
    }
    while (at < pattern.length && byteAt(pattern, at) == 58) {
      field.colons++;
      at++;
    }
    // E and O ask for the locale's alternatives; the C locale has none.
    if (at + 1 < pattern.length && "EO".includes(pattern.charAt(at))) at++;
    const letter = at < pattern.length ? pattern.charAt(at++) : "";
    const text = letter.length > 0 ? convert(letter, t, field) : "";
    out += text.length > 0 || (letter.length > 0 && "pPZ".includes(letter)) ? text : pattern.substring(percent, at);
  }
  return out;
}
