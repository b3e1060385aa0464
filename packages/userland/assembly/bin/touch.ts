/** touch: sets times, and makes empty files. */
import { ENOENT } from "../../../abi/src/errno";
import { FSTFLAGS_ATIM, FSTFLAGS_ATIM_NOW, FSTFLAGS_MTIM, FSTFLAGS_MTIM_NOW } from "../../../abi/src/wasi";
import { choose } from "../lib/choice";
import { isAllDigits } from "../lib/bytes";
import { daysFromCivil } from "../lib/calendar";
import { now } from "../lib/clock";
import { die, dieErrno, dieUsage, finish, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { dateNanoseconds, dateSeconds, parseDate } from "../lib/parse-date";
import { quoteProse, quoteShell } from "../lib/quote";
import { localCalendar, localZone } from "../lib/timezone";

const USAGE = `Usage: touch [OPTION]... FILE...
Set the access and modification times of files to now, making empty files that do not exist.

  -a                   only the access time
  -c, --no-create      do not make files
  -d, --date=STRING    the time STRING describes, not now
  -f                   (ignored)
  -h, --no-dereference a symbolic link's own times
  -m                   only the modification time
  -r, --reference=FILE the times of FILE
  -t [[CC]YY]MMDDhhmm[.ss]  this time
      --time=WORD      access, atime, use: -a; modify, mtime: -m`;

const zone = localZone();
let atime: u64 = 0;
let mtime: u64 = 0;
let fixed = false;

function setBoth(seconds: i64, nanoseconds: u32): void {
  atime = mtime = <u64>(seconds * 1000000000 + nanoseconds);
  fixed = true;
}

/** [[CC]YY]MMDDhhmm[.ss] (POSIX touch). */
function parseStamp(text: string): void {
  let digits = text;
  let seconds: i64 = 0;
  const dot = text.indexOf(".");
  if (dot >= 0) {
    const tail = text.substring(dot + 1);
    if (tail.length != 2 || !isAllDigits(tail)) return die("invalid date format " + quoteProse(text));
    seconds = <i64>parseUnsigned(tail);
    digits = text.substring(0, dot);
  }
  if (!isAllDigits(digits) || (digits.length != 8 && digits.length != 10 && digits.length != 12) || seconds > 60) {
    return die("invalid date format " + quoteProse(text));
  }
  const tail = <i64>parseUnsigned(digits.substring(digits.length - 8));
  let year = localCalendar(zone, now()).year;
  if (digits.length == 10) {
    const short = <i64>parseUnsigned(digits.substring(0, 2));
    year = short + (short < 69 ? 2000 : 1900);
  } else if (digits.length == 12) year = <i64>parseUnsigned(digits.substring(0, 4));
  const month = tail / 1000000;
  const day = (tail / 10000) % 100;
  const hour = (tail / 100) % 100;
  const minute = tail % 100;
  const lastDay = daysFromCivil(year, month + 1, 1) - daysFromCivil(year, month, 1);
  if (month < 1 || month > 12 || day < 1 || day > lastDay || hour > 23 || minute > 59) {
    return die("invalid date format " + quoteProse(text));
  }
  setBoth(zone.toEpoch(daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + seconds), 0);
}

const options = new Options(
  "acd:fhmr:t:",
  "no-create=c date:=d no-dereference=h reference:=r time:",
  USAGE,
);
let create = true;
let follow = true;
let setAccess = false;
let setModify = false;
let dateText = "";
let hasDate = false;
let reference = "";
while (options.next()) {
  switch (options.name) {
    case "a":
      setAccess = true;
      break;
    case "c":
      create = false;
      break;
    case "d":
      dateText = options.value;
      hasDate = true;
      break;
    case "h":
      follow = false;
      break;
    case "m":
      setModify = true;
      break;
    case "r":
      reference = options.value;
      break;
    case "t":
      parseStamp(options.value);
      break;
    case "time":
      if (choose("time", options.value, "atime|access|use mtime|modify") == 0) setAccess = true;
      else setModify = true;
      break;
  }
}
if (!setAccess && !setModify) setAccess = setModify = true;
if (fixed && (hasDate || reference.length > 0)) dieUsage("cannot specify times from more than one source");
let base = now();
if (reference.length > 0) {
  const st = new fs.Stat();
  const error = follow ? fs.stat(reference, st) : fs.lstat(reference, st);
  if (error != 0) dieErrno("failed to get attributes of " + quoteShell(reference), error);
  atime = st.atim;
  mtime = base = st.mtim;
  fixed = true;
}
if (hasDate) {
  if (!parseDate(dateText, localCalendar(zone, base), zone)) die("invalid date format " + quoteProse(dateText));
  setBoth(dateSeconds, dateNanoseconds);
}
if (options.operands.length == 0) dieUsage("missing file operand");
let flags = 0;
if (setAccess) flags |= fixed ? FSTFLAGS_ATIM : FSTFLAGS_ATIM_NOW;
if (setModify) flags |= fixed ? FSTFLAGS_MTIM : FSTFLAGS_MTIM_NOW;
let status = 0;
for (let i = 0; i < options.operands.length; i++) {
  const path = options.operands[i];
  let error = fs.setTimes(path, follow, atime, mtime, flags);
  if (error == ENOENT) {
    if (!create) continue;
    if (!follow) {
      warnErrno("setting times of " + quoteShell(path), error);
      status = 1;
      continue;
    }
    const fd = fs.open(path, fs.WRITE | fs.CREATE);
    if (fd < 0) {
      warnErrno("cannot touch " + quoteShell(path), -fd);
      status = 1;
      continue;
    }
    fs.close(fd);
    error = fixed || !setAccess || !setModify ? fs.setTimes(path, follow, atime, mtime, flags) : 0;
  }
  if (error != 0) {
    warnErrno((create ? "cannot touch " : "setting times of ") + quoteShell(path), error);
    status = 1;
  }
}
finish(status);
