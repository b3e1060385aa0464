/** less and more: a pager on a terminal, a plain copy elsewhere. */
import { Commands, NEXT_FILE, PREVIOUS_FILE, QUIT, STAY } from "./commands";
import { Document, openDocument, openError } from "./document";
import { EISDIR } from "../../../../abi/src/errno";
import { Layout } from "./layout";
import { Options } from "../options";
import { Pager } from "./pager";
import { Reader, isTerminal, stdout, writeText } from "../io";
import { Stat, close, fstat } from "../fs";
import { READY_INPUT, READY_KEY, Terminal } from "./terminal";
import { args, getenv, localeIsUtf8 } from "../args";
import { dieUsage, finish, warn } from "../exit";
import { errorText } from "../errno-text";
import { isAllDigits } from "../bytes";

const USAGE = `Usage: less [OPTION]... [FILE]...
Look through text, a screen at a time.

  -e, -F                     quit at the end; at once when all fits on one screen
  -i, -I                     searches ignore case, unless they have capitals; always
  -N                         line numbers
  -p PATTERN, +/PATTERN      begin at a match
  -R                         show colour sequences as colours
  -S                         cut long lines
  -X                         do not switch screens
  -x N                       tab stops every N columns
  +N, +G                     begin at line N, at the end
`;

class Settings {
  quitAtEnd: bool = false;
  quitIfOneScreen: bool = false;
  keepScreen: bool = false;
  ignoreCase: i32 = 0;
  pattern: string = "";
  /** Line to begin at (from 0); -1 the end. */
  line: i32 = 0;
}

/** `+N`, `+G`, `+/PATTERN`; false when the word is none of them. */
function initialCommand(word: string, settings: Settings): bool {
  if (!word.startsWith("+") || word.length < 2) return false;
  const command = word.substring(1);
  if (command.startsWith("/")) settings.pattern = command.substring(1);
  else if (command == "G") settings.line = -1;
  else if (isAllDigits(command)) settings.line = max(<i32>parseInt(command) - 1, 0);
  else return false;
  return true;
}

function readOptions(list: Array<string>, settings: Settings, layout: Layout): Array<string> {
  const plain: Array<string> = [];
  for (let i = 0; i < list.length; i++) if (!initialCommand(list[i], settings)) plain.push(list[i]);
  const options = new Options(
    "aeEFgGiIJKmMnNp:qQrRsSuUwWXx:z:", "quit-at-eof=e quit-if-one-screen=F ignore-case=i IGNORE-CASE=I LINE-NUMBERS=N line-numbers=n pattern:=p " +
      "RAW-CONTROL-CHARS=R raw-control-chars=r chop-long-lines=S no-init=X tabs:=x squeeze-blank-lines=s quiet=q",
    USAGE, 1, plain,
  );
  while (options.next()) {
    const name = options.name;
    if (name == "e" || name == "E") settings.quitAtEnd = true;
    else if (name == "F") settings.quitIfOneScreen = true;
    else if (name == "i") settings.ignoreCase = 1;
    else if (name == "I") settings.ignoreCase = 2;
    else if (name == "N") layout.numbers = true;
    else if (name == "n") layout.numbers = false;
    else if (name == "p") settings.pattern = options.value;
    else if (name == "r" || name == "R") layout.colors = true;
    else if (name == "S") layout.chop = true;
    else if (name == "X") settings.keepScreen = true;
    else if (name == "x" && isAllDigits(options.value)) layout.tab = max(<i32>parseInt(options.value), 1);
  }
  return options.operands;
}

/** Opens a file and reports why that failed. */
function openFile(name: string, program: string): Document | null {
  const document = openDocument(name);
  if (document === null) {
    stdout.flush();
    writeText(2, name + ": " + errorText(openError) + "\n");
    return null;
  }
  const st = new Stat();
  if (fstat(document.fd, st) == 0 && st.isDirectory) {
    stdout.flush();
    writeText(2, program == "more" ? "\n*** " + name + ": directory ***\n\n" : name + " is a directory\n");
    close(document.fd);
    return null;
  }
  return document;
}

