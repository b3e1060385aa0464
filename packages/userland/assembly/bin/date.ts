/** date: shows (or converts) the time. */
import { choose } from "../lib/choice";
import { die, dieErrno, dieUsage, finish, warn } from "../lib/exit";
import { now } from "../lib/clock";
import * as fs from "../lib/fs";
import { Reader, stdout } from "../lib/io";
import { Options } from "../lib/options";
import { dateNanoseconds, dateSeconds, parseDate } from "../lib/parse-date";
import { quoteIfNeeded, quoteProse } from "../lib/quote";
import { format } from "../lib/strftime";
import { localCalendar, localZone, TimeZone } from "../lib/timezone";

const USAGE = `Usage: date [OPTION]... [+FORMAT]
Print the time.

  -d, --date=STRING        the time STRING describes, not now
  -f, --file=FILE          one line for each line of FILE, like --date
  -I[WHAT], --iso-8601[=WHAT]  ISO 8601: date (default), hours, minutes, seconds or ns
  -r, --reference=FILE     when FILE was last modified
  -R, --rfc-email          as in mail headers (RFC 5322)
      --rfc-3339=WHAT      RFC 3339: date, seconds or ns
  -u, --utc, --universal   coordinated universal time

FORMAT takes the conversions of strftime(3): %a %A %b %B %c %C %d %D %e %F %g %G %H %I
%j %k %l %m %M %n %N %p %P %q %r %R %s %S %t %T %u %U %V %w %W %x %X %y %Y %z %:z %Z %%`;

let pattern = "%a %b %e %H:%M:%S %Z %Y";
let zone = localZone();

function isoPattern(what: string): string {
  switch (what == "" ? 2 : choose("iso-8601", what, "hours minutes date seconds ns")) {
    case 0: return "%Y-%m-%dT%H%:z";
    case 1: return "%Y-%m-%dT%H:%M%:z";
    case 2: return "%Y-%m-%d";
    case 3: return "%Y-%m-%dT%H:%M:%S%:z";
    default: return "%Y-%m-%dT%H:%M:%S,%N%:z";
  }
}

function rfc3339Pattern(what: string): string {
  switch (choose("rfc-3339", what, "date seconds ns")) {
    case 0: return "%Y-%m-%d";
    case 1: return "%Y-%m-%d %H:%M:%S%:z";
    default: return "%Y-%m-%d %H:%M:%S.%N%:z";
  }
}

function show(seconds: i64, nanoseconds: u32): void {
  stdout.writeLine(format(pattern, zone.calendar(seconds, nanoseconds)));
}

function showText(text: string): bool {
  if (!parseDate(text, localCalendar(zone, now()), zone)) {
    warn("invalid date " + quoteProse(text));
    return false;
  }
  show(dateSeconds, dateNanoseconds);
  return true;
}

const options = new Options(
  "d:f:I::r:Rus:",
  "date:=d file:=f iso-8601?=I reference:=r rfc-email=R rfc-822=R rfc-2822=R rfc-3339: utc=u universal=u uct=u set:=s",
  USAGE,
);
let given = "";
let hasDate = false;
let file = "";
let reference = "";
while (options.next()) {
  switch (options.name) {
    case "d":
      given = options.value;
      hasDate = true;
      break;
    case "f":
      file = options.value;
      break;
    case "I":
      pattern = isoPattern(options.value);
      break;
    case "r":
      reference = options.value;
      break;
    case "R":
      pattern = "%a, %d %b %Y %H:%M:%S %z";
      break;
    case "rfc-3339":
      pattern = rfc3339Pattern(options.value);
      break;
    case "u":
      zone = new TimeZone("");
      break;
    case "s":
      die("cannot set date: Operation not permitted");
      break;
  }
}
const operands = options.operands;
if (operands.length > 1) dieUsage("extra operand " + quoteProse(operands[1]));
if (operands.length == 1) {
  if (!operands[0].startsWith("+")) die("invalid date " + quoteProse(operands[0]));
  pattern = operands[0].substring(1);
}
let status = 0;
if (file.length > 0) {
  const fd = file == "-" ? 0 : fs.openRead(file);
  if (fd < 0) dieErrno(quoteIfNeeded(file), -fd);
  const reader = new Reader(fd);
  for (let line = reader.readLine(); line !== null; line = reader.readLine()) if (!showText(line)) status = 1;
} else if (reference.length > 0) {
  const st = new fs.Stat();
  const error = fs.stat(reference, st);
  if (error != 0) dieErrno(quoteIfNeeded(reference), error);
  show(<i64>(st.mtim / 1000000000), <u32>(st.mtim % 1000000000));
} else if (hasDate) {
  if (!showText(given)) status = 1;
} else {
  const time = now();
  show(<i64>(time / 1000000000), <u32>(time % 1000000000));
}
finish(status);
