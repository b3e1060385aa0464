/** Calendar dates from seconds since the epoch, in UTC (proleptic Gregorian; days algorithm after H. Hinnant's derivation). */

export const SECOND: u64 = 1000000000;

/** Days since 1970-01-01 of a civil date; `month` 1 to 12 (any value is carried). */
export function daysFromCivil(year: i64, month: i64, day: i64): i64 {
  year += floorDiv(month - 1, 12);
  month = floorMod(month - 1, 12) + 1;
  if (month <= 2) year--;
  const era = floorDiv(year, 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

export function floorDiv(a: i64, b: i64): i64 {
  const quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

export function floorMod(a: i64, b: i64): i64 {
  const rest = a % b;
  return rest < 0 ? rest + b : rest;
}

export function isLeapYear(year: i64): bool {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

export class Calendar {
  year: i64 = 1970;
  /** 1 to 12. */
  month: i32 = 1;
  day: i32 = 1;
  hour: i32 = 0;
  minute: i32 = 0;
  second: i32 = 0;
  nanosecond: u32 = 0;
  /** 0 is Sunday. */
  weekday: i32 = 0;
  /** 0 to 365. */
  yearDay: i32 = 0;
  /** Seconds east of UTC. */
  offset: i32 = 0;
  zone: string = "UTC";
  /** Seconds since the epoch. */
  epoch: i64 = 0;

  /** Fills every field from seconds since the epoch, `offset` seconds east of UTC. */
  constructor(epoch: i64, offset: i32, zone: string, nanosecond: u32) {
    this.epoch = epoch;
    this.offset = offset;
    this.zone = zone;
    this.nanosecond = nanosecond;
    const local = epoch + offset;
    const days = floorDiv(local, 86400);
    const rest = <i32>floorMod(local, 86400);
    this.hour = rest / 3600;
    this.minute = (rest / 60) % 60;
    this.second = rest % 60;
    this.weekday = <i32>floorMod(days + 4, 7);
    const shifted = days + 719468;
    const era = floorDiv(shifted, 146097);
    const dayOfEra = shifted - era * 146097;
    const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const shiftedMonth = (5 * dayOfYear + 2) / 153;
    this.day = <i32>(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1);
    this.month = <i32>(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9);
    this.year = yearOfEra + era * 400 + (this.month <= 2 ? 1 : 0);
    this.yearDay = <i32>(days - daysFromCivil(this.year, 1, 1));
  }
}

const WEEKDAYS = "SundayMondayTuesdayWednesdayThursdayFridaySaturday";
const WEEKDAY_ENDS: StaticArray<i32> = [0, 6, 12, 19, 28, 36, 42, 50];
const MONTHS = "JanuaryFebruaryMarchAprilMayJuneJulyAugustSeptemberOctoberNovemberDecember";
const MONTH_ENDS: StaticArray<i32> = [0, 7, 15, 20, 25, 28, 32, 36, 42, 51, 58, 66, 74];

/** English name; 0 is Sunday. */
export function weekdayName(weekday: i32): string {
  return WEEKDAYS.substring(WEEKDAY_ENDS[weekday], WEEKDAY_ENDS[weekday + 1]);
}

/** English name; 1 is January. */
export function monthName(month: i32): string {
  return MONTHS.substring(MONTH_ENDS[month - 1], MONTH_ENDS[month]);
}
