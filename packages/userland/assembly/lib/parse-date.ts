/**
 * Dates as people write them (date -d, touch -d): ISO 8601, "@seconds", "1 Jan 2024", "Jan 1 2024", "10:30 pm",
 * weekdays, "yesterday", "3 days ago", "next month", zones as UTC, Z and +hh:mm. Items come in any order.
 */
import { byteAt, isAlpha, isDigit, isSpace, toLower } from "./bytes";
import { Calendar, daysFromCivil, floorMod, monthName, weekdayName } from "./calendar";
import { parseEnd, scanUnsigned } from "./numbers";
import { TimeZone } from "./timezone";

/** Results of `parseDate`. */
export let dateSeconds: i64 = 0;
export let dateNanoseconds: u32 = 0;

class DateParser {
  private at: i32 = 0;
  private text: string;
  private year: i64;
  private month: i64;
  private day: i64;
  private hour: i64 = 0;
  private minute: i64 = 0;
  private second: i64 = 0;
  private nanosecond: u32 = 0;
  private dateSet: bool = false;
  private timeSet: bool = false;
  private zoneSet: bool = false;
  private zoneOffset: i64 = 0;
  private weekday: i32 = -1;
  private weekdayOrdinal: i64 = 0;
  private addYears: i64 = 0;
  private addMonths: i64 = 0;
  private addDays: i64 = 0;
  private addSeconds: i64 = 0;
  private relativeOnly: bool = false;

  constructor(
    text: string,
    private base: Calendar,
    private zone: TimeZone,
  ) {
    this.text = toLower(text);
    this.year = base.year;
    this.month = base.month;
    this.day = base.day;
  }

  private peek(ahead: i32 = 0): i32 {
    return this.at + ahead < this.text.length ? byteAt(this.text, this.at + ahead) : 0;
  }

  private skipSpace(): void {
    while (isSpace(this.peek()) || this.peek() == 44) this.at++;
  }

  private number(): i64 {
    const value = <i64>scanUnsigned(this.text, this.at, 10);
    this.at = parseEnd;
    return value;
  }

  private fraction(): u32 {
    let value: u32 = 0;
    let scale: u32 = 100000000;
    for (; isDigit(this.peek()); this.at++) {
      value += <u32>(this.peek() - 48) * scale;
      scale /= 10;
    }
    return value;
  }

  private word(): string {
    const start = this.at;
    while (isAlpha(this.peek())) this.at++;
    const word = this.text.substring(start, this.at);
    if (this.peek() == 46) this.at++;
    return word;
  }

  parse(): bool {
    this.skipSpace();
    if (this.peek() == 64 /* @ */) return this.parseEpoch();
    // Nothing at all means today's midnight; relative items count from this very moment.
    this.relativeOnly = this.at < this.text.length;
    while (this.at < this.text.length) {
      const byte = this.peek();
      let ok: bool;
      if (isDigit(byte)) ok = this.parseNumber(1);
      else if (byte == 43 || byte == 45) ok = this.parseSigned();
      else if (isAlpha(byte)) ok = this.parseWord();
      else ok = false;
      if (!ok) return false;
      this.skipSpace();
    }
    return this.finish();
  }

  private parseEpoch(): bool {
    this.at++;
    const negative = this.peek() == 45;
    if (negative) this.at++;
    if (!isDigit(this.peek())) return false;
    dateSeconds = this.number();
    dateNanoseconds = 0;
    if (this.peek() == 46 || this.peek() == 44) {
      this.at++;
      dateNanoseconds = this.fraction();
    }
    if (negative) {
      dateSeconds = -dateSeconds;
      if (dateNanoseconds > 0) {
        dateSeconds--;
        dateNanoseconds = 1000000000 - dateNanoseconds;
      }
    }
    this.skipSpace();
    return this.at == this.text.length;
  }

  /** "+N unit", "-N unit", or a zone after a time: +hh, +hhmm, +hh:mm. */
  private parseSigned(): bool {
    const negative = this.peek() == 45;
    this.at++;
    const sign: i64 = negative ? -1 : 1;
    this.skipSpace();
    const start = this.at;
    if (!isDigit(this.peek())) return false;
    const value = this.number();
    const digits = this.at - start;
    const mark = this.at;
    this.skipSpace();
    if (isAlpha(this.peek()) && this.unit(value * sign)) return true;
    this.at = mark;
    if (!this.timeSet || this.zoneSet) return false;
    let seconds = digits <= 2 ? value * 3600 : (value / 100) * 3600 + (value % 100) * 60;
    if (this.peek() == 58) {
      this.at++;
      seconds = value * 3600 + this.number() * 60;
    }
    this.zoneSet = true;
    this.zoneOffset = seconds * sign;
    return true;
  }

