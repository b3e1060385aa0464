/** grep(1), egrep and fgrep: the command line. */
import { BINARY_NOTICE, BINARY_SKIP, BINARY_TEXT, Settings } from "./settings";
import { RE_BYTES, RE_EXTENDED, RE_FIXED, RE_GREP, RE_ICASE } from "../regex/syntax";
import { Reader, isTerminal, stdin, stdout, writeText } from "../io";
import { WHOLE_LINE, WHOLE_WORD, compileRegexes, regexError, regexWarning } from "../regex/regex";
import { args, getenv, localeIsUtf8 } from "../args";
import { byteAt, isAllDigits } from "../bytes";
import { close, isDirectory, openRead } from "../fs";
import { Files } from "./files";
import { Options } from "../options";
import { Printer } from "./printer";
import { Scan } from "./scan";
import { errorText } from "../errno-text";
import { finish } from "../exit";
import { parseFailed, parseOverflowed, parseSigned } from "../numbers";
import { proc_exit } from "../wasi";

const USAGE = `Usage: grep [OPTION]... PATTERNS [FILE]...
Search for PATTERNS in each FILE.

  -E, -F, -G                 extended regular expressions, plain strings, basic
  -e PATTERNS, -f FILE       patterns from the argument or a file, one per line
  -i, -w, -x                 ignore case; match whole words; match whole lines
  -v                         select lines that do not match
  -c, -l, -L, -q             count lines; list files with, without matches; say nothing
  -o, -b, -n, -H, -h         only the matches; byte offset; line number; with, without names
  -m NUM                     stop after NUM selected lines
  -A, -B, -C NUM             lines of context after, before, around
  -r, -R                     read directories; following links
  --include, --exclude, --exclude-dir GLOB
  -a, -I, --binary-files=TYPE  treat binary files as text, skip them
  -s, -z, -Z, -T             no error messages; NUL ends lines, names; align with tabs
  --color[=WHEN]             always, never or auto
`;

const LONG =
  "extended-regexp=E fixed-strings=F basic-regexp=G perl-regexp=P regexp:=e file:=f ignore-case=i no-ignore-case word-regexp=w " +
  "line-regexp=x null-data=z no-messages=s invert-match=v max-count:=m byte-offset=b line-number=n line-buffered " +
  "with-filename=H no-filename=h label: only-matching=o quiet=q silent=q binary-files: text=a directories:=d devices:=D " +
  "recursive=r dereference-recursive=R include: exclude: exclude-from: exclude-dir: files-without-match=L " +
  "files-with-matches=l count=c initial-tab=T null=Z before-context:=B after-context:=A context:=C group-separator: " +
  "no-group-separator color? colour? binary=U";

function fail(message: string): void {
  stdout.flush();
  writeText(2, "grep: " + message + "\n");
  proc_exit(2);
}

/** Adds the lines of `text` as patterns. */
function addPatterns(settings: Settings, text: string): void {
  const parts = text.split("\n");
  for (let i = 0; i < parts.length; i++) settings.patterns.push(parts[i]);
  settings.hasPattern = true;
}

function addPatternFile(settings: Settings, name: string): void {
  const fd = name == "-" ? 0 : openRead(name);
  if (fd < 0) fail(name + ": " + errorText(-fd));
  const text = (fd == 0 ? stdin : new Reader(fd)).readAll();
  if (fd != 0) close(fd);
  settings.hasPattern = true;
  if (text.length > 0) addPatterns(settings, text.endsWith("\n") ? text.substring(0, text.length - 1) : text);
}

function contextLength(text: string): i32 {
  const n = parseSigned(text);
  if (parseFailed || n < 0) fail(text + ": invalid context length argument");
  return <i32>min(n, <i64>i32.MAX_VALUE);
}

function setContext(settings: Settings, before: i32, after: i32): void {
  if (before >= 0) settings.before = before;
  if (after >= 0) settings.after = after;
  settings.context = true;
}

function isDigits(text: string): bool {
  return text.length > 1 && byteAt(text, 0) == 45 && isAllDigits(text.substring(1));
}

/** `-NUM` is `-C NUM`; getopt does not know it, so it is spelled out beforehand. */
function expandNumbers(list: string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < list.length; i++) {
    if (list[i] == "--") {
      for (; i < list.length; i++) out.push(list[i]);
    } else out.push(isDigits(list[i]) ? "-C" + list[i].substring(1) : list[i]);
  }
  return out;
}

function wantsColor(when: string): bool {
  if (when == "always" || when == "yes" || when == "force") return true;
  if (when == "never" || when == "no" || when == "none") return false;
  return isTerminal(1) && getenv("TERM") != "dumb";
}