/** Standard output is no terminal: everything is copied as it is. */
function copyAll(files: Array<string>, program: string): void {
  let failed = false;
  for (let i = 0; i < files.length; i++) {
    const document = openFile(files[i], program);
    if (document === null) {
      failed = true;
      continue;
    }
    if (program == "more" && files.length > 1) stdout.write((i > 0 ? "\n" : "") + "::::::::::::::\n" + files[i] + "\n::::::::::::::\n");
    const reader = new Reader(document.fd);
    while (reader.available > 0 || reader.fill()) {
      stdout.writeMemory(reader.data, reader.available);
      reader.skip(reader.available);
    }
    reader.free();
    if (document.fd > 0) close(document.fd);
  }
  finish(failed && program == "less" ? 1 : 0);
}

/** Whether all of it fits on the screen. */
function fitsScreen(document: Document, layout: Layout, rows: i32): bool {
  while (!document.complete && document.lines < rows) document.readMore();
  if (!document.complete) return false;
  let used = 0;
  for (let i = 0; i < document.lines && used < rows; i++) used += layout.lay(document.line(i), i + 1).length;
  return used < rows;
}

function printAll(document: Document, layout: Layout): void {
  for (let i = 0; i < document.lines; i++) {
    const rows = layout.lay(document.line(i), i + 1);
    for (let k = 0; k < rows.length; k++) stdout.writeLine(rows[k]);
  }
}

export function less(program: string): void {
  const settings = new Settings();
  const layout = new Layout();
  layout.utf8 = localeIsUtf8();
  if (program == "more") {
    settings.quitAtEnd = true;
    settings.keepScreen = true;
  }
  const defaults = getenv("LESS");
  if (defaults !== null && defaults.length > 0 && program == "less") {
    const words = defaults.split(" ");
    // LESS=FRX is taken like LESS=-FRX.
    if (!words[0].startsWith("-")) words[0] = "-" + words[0];
    readOptions(words, settings, layout);
  }
  const files = readOptions(args, settings, layout);
  if (files.length == 0) {
    if (isTerminal(0)) {
      if (program == "more") dieUsage("bad usage");
      warn('Missing filename ("less --help" for help)');
      finish(1);
    }
    files.push("-");
  }
  if (!isTerminal(1)) copyAll(files, program);
  browse(files, settings, layout, program);
}

function browse(files: Array<string>, settings: Settings, layout: Layout, program: string): void {
  const terminal = new Terminal(settings.keepScreen);
  if (!terminal.usable) copyAll(files, program);
  layout.columns = terminal.columns;
  let index = 0;
  let document = openFile(files[0], program);
  while (document === null && ++index < files.length) document = openFile(files[index], program);
  if (document === null) {
    finish(1);
    return;
  }
  if (settings.quitIfOneScreen && files.length == 1 && fitsScreen(document, layout, terminal.rows)) {
    printAll(document, layout);
    finish(0);
  }
  terminal.start();
  let pager = pagerFor(document, terminal, layout, files, index);
  const commands = new Commands(pager);
  commands.ignoreCase = settings.ignoreCase;
  if (settings.line < 0) pager.end();
  else if (settings.line > 0) pager.goTo(settings.line);
  if (settings.pattern.length > 0 && commands.setPattern(settings.pattern)) commands.again(true, 1, true);
  let outcome = STAY;
  while (outcome != QUIT) {
    pager.draw();
    if (settings.quitAtEnd && pager.atEnd() && index + 1 == files.length) break;
    if (pager.wantsMore) {
      const ready = terminal.wait(pager.document.fd);
      if ((ready & READY_INPUT) != 0) pager.document.readMore();
      if ((ready & READY_KEY) == 0) continue;
    }
    const key = terminal.key();
    if (key == -1) continue;
    outcome = commands.perform(key);
    if (outcome != NEXT_FILE && outcome != PREVIOUS_FILE) continue;
    const to = outcome == NEXT_FILE ? index + 1 : index - 1;
    const other = to >= 0 && to < files.length ? openDocument(files[to]) : null;
    if (other === null) {
      pager.message = to < 0 ? "No previous file" : to >= files.length ? "No next file" : files[to] + ": " + errorText(openError);
      continue;
    }
    index = to;
    pager = pagerFor(other, terminal, layout, files, index);
    commands.usePager(pager);
  }
  terminal.stop();
  finish(0);
}

function pagerFor(document: Document, terminal: Terminal, layout: Layout, files: Array<string>, index: i32): Pager {
  let label = document.name == "-" ? "" : document.name;
  if (files.length > 1) label += " (file " + (index + 1).toString() + " of " + files.length.toString() + ")";
  return new Pager(document, terminal, layout, label);
}
