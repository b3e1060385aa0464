// Completion: commands where a command is expected, variables after `$`, file names everywhere else.
import { compareBytes } from "../../lib/bytes";
import { builtinNames } from "../builtins/table";
import { BACKSLASH, DOLLAR, DQUOTE, EQUALS, isNameChar, SQUOTE } from "../chars";
import { homeOf } from "../expand/tilde";
import { aliases, keywordList } from "../parse/lexer";
import { isDirectory, isExecutable, listDirectory } from "../run/files";
import { DEFAULT_PATH } from "../run/search";
import { shell } from "../state";
import { TextBuilder } from "../text";
import { lookup, sortedNames } from "../vars";

export class Completion {
  /** What to put in place of the text from `start` to the cursor. */
  insertion: string = "";
  start: i32 = 0;
  /** Names to show, as they end. */
  candidates: string[] = [];
  /** The insertion is longer than what was there. */
  extended: bool = false;
}

/** The word under the cursor, read as the shell would. */
class Target {
  start: i32 = 0;
  /** Without quotes. */
  text: string = "";
  /** The quote that is open, 0 for none. */
  quote: i32 = 0;
  command: bool = true;
}

const OPERATORS = " \t\n;|&()<>";
/** Words after which a command comes. */
const PREFIXES: StaticArray<string> = [
  "if",
  "then",
  "else",
  "elif",
  "while",
  "until",
  "do",
  "!",
  "{",
  "exec",
  "command",
  "time",
  "sudo",
];

function findTarget(line: string, cursor: i32): Target {
  const target = new Target();
  const text = new TextBuilder();
  for (let i = 0; i < cursor; i++) {
    const c = line.charCodeAt(i);
    if (target.quote != 0) {
      if (c == target.quote) target.quote = 0;
      else if (c == BACKSLASH && target.quote == DQUOTE && i + 1 < cursor) text.push(line.charCodeAt(++i));
      else text.push(c);
    } else if (c == SQUOTE || c == DQUOTE) target.quote = c;
    else if (c == BACKSLASH && i + 1 < cursor) text.push(line.charCodeAt(++i));
    else if (OPERATORS.includes(String.fromCharCode(c))) {
      if (c == 0x3c || c == 0x3e) target.command = false;
      else if (c != 0x20 && c != 0x09) target.command = true;
      else if (text.length > 0) target.command = startsCommand(text.toString());
      text.truncate(0);
      target.start = i + 1;
    } else text.push(c);
  }
  target.text = text.toString();
  return target;
}

/** A word after which the next is a command: a keyword, or an assignment. */
function startsCommand(word: string): bool {
  if (PREFIXES.includes(word)) return true;
  let end = 0;
  while (end < word.length && isNameChar(word.charCodeAt(end))) end++;
  return end > 0 && end < word.length && word.charCodeAt(end) == EQUALS;
}

function addCommands(prefix: string, out: Set<string>): void {
  const sources: Array<string[]> = [builtinNames(), shell.functions.keys(), aliases.keys(), keywordList()];
  for (let i = 0; i < sources.length; i++) {
    for (let k = 0; k < sources[i].length; k++) if (sources[i][k].startsWith(prefix)) out.add(sources[i][k]);
  }
  const path = lookup("PATH");
  const places = (path === null ? DEFAULT_PATH : path).split(":");
  for (let i = 0; i < places.length; i++) {
    const names = listDirectory(places[i].length == 0 ? "." : places[i]);
    if (names === null) continue;
    for (let k = 0; k < names.length; k++) {
      if (names[k].startsWith(prefix) && isExecutable(places[i] + "/" + names[k])) out.add(names[k]);
    }
  }
}

