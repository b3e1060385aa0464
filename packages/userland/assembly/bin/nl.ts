/** nl: numbers lines. */
import { padEnd, padStart } from "../lib/bytes";
import { die, dieUsage, finish } from "../lib/exit";
import { checkInput, closeInput, inputFailed, inputs, openInput } from "../lib/input";
import { Reader, stdout } from "../lib/io";
import { formatSigned, parseFailed, parseSigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: nl [OPTION]... [FILE]...
Number lines.

  -b, --body-numbering=STYLE    a all, t those that are not empty (default), n none
  -d, --section-delimiter=CC    instead of \\:
  -f, --footer-numbering=STYLE  in footers
  -h, --header-numbering=STYLE  in headers
  -i, --line-increment=N        steps of N
  -l, --join-blank-lines=N      N empty lines count as one
  -n, --number-format=FORMAT    ln left, rn right, rz right with zeros
  -p, --no-renumber             go on over sections
  -s, --number-separator=STRING after the number (a tab)
  -v, --starting-line-number=N  first number
  -w, --number-width=N          columns for it (6)`;

let body = "t";
let header = "n";
let footer = "n";
let delimiter = "\\:";
let increment: i64 = 1;
let start: i64 = 1;
let joined: i64 = 1;
let format = "rn";
let separator = "\t";
let width = 6;
let renumber = true;

let style = "t";
let number: i64 = 1;
let blanks: i64 = 0;

function checkStyle(value: string, what: string): string {
  if (value != "a" && value != "t" && value != "n") dieUsage("invalid " + what + " numbering style: " + quoteProse(value));
  return value;
}

function integer(value: string, what: string): i64 {
  const n = parseSigned(value);
  if (parseFailed) die("invalid " + what + ": " + quoteProse(value));
  return n;
}

function numberText(): string {
  const text = formatSigned(number);
  if (format == "ln") return padEnd(text, width);
  if (format == "rn" || text.length >= width) return padStart(text, width);
  const negative = number < 0;
  const digits = negative ? text.substring(1) : text;
  return (negative ? "-" : "") + "0".repeat(width - text.length) + digits;
}

/** A line of section delimiters starts a header (3), body (2) or footer (1). */
function section(line: string): bool {
  const count = line == delimiter ? 1 : line == delimiter + delimiter ? 2 : line == delimiter + delimiter + delimiter ? 3 : 0;
  if (count == 0) return false;
  style = count == 3 ? header : count == 2 ? body : footer;
  if (renumber) number = start;
  stdout.writeByte(10);
  return true;
}

function showLine(line: string): void {
  if (section(line)) return;
  let counted = style == "a" || (style == "t" && line.length > 0);
  if (style == "a" && joined > 1 && line.length == 0) counted = ++blanks % joined == 0;
  else if (line.length > 0) blanks = 0;
  if (counted) {
    stdout.write(numberText() + separator);
    number += increment;
  } else stdout.write(" ".repeat(width + separator.length));
  stdout.writeLine(line);
}

const options = new Options(
  "b:d:f:h:i:l:n:ps:v:w:",
  "body-numbering:=b section-delimiter:=d footer-numbering:=f header-numbering:=h line-increment:=i join-blank-lines:=l number-format:=n no-renumber=p number-separator:=s starting-line-number:=v number-width:=w",
  USAGE,
);
while (options.next()) {
  const value = options.value;
  switch (options.name) {
    case "b":
      body = checkStyle(value, "body");
      break;
    case "d":
      delimiter = value.length == 1 ? value + ":" : value;
      break;
    case "f":
      footer = checkStyle(value, "footer");
      break;
    case "h":
      header = checkStyle(value, "header");
      break;
    case "i":
      increment = integer(value, "line number increment");
      break;
    case "l":
      joined = integer(value, "line number of blank lines");
      break;
    case "n":
      if (value != "ln" && value != "rn" && value != "rz") die("invalid line numbering format: " + quoteProse(value));
      format = value;
      break;
    case "p":
      renumber = false;
      break;
    case "s":
      separator = value;
      break;
    case "v":
      start = number = integer(value, "starting line number");
      break;
    case "w":
      width = <i32>integer(value, "line number field width");
      if (width < 1) die("invalid line number field width: " + quoteProse(value) + ": Numerical result out of range");
      break;
  }
}
style = body;
const files = inputs(options.operands);
for (let i = 0; i < files.length; i++) {
  const fd = openInput(files[i]);
  if (fd < 0) continue;
  const reader = new Reader(fd);
  for (let line = reader.readLine(); line !== null; line = reader.readLine()) showLine(line);
  checkInput(files[i], reader.error);
  closeInput(fd);
}
finish(inputFailed ? 1 : 0);