  private parseNumber(sign: i64): bool {
    const start = this.at;
    const value = this.number();
    const digits = this.at - start;
    const next = this.peek();
    if (next == 58) return this.parseTime(value);
    if (next == 45 && isDigit(this.peek(1))) return this.parseIsoDate(value, digits);
    if (next == 47 && isDigit(this.peek(1))) return this.parseSlashDate(value, digits);
    if (next == 45 && isAlpha(this.peek(1))) {
      // 1-Jan-2024
      this.at++;
      if (!this.monthWord(this.word())) return false;
      this.day = value;
      if (this.peek() == 45) {
        this.at++;
        this.setYear();
      }
      return this.setDate();
    }
    this.skipSpace();
    if (isAlpha(this.peek())) {
      const mark = this.at;
      const word = this.word();
      if (word == "am" || word == "pm" || word == "a" || word == "p") {
        this.hour = value;
        return this.setMeridian(word) && this.setTime();
      }
      if (this.monthWord(word)) {
        this.day = value;
        this.skipSpace();
        if (isDigit(this.peek()) && !this.timeFollows()) this.setYear();
        return this.setDate();
      }
      this.at = mark;
      if (this.unit(value * sign)) return true;
      this.at = mark;
    }
    if (digits == 8 && !this.dateSet) {
      this.year = value / 10000;
      this.month = (value / 100) % 100;
      this.day = value % 100;
      return this.setDate();
    }
    if (digits == 4 && this.dateSet && this.timeSet) {
      this.year = value;
      return true;
    }
    if (digits <= 4 && !this.timeSet) {
      this.hour = digits <= 2 ? value : value / 100;
      this.minute = digits <= 2 ? 0 : value % 100;
      return this.setTime();
    }
    return false;
  }

  private timeFollows(): bool {
    let ahead = 0;
    while (isDigit(this.peek(ahead))) ahead++;
    return this.peek(ahead) == 58;
  }

  private setYear(): void {
    const start = this.at;
    this.year = this.number();
    if (this.at - start <= 2) this.year += this.year < 69 ? 2000 : 1900;
  }

  private setDate(): bool {
    if (this.dateSet || this.month < 1 || this.month > 12 || this.day < 1 || this.day > 31) return false;
    const last = daysFromCivil(this.year, this.month + 1, 1) - daysFromCivil(this.year, this.month, 1);
    if (this.day > last) return false;
    this.dateSet = true;
    this.relativeOnly = false;
    return true;
  }

  private setTime(): bool {
    if (this.timeSet || this.hour > 24 || this.minute > 59 || this.second > 59) return false;
    if (this.hour == 24 && (this.minute != 0 || this.second != 0)) return false;
    this.timeSet = true;
    this.relativeOnly = false;
    return true;
  }

  private setMeridian(word: string): bool {
    if (this.hour < 1 || this.hour > 12) return false;
    this.hour %= 12;
    if (word.startsWith("p")) this.hour += 12;
    return true;
  }

  private parseIsoDate(year: i64, digits: i32): bool {
    this.year = digits <= 2 ? year + (year < 69 ? 2000 : 1900) : year;
    this.at++;
    this.month = this.number();
    if (this.peek() != 45) return false;
    this.at++;
    if (!isDigit(this.peek())) return false;
    this.day = this.number();
    // The T between date and time
    if (this.peek() == 116 && isDigit(this.peek(1))) this.at++;
    return this.setDate();
  }

  private parseSlashDate(first: i64, digits: i32): bool {
    this.at++;
    const second = this.number();
    if (this.peek() == 47) {
      this.at++;
      if (digits >= 4) {
        this.year = first;
        this.month = second;
        this.day = this.number();
        return this.setDate();
      }
      this.setYear();
    }
    this.month = first;
    this.day = second;
    return this.setDate();
  }

  private parseTime(hour: i64): bool {
    this.hour = hour;
    this.at++;
    if (!isDigit(this.peek())) return false;
    this.minute = this.number();
    if (this.peek() == 58) {
      this.at++;
      if (!isDigit(this.peek())) return false;
      this.second = this.number();
      if ((this.peek() == 46 || this.peek() == 44) && isDigit(this.peek(1))) {
        this.at++;
        this.nanosecond = this.fraction();
      }
    }
    const mark = this.at;
    this.skipSpace();
    if (isAlpha(this.peek())) {
      const word = this.word();
      if (word == "am" || word == "pm") return this.setMeridian(word) && this.setTime();
    }
    this.at = mark;
    return this.setTime();
  }