function apply(settings: Settings, options: Options): void {
  const name = options.name;
  const value = options.value;
  if (name == "E") settings.syntax = RE_EXTENDED;
  else if (name == "F") settings.syntax = RE_FIXED;
  else if (name == "G") settings.syntax = 0;
  else if (name == "P") fail("Perl matching not supported in this build");
  else if (name == "e") addPatterns(settings, value);
  else if (name == "f") addPatternFile(settings, value);
  else if (name == "w") {
    if (settings.whole != WHOLE_LINE) settings.whole = WHOLE_WORD;
  } else if (name == "x") settings.whole = WHOLE_LINE;
  else if (name == "v") settings.invert = true;
  else if (name == "c") settings.count = true;
  else if (name == "l") settings.list = 1;
  else if (name == "L") settings.list = 2;
  else if (name == "q") settings.quiet = true;
  else if (name == "s") settings.silent = true;
  else if (name == "n") settings.lineNumbers = true;
  else if (name == "b") settings.byteOffsets = true;
  else if (name == "o") settings.onlyMatching = true;
  else if (name == "H") settings.withNames = 1;
  else if (name == "h") settings.withNames = 0;
  else if (name == "r") settings.recurse = 1;
  else if (name == "R") settings.recurse = 2;
  else if (name == "z") settings.separator = 0;
  else if (name == "Z") settings.zeroAfterName = true;
  else if (name == "T") settings.initialTab = true;
  else if (name == "a") settings.binary = BINARY_TEXT;
  else if (name == "I") settings.binary = BINARY_SKIP;
  else if (name == "A") setContext(settings, -1, contextLength(value));
  else if (name == "B") setContext(settings, contextLength(value), -1);
  else if (name == "C") {
    const n = contextLength(value);
    setContext(settings, n, n);
  } else if (name == "m") {
    settings.limit = parseSigned(value);
    if (parseFailed && !parseOverflowed) fail("invalid max count");
  } else if (name == "d") {
    if (value == "recurse") settings.recurse = 1;
    else if (value == "skip") settings.skipDirectories = true;
    else if (value != "read") fail("invalid argument '" + value + "' for '--directories'");
  } else if (name == "binary-files") {
    if (value == "text") settings.binary = BINARY_TEXT;
    else if (value == "without-match") settings.binary = BINARY_SKIP;
    else if (value == "binary") settings.binary = BINARY_NOTICE;
    else fail("invalid argument '" + value + "' for '--binary-files'");
  } else if (name == "include") settings.include.push(value);
  else if (name == "exclude") settings.exclude.push(value);
  else if (name == "exclude-dir") settings.excludeDirectories.push(value.endsWith("/") ? value.substring(0, value.length - 1) : value);
  else if (name == "exclude-from") addGlobs(settings, value);
  else if (name == "label") settings.label = value;
  else if (name == "group-separator") settings.groupSeparator = value;
  else if (name == "no-group-separator") settings.groupSeparator = null;
  else if (name == "line-buffered") settings.lineBuffered = true;
  else if (name == "color" || name == "colour") settings.color = wantsColor(options.hasValue ? value : "auto");
}

function addGlobs(settings: Settings, name: string): void {
  const fd = openRead(name);
  if (fd < 0) fail(name + ": " + errorText(-fd));
  const reader = new Reader(fd);
  for (let line = reader.readLine(); line !== null; line = reader.readLine()) settings.exclude.push(line);
  close(fd);
}

/** `syntax`: what the command's name implies (RE_EXTENDED for egrep ...). */
export function grep(syntax: i32): void {
  const settings = new Settings();
  settings.syntax = syntax;
  let icase = false;
  const options = new Options(
    "EFGPe:f:iywxzsvm:bnHhoqd:D:IarRLlcTZB:A:C:U", LONG, USAGE, 2, expandNumbers(args),
  );
  while (options.next()) {
    if (options.name == "i" || options.name == "y") icase = true;
    else if (options.name == "no-ignore-case") icase = false;
    else apply(settings, options);
  }
  const operands = options.operands;
  if (!settings.hasPattern) {
    if (operands.length == 0) {
      writeText(2, "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
      proc_exit(2);
    }
    addPatterns(settings, operands.shift());
  }
  if (settings.list != 0) settings.count = false;
  // Nothing can be selected: do not even read.
  const excludesAll = settings.invert && settings.whole == 0 && settings.patterns.length == 1 && settings.patterns[0].length == 0;
  if ((settings.limit == 0 || excludesAll) && settings.list != 2) finish(1, 2);
  const utf8 = localeIsUtf8();
  let flags = settings.syntax | RE_GREP;
  if (icase) flags |= RE_ICASE;
  if (!utf8) flags |= RE_BYTES;
  const regex = compileRegexes(settings.patterns, flags, settings.whole, settings.separator);
  if (regex === null) {
    fail(regexError);
    return;
  }
  if (regexWarning.length > 0) writeText(2, "grep: warning: " + regexWarning + "\n");
  if (settings.withNames < 0) {
    settings.withNames = operands.length > 1 || (settings.recurse != 0 && !singleFile(operands)) ? 1 : 0;
  }
  const scan = new Scan(settings, regex, new Printer(settings, regex), utf8);
  const files = new Files(settings, scan);
  if (operands.length == 0 && settings.recurse != 0) files.directory("");
  else if (operands.length == 0) files.operand("-");
  for (let i = 0; i < operands.length; i++) files.operand(operands[i]);
  if (regex.exhausted) fail("Too many ways to match a pattern with back-references");
  finish(files.failed ? 2 : files.matched ? 0 : 1, 2);
}

/** With -r a single operand that is a file still goes without its name. */
function singleFile(operands: string[]): bool {
  return operands.length == 1 && !isDirectory(operands[0]);
}