/** Files whose path begins with `text`; directories end in a slash. */
function addFiles(text: string, executable: bool, out: Set<string>): void {
  const slash = text.lastIndexOf("/");
  const directory = text.substring(0, slash + 1);
  const prefix = text.substring(slash + 1);
  const real = expandHome(directory);
  const names = listDirectory(real.length == 0 ? "." : real);
  if (names === null) return;
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (!name.startsWith(prefix) || (name.startsWith(".") && !prefix.startsWith("."))) continue;
    const folder = isDirectory(real + name);
    if (executable && !folder && !isExecutable(real + name)) continue;
    out.add(directory + name + (folder ? "/" : ""));
  }
}

function expandHome(path: string): string {
  if (!path.startsWith("~")) return path;
  const slash = path.indexOf("/");
  const home = homeOf(path.substring(1, slash < 0 ? path.length : slash));
  return home === null ? path : home + (slash < 0 ? "" : path.substring(slash));
}

function commonPrefix(names: string[]): string {
  let prefix = names[0];
  for (let i = 1; i < names.length; i++) {
    let size = 0;
    while (size < prefix.length && size < names[i].length && prefix.charCodeAt(size) == names[i].charCodeAt(size))
      size++;
    prefix = prefix.substring(0, size);
  }
  // Not into the middle of a character.
  let end = prefix.length;
  while (end > 0 && end < names[0].length && (names[0].charCodeAt(end) & 0xc0) == 0x80) end--;
  return prefix.substring(0, end);
}

/** The text as it must be typed for the shell to see it as one word. A leading tilde stays one. */
function quoted(text: string, quote: i32): string {
  if (quote == SQUOTE) return "'" + text.split("'").join("'\\''");
  const special = quote == DQUOTE ? '"\\$`' : " \t\n\"'\\$`;|&()<>*?[]#{}!";
  const out = new TextBuilder();
  if (quote == DQUOTE) out.push(DQUOTE);
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (special.includes(c)) out.push(BACKSLASH);
    out.append(c);
  }
  return out.toString();
}

/** Completes the name after the last `$`, if the word ends in one. */
function completeVariable(line: string, cursor: i32): Completion | null {
  let start = cursor;
  while (start > 0 && isNameChar(line.charCodeAt(start - 1))) start--;
  const braced = start > 1 && line.charCodeAt(start - 1) == 0x7b && line.charCodeAt(start - 2) == DOLLAR;
  if (!braced && (start == 0 || line.charCodeAt(start - 1) != DOLLAR)) return null;
  const prefix = line.substring(start, cursor);
  const result = new Completion();
  const names = sortedNames();
  for (let i = 0; i < names.length; i++) if (names[i].startsWith(prefix)) result.candidates.push(names[i]);
  result.start = start;
  if (result.candidates.length == 0) return result;
  result.insertion = commonPrefix(result.candidates);
  result.extended = result.insertion.length > prefix.length;
  if (result.candidates.length == 1) result.insertion += braced ? "}" : " ";
  return result;
}

export function complete(line: string, cursor: i32): Completion {
  const variable = completeVariable(line, cursor);
  if (variable !== null) return variable;
  const target = findTarget(line, cursor);
  const found = new Set<string>();
  if (target.command && target.text.indexOf("/") < 0) addCommands(target.text, found);
  else addFiles(target.text, target.command, found);
  const names = found.values();
  const result = new Completion();
  result.start = target.start;
  if (names.length == 0) return result;
  names.sort(compareBytes);
  const common = commonPrefix(names);
  const only = names.length == 1;
  result.extended = common.length > target.text.length;
  if (result.extended || only) {
    result.insertion = common.startsWith("~") ? "~" + quoted(common.substring(1), 0) : quoted(common, target.quote);
    if (only && !common.endsWith("/")) {
      if (target.quote != 0) result.insertion += String.fromCharCode(target.quote);
      result.insertion += " ";
    }
  }
  for (let i = 0; i < names.length; i++) {
    const folder = names[i].endsWith("/") ? 1 : 0;
    result.candidates.push(names[i].substring(names[i].lastIndexOf("/", names[i].length - 1 - folder) + 1));
  }
  return result;
}