  private monthWord(word: string): bool {
    if (word == "sept") word = "sep";
    if (word.length < 3) return false;
    for (let month = 1; month <= 12; month++) {
      const name = toLower(monthName(month));
      if (name == word || (word.length == 3 && name.startsWith(word))) {
        this.month = month;
        return true;
      }
    }
    return false;
  }

  private weekdayWord(word: string): i32 {
    if (word.length < 3) return -1;
    if (word == "tues") word = "tue";
    if (word == "wednes") word = "wed";
    if (word == "thur" || word == "thurs") word = "thu";
    for (let day = 0; day < 7; day++) {
      const name = toLower(weekdayName(day));
      if (name == word || (word.length == 3 && name.startsWith(word))) return day;
    }
    return -1;
  }

  private parseWord(): bool {
    const word = this.word();
    switch (word) {
      case "now":
      case "today":
        return true;
      case "yesterday":
        this.addDays--;
        return true;
      case "tomorrow":
        this.addDays++;
        return true;
      case "utc":
      case "gmt":
      case "ut":
      case "z":
        this.zoneSet = true;
        return true;
      case "t":
        return this.dateSet && isDigit(this.peek());
      case "next":
      case "last":
      case "this":
        return this.ordinal(word == "next" ? 1 : word == "last" ? -1 : 0);
    }
    if (this.monthWord(word)) {
      this.skipSpace();
      if (!isDigit(this.peek())) return false;
      this.day = this.number();
      this.skipSpace();
      if (isDigit(this.peek()) && !this.timeFollows()) this.setYear();
      return this.setDate();
    }
    const weekday = this.weekdayWord(word);
    if (weekday >= 0) {
      this.weekday = weekday;
      this.relativeOnly = false;
      return true;
    }
    this.at -= word.length;
    return this.unit(1);
  }

  private ordinal(count: i64): bool {
    this.skipSpace();
    const mark = this.at;
    const weekday = this.weekdayWord(this.word());
    if (weekday >= 0) {
      this.weekday = weekday;
      this.weekdayOrdinal = count;
      this.relativeOnly = false;
      return true;
    }
    this.at = mark;
    return this.unit(count);
  }

  /** "days", "weeks ago" ... : adds `count` of them. */
  private unit(count: i64): bool {
    let word = this.word();
    if (word.length > 3 && word.endsWith("s")) word = word.substring(0, word.length - 1);
    const mark = this.at;
    this.skipSpace();
    if (this.word() == "ago") count = -count;
    else this.at = mark;
    switch (word) {
      case "year": this.addYears += count; return true;
      case "month": this.addMonths += count; return true;
      case "fortnight": this.addDays += count * 14; return true;
      case "week": this.addDays += count * 7; return true;
      case "day": this.addDays += count; return true;
      case "hour": this.addSeconds += count * 3600; return true;
      case "minute":
      case "min": this.addSeconds += count * 60; return true;
      case "second":
      case "sec": this.addSeconds += count; return true;
      default: return false;
    }
  }

  private finish(): bool {
    if (!this.timeSet && this.relativeOnly) {
      this.hour = this.base.hour;
      this.minute = this.base.minute;
      this.second = this.base.second;
      this.nanosecond = this.base.nanosecond;
    }
    let days = daysFromCivil(this.year + this.addYears, this.month + this.addMonths, 1) + this.day - 1;
    if (this.weekday >= 0 && !this.dateSet) {
      const ahead = floorMod(this.weekday - floorMod(days + 4, 7), 7);
      days += ahead + 7 * (this.weekdayOrdinal - (this.weekdayOrdinal > 0 && ahead != 0 ? 1 : 0));
    }
    const wall = (days + this.addDays) * 86400 + this.hour * 3600 + this.minute * 60 + this.second;
    dateSeconds = (this.zoneSet ? wall - this.zoneOffset : this.zone.toEpoch(wall)) + this.addSeconds;
    dateNanoseconds = this.nanosecond;
    return true;
  }
}

/** Reads a date: true when it was one; the result is in dateSeconds and dateNanoseconds. */
export function parseDate(text: string, base: Calendar, zone: TimeZone): bool {
  return new DateParser(text, base, zone).parse();
}
