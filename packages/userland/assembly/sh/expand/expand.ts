// Word expansion (POSIX 2.6): tilde, parameters, commands, arithmetic; then splitting, globbing, quote removal.
import { BACKSLASH, COLON, EQUALS, LBRACKET, QUESTION, SLASH, STAR, TILDE } from "../chars";
import { Option, options } from "../options";
import { ParamOp, Part, PartKind, Word } from "../parse/ast";
import { fatal } from "../report";
import { substitute } from "../run/substitution";
import { Skip, shell } from "../state";
import { assign, lookup } from "../vars";
import { evaluate } from "./arithmetic";
import { Cells, FIELD_MARK, NULL_MARK, QUOTED, SPLITTABLE } from "./cells";
import { globField } from "./glob";
import { charCount } from "./locale";
import { isList, parameter } from "./parameters";
import { separatorsOf, split } from "./split";
import { homeOf } from "./tilde";
import { trim } from "./trim";

/** Results become separate fields: lists keep their members apart, unquoted results are marked for splitting. */
const FIELDS: i32 = 1;
/** Tildes expand at the start. */
const TILDES: i32 = 2;
/** Tildes expand after the first `=` and after every unquoted `:` too, as in an assignment. */
const ASSIGNMENT: i32 = 4;

class Expansion {
  cells: Cells = new Cells();
  constructor(private mode: i32) {}

  word(word: Word): void {
    for (let i = 0; i < word.parts.length && shell.skip == Skip.None; i++) {
      this.part(word.parts[i], i == 0, i == word.parts.length - 1);
    }
  }

  private part(part: Part, first: bool, last: bool): void {
    switch (part.kind) {
      case PartKind.Literal:
        this.literal(part, first, last);
        break;
      case PartKind.Parameter:
        this.parameter(part);
        break;
      case PartKind.Command:
        this.value(substitute(part.body, part.line), part.quoted);
        break;
      default: {
        const text = expandToText(part.word!);
        if (shell.skip == Skip.None) {
          const value = evaluate(text).toString();
          if (shell.skip == Skip.None) this.value(value, part.quoted);
        }
      }
    }
  }

  private literal(part: Part, first: bool, last: bool): void {
    if (part.quoted) {
      this.cells.push(NULL_MARK);
      this.cells.append(part.text, QUOTED);
      return;
    }
    const text = part.text;
    let at = 0;
    if (first && this.mode & TILDES) at = this.tilde(text, 0, last);
    const assigning = (this.mode & ASSIGNMENT) != 0;
    let signed = !first;
    while (at < text.length) {
      const c = text.charCodeAt(at++);
      this.cells.push(<u16>c);
      if (!assigning || (c != COLON && (c != EQUALS || signed))) continue;
      if (c == EQUALS) signed = true;
      at = this.tilde(text, at, last);
    }
  }

  /** Expands a tilde prefix at `at`; returns where the literal goes on. */
  private tilde(text: string, at: i32, last: bool): i32 {
    if (at >= text.length || text.charCodeAt(at) != TILDE) return at;
    let end = at + 1;
    while (end < text.length && text.charCodeAt(end) != SLASH && text.charCodeAt(end) != COLON) end++;
    // The prefix must be all literal: `~$user` is not one.
    if (end == text.length && !last) return at;
    const home = homeOf(text.substring(at + 1, end));
    if (home === null) return at;
    this.cells.append(home, QUOTED);
    return end;
  }

  private value(text: string, quoted: bool): void {
    if (quoted) this.cells.push(NULL_MARK);
    this.cells.append(text, quoted ? QUOTED : SPLITTABLE);
  }

  private parameter(part: Part): void {
    const name = part.text;
    if (part.op == ParamOp.Bad) {
      fatal("Bad substitution");
      return;
    }
    const list = isList(name);
    let value: string | null = null;
    let set: bool;
    let empty: bool;
    if (list) {
      const count = shell.params.length;
      set = count > 0;
      empty = count == 0 || (count == 1 && shell.params[0].length == 0);
    } else {
      value = parameter(name);
      set = value !== null;
      empty = value === null || value.length == 0;
    }
    const present = set && !(part.colon && empty);
    switch (part.op) {
      case ParamOp.Alternative:
        if (present) this.operand(part);
        else if (part.quoted) this.cells.push(NULL_MARK);
        return;
      case ParamOp.Default:
        if (!present) {
          this.operand(part);
          return;
        }
        break;
      case ParamOp.Assign:
        if (!present) {
          this.assignDefault(part, name);
          return;
        }
        break;
      case ParamOp.Error:
        if (!present) {
          this.missing(part, name);
          return;
        }
        break;
      default:
        if (!set && options[Option.NoUnset] && !list) {
          fatal(name + ": parameter not set");
          return;
        }
    }
    if (list && part.op != ParamOp.Length) {
      this.list(part, name);
      return;
    }
    let text = list ? joined() : value === null ? "" : value;
    if (part.op == ParamOp.Length) text = charCount(text).toString();
    else if (part.op >= ParamOp.TrimSmallPrefix) {
      const pattern = expandToPattern(part.word!);
      if (shell.skip != Skip.None) return;
      text = trim(text, pattern, part.op);
    }
    this.value(text, part.quoted);
  }

