/** The local time zone: TZ as POSIX writes it (IEEE 1003.1 section 8.3: "CET-1CEST,M3.5.0,M10.5.0/3"); UTC when unset. */
import { getenv } from "./args";
import { byteAt, isAlpha, isDigit } from "./bytes";
import { Calendar, daysFromCivil, floorMod, isLeapYear } from "./calendar";
import { parseEnd, scanUnsigned } from "./numbers";

/** When daylight saving starts or ends. */
class Rule {
  /** 0: Mm.w.d, 1: Jn (no leap day counted), 2: n (zero-based day of the year). */
  kind: i32 = 0;
  month: i32 = 0;
  week: i32 = 0;
  day: i32 = 0;
  /** Seconds after midnight. */
  time: i32 = 7200;

  constructor(month: i32, week: i32) {
    this.month = month;
    this.week = week;
  }

  /** Local seconds since the epoch (wall clock taken as UTC) of the change in `year`. */
  at(year: i64): i64 {
    const newYear = daysFromCivil(year, 1, 1);
    let days: i64;
    if (this.kind == 1) days = newYear + this.day - 1 + (isLeapYear(year) && this.day >= 60 ? 1 : 0);
    else if (this.kind == 2) days = newYear + this.day;
    else {
      const first = daysFromCivil(year, this.month, 1);
      const next = daysFromCivil(year, this.month + 1, 1);
      days = first + floorMod(this.day - floorMod(first + 4, 7), 7) + (this.week - 1) * 7;
      while (days >= next) days -= 7;
    }
    return days * 86400 + this.time;
  }
}

export class TimeZone {
  name: string = "UTC";
  /** Seconds east of UTC. */
  offset: i32 = 0;
  daylightName: string = "";
  daylightOffset: i32 = 0;
  private start: Rule = new Rule(3, 2);
  private end: Rule = new Rule(11, 1);
  private at: i32 = 0;

  constructor(private text: string) {
    if (this.text.length > 0 && !this.parse()) {
      this.name = "UTC";
      this.offset = 0;
      this.daylightName = "";
    }
  }

  private peek(): i32 {
    return this.at < this.text.length ? byteAt(this.text, this.at) : 0;
  }

  private scanName(): string {
    const start = this.at;
    if (this.peek() == 60 /* < */) {
      const close = this.text.indexOf(">", start);
      if (close < 0) return "";
      this.at = close + 1;
      return this.text.substring(start + 1, close);
    }
    while (isAlpha(this.peek())) this.at++;
    return this.at - start >= 3 ? this.text.substring(start, this.at) : "";
  }

  private scanNumber(): i32 {
    const value = <i32>scanUnsigned(this.text, this.at, 10);
    this.at = parseEnd;
    return value;
  }

  /** [+-]hh[:mm[:ss]] in seconds. */
  private scanTime(): i32 {
    const sign = this.peek();
    if (sign == 43 || sign == 45) this.at++;
    let seconds = this.scanNumber() * 3600;
    if (this.peek() == 58) {
      this.at++;
      seconds += this.scanNumber() * 60;
      if (this.peek() == 58) {
        this.at++;
        seconds += this.scanNumber();
      }
    }
    return sign == 45 ? -seconds : seconds;
  }

  private scanRule(rule: Rule): bool {
    if (this.peek() != 44) return false;
    this.at++;
    if (this.peek() == 77 /* M */) {
      this.at++;
      rule.kind = 0;
      rule.month = this.scanNumber();
      this.at++;
      rule.week = this.scanNumber();
      this.at++;
      rule.day = this.scanNumber();
      if (rule.month < 1 || rule.month > 12) return false;
    } else {
      rule.kind = this.peek() == 74 /* J */ ? 1 : 2;
      if (rule.kind == 1) this.at++;
      rule.day = this.scanNumber();
    }
    if (this.peek() == 47 /* / */) {
      this.at++;
      rule.time = this.scanTime();
    }
    return true;
  }

  private startsOffset(): bool {
    const byte = this.peek();
    return byte == 43 || byte == 45 || isDigit(byte);
  }

  private parse(): bool {
    if (this.peek() == 58 /* : */) this.at++;
    this.name = this.scanName();
    if (this.name.length == 0 || !this.startsOffset()) return false;
    // POSIX counts west as positive.
    this.offset = -this.scanTime();
    if (this.at == this.text.length) return true;
    this.daylightName = this.scanName();
    if (this.daylightName.length == 0) return false;
    this.daylightOffset = this.startsOffset() ? -this.scanTime() : this.offset + 3600;
    return this.at == this.text.length || (this.scanRule(this.start) && this.scanRule(this.end));
  }

  isDaylight(epoch: i64): bool {
    if (this.daylightName.length == 0) return false;
    const year = new Calendar(epoch, this.offset, "", 0).year;
    const start = this.start.at(year) - this.offset;
    const end = this.end.at(year) - this.daylightOffset;
    return start < end ? epoch >= start && epoch < end : epoch >= start || epoch < end;
  }

  calendar(epoch: i64, nanosecond: u32): Calendar {
    const daylight = this.isDaylight(epoch);
    return new Calendar(
      epoch,
      daylight ? this.daylightOffset : this.offset,
      daylight ? this.daylightName : this.name,
      nanosecond,
    );
  }

  /** Seconds since the epoch of a local wall clock (given as if it were UTC). */
  toEpoch(wall: i64): i64 {
    const standard = wall - this.offset;
    if (this.daylightName.length == 0) return standard;
    const daylight = wall - this.daylightOffset;
    return this.isDaylight(daylight) ? daylight : standard;
  }
}

/** The zone TZ names. */
export function localZone(): TimeZone {
  const tz = getenv("TZ");
  return new TimeZone(tz === null ? "" : tz);
}

/** Whole seconds and nanoseconds since the epoch in this zone. */
export function localCalendar(zone: TimeZone, nanoseconds: u64): Calendar {
  return zone.calendar(<i64>(nanoseconds / 1000000000), <u32>(nanoseconds % 1000000000));
}