  /** The word of an operator, in place of the value: its own quoting counts. */
  private operand(part: Part): void {
    const inner = new Expansion(part.quoted ? this.mode & FIELDS : (this.mode & FIELDS) | TILDES);
    inner.word(part.word!);
    if (part.quoted) this.cells.push(NULL_MARK);
    for (let i = 0; i < inner.cells.length; i++) {
      const cell = inner.cells.at(i);
      this.cells.push(cell & (QUOTED | FIELD_MARK | NULL_MARK) ? cell : cell | SPLITTABLE);
    }
  }

  private assignDefault(part: Part, name: string): void {
    const inner = new Expansion(part.quoted ? 0 : TILDES);
    inner.word(part.word!);
    if (shell.skip != Skip.None) return;
    const text = inner.cells.text();
    if (name.charCodeAt(0) <= 0x40) {
      fatal(name + ": bad variable name");
      return;
    }
    if (assign(name, text)) this.value(text, part.quoted);
  }

  private missing(part: Part, name: string): void {
    let message = part.colon ? "parameter not set or null" : "parameter not set";
    if (part.word!.parts.length > 0) message = expandToText(part.word!);
    if (shell.skip != Skip.None) return;
    fatal(name + ": " + message);
  }

  private list(part: Part, name: string): void {
    const params = shell.params;
    if (part.op >= ParamOp.TrimSmallPrefix && part.op <= ParamOp.TrimLargeSuffix) {
      const pattern = expandToPattern(part.word!);
      if (shell.skip != Skip.None) return;
      this.members(
        params.map<string>((text) => text),
        part,
        name,
        pattern,
      );
      return;
    }
    this.members(params, part, name, null);
  }

  private members(params: string[], part: Part, name: string, pattern: string | null): void {
    const apart = (this.mode & FIELDS) != 0 && !(part.quoted && name == "*");
    const ifs = lookup("IFS");
    const separator = ifs === null ? " " : ifs.substring(0, 1);
    if (part.quoted && name == "*") this.cells.push(NULL_MARK);
    for (let i = 0; i < params.length; i++) {
      if (i > 0) {
        if (apart) this.cells.push(FIELD_MARK);
        else this.cells.append(separator, part.quoted ? QUOTED : SPLITTABLE);
      }
      this.value(pattern === null ? params[i] : trim(params[i], pattern, part.op), part.quoted);
    }
  }
}

function joined(): string {
  return shell.params.join(" ");
}

/** One word to the fields it stands for, appended to `out`. */
export function expandFields(word: Word, out: string[]): void {
  const plain = word.plain();
  if (plain !== null && isInert(plain)) {
    out.push(plain);
    return;
  }
  if (plainValue(word, out)) return;
  const expansion = new Expansion(FIELDS | TILDES);
  expansion.word(word);
  if (shell.skip != Skip.None) return;
  const fields: Cells[] = [];
  split(expansion.cells, separatorsOf(lookup("IFS")), fields);
  for (let i = 0; i < fields.length; i++) {
    if (!options[Option.NoGlob] && fields[i].mayBePattern()) globField(fields[i], out);
    else out.push(fields[i].text());
  }
}

/** No character of it can change in expansion. A bracket alone, as in the command `[`, is no pattern. */
function isInert(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c == TILDE || c == STAR || c == QUESTION || (c == LBRACKET && text.indexOf("]", i) > 0)) return false;
  }
  return text.length > 0;
}

/** The short way for the commonest word, `$name` or "$name" with a value that is one field as it is. */
function plainValue(word: Word, out: string[]): bool {
  if (word.parts.length != 1) return false;
  const part = word.parts[0];
  if (part.kind != PartKind.Parameter || part.op != ParamOp.None || isList(part.text)) return false;
  const value = parameter(part.text);
  if (value === null) return false;
  if (!part.quoted) {
    const separators = separatorsOf(lookup("IFS"));
    for (let i = 0; i < value.length; i++) if (separators.isDelimiter(value.charCodeAt(i))) return false;
    if (value.length == 0 || !(options[Option.NoGlob] || isLiteral(value))) return false;
  }
  out.push(value);
  return true;
}

/** Nothing in it is a pattern. */
function isLiteral(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c == STAR || c == QUESTION || c == LBRACKET || c == BACKSLASH) return false;
  }
  return true;
}

/** One word to one string, without splitting and globbing: case subjects, redirection targets, operands. */
export function expandToText(word: Word): string {
  const plain = word.plain();
  if (plain !== null && isInert(plain)) return plain;
  const expansion = new Expansion(TILDES);
  expansion.word(word);
  return expansion.cells.text();
}

/** The value of an assignment word, what follows `name=`. */
export function expandAssignment(word: Word): string {
  const expansion = new Expansion(ASSIGNMENT);
  expansion.word(word);
  const text = expansion.cells.text();
  return text.substring(text.indexOf("=") + 1);
}

/** A word whose quoted characters must match literally. */
export function expandToPattern(word: Word): string {
  const expansion = new Expansion(TILDES);
  expansion.word(word);
  return expansion.cells.pattern();
}

/** Here-documents and prompts: no tilde, everything as if quoted. */
export function expandQuoted(word: Word): string {
  const expansion = new Expansion(0);
  expansion.word(word);
  return expansion.cells.text();
}
