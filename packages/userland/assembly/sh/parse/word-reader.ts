import {
  BACKQUOTE,
  BACKSLASH,
  COLON,
  DASH,
  DOLLAR,
  DQUOTE,
  EOF,
  EQUALS,
  HASH,
  isDigit,
  isMeta,
  isNameChar,
  isNameStart,
  isSpecialParameter,
  LBRACE,
  LPAREN,
  NEWLINE,
  PERCENT,
  PLUS,
  QUESTION,
  RBRACE,
  RPAREN,
  SQUOTE,
} from "../chars";
import { TextBuilder } from "../text";
import { Node, ParamOp, Part, PartKind, Word } from "./ast";
import { Source } from "./source";

/** Quoting rules in force. */
export enum Syntax {
  /** A word of the command language: ends at a metacharacter. */
  Base,
  /** Operand in `${name-word}` outside double quotes: ends at `}`. */
  Brace,
  /** The same inside double quotes or a here-document. */
  QuotedBrace,
  /** Inside "...". */
  Double,
  /** Body of a here-document. */
  Here,
  /** Inside $(( )). */
  Arithmetic,
}

/** Splits text into words and words into parts. Errors set `error` and read as end of input from then on. */
export abstract class WordReader extends Source {
  /** What is wrong with the text, "" while nothing is. */
  error: string = "";

  /** Parses the commands of `$(`, through its `)`. */
  protected abstract readSubstitution(): Node | null;
  /** Parses the text of a backquoted substitution. */
  protected abstract parseText(text: string, line: i32): Node | null;

  protected fail(message: string): void {
    if (this.error.length == 0) this.error = message;
  }

  /** Reads up to the end that `syntax` implies, appending to `word`; the ending character of Base is left unread. */
  protected readParts(word: Word, syntax: Syntax): void {
    const quotes = syntax != Syntax.Base && syntax != Syntax.Brace;
    const text = new TextBuilder();
    const start = this.line;
    let depth = 0;
    while (this.error.length == 0) {
      const c = this.next();
      if (c == EOF) {
        this.flush(word, text, quotes);
        this.endOfInput(syntax, start);
        return;
      }
      if (c == BACKSLASH) {
        const escaped = this.next();
        if (escaped == NEWLINE) continue;
        if (escaped == EOF) {
          this.back();
          text.push(BACKSLASH);
        } else if (!quotes) {
          this.flush(word, text, false);
          text.push(escaped);
          this.flush(word, text, true);
        } else {
          if (!escapable(escaped, syntax)) text.push(BACKSLASH);
          text.push(escaped);
        }
        continue;
      }
      if (c == DOLLAR) {
        this.flush(word, text, quotes);
        if (!this.readDollar(word, syntax)) text.push(DOLLAR);
        continue;
      }
      if (c == BACKQUOTE) {
        this.flush(word, text, quotes);
        this.readBackquote(word, quotes, syntax == Syntax.Double || syntax == Syntax.QuotedBrace);
        continue;
      }
      if (c == SQUOTE && !quotes) {
        this.flush(word, text, false);
        this.readSingle(word);
        continue;
      }
      if (c == DQUOTE && syntax != Syntax.Here && syntax != Syntax.Arithmetic) {
        if (syntax == Syntax.Double) {
          this.flush(word, text, true);
          return;
        }
        this.flush(word, text, quotes);
        this.readDouble(word);
        continue;
      }
      if (c == RBRACE && (syntax == Syntax.Brace || syntax == Syntax.QuotedBrace)) {
        this.flush(word, text, quotes);
        return;
      }
      if (syntax == Syntax.Arithmetic) {
        if (c == LPAREN) depth++;
        else if (c == RPAREN && depth-- == 0) {
          this.flush(word, text, true);
          if (this.nextJoined() != RPAREN) this.fail("Missing '))'");
          return;
        }
      }
      if (syntax == Syntax.Base && isMeta(c)) {
        this.back();
        this.flush(word, text, false);
        return;
      }
      text.push(c);
    }
  }

  private endOfInput(syntax: Syntax, start: i32): void {
    if (syntax == Syntax.Base || syntax == Syntax.Here) {
      if (syntax == Syntax.Base) this.back();
      return;
    }
    if (syntax == Syntax.Arithmetic) this.fail("Missing '))'");
    else if (syntax == Syntax.Double) this.fail("Unterminated quoted string");
    else this.fail("Missing '}'");
  }

  private flush(word: Word, text: TextBuilder, quoted: bool): void {
    if (text.length == 0) return;
    const part = new Part(PartKind.Literal, quoted);
    part.text = text.toString();
    word.parts.push(part);
    text.truncate(0);
  }

  private readSingle(word: Word): void {
    const part = new Part(PartKind.Literal, true);
    const text = new TextBuilder();
    for (let c = this.next(); c != SQUOTE; c = this.next()) {
      if (c == EOF) {
        this.fail("Unterminated quoted string");
        return;
      }
      text.push(c);
    }
    part.text = text.toString();
    word.parts.push(part);
  }

  private readDouble(word: Word): void {
    const before = word.parts.length;
    this.readParts(word, Syntax.Double);
    // `""` is a field of its own.
    if (word.parts.length == before) word.parts.push(new Part(PartKind.Literal, true));
  }

  /** After `$`. False: it stands for itself. */
  private readDollar(word: Word, syntax: Syntax): bool {
    const quoted = syntax != Syntax.Base && syntax != Syntax.Brace;
    const c = this.nextJoined();
    if (c == LPAREN) {
      if (this.nextJoined() == LPAREN) {
        const part = new Part(PartKind.Arithmetic, quoted);
        part.line = this.line;
        const expression = new Word();
        this.readParts(expression, Syntax.Arithmetic);
        part.word = expression;
        word.parts.push(part);
        return true;
      }
      this.back();
      const part = new Part(PartKind.Command, quoted);
      part.line = this.line;
      part.body = this.readSubstitution();
      word.parts.push(part);
      return true;
    }
    if (c == LBRACE) {
      this.readBraced(word, syntax, quoted);
      return true;
    }
    const part = new Part(PartKind.Parameter, quoted);
    if (isNameStart(c)) part.text = this.readName(c);
    else if (isDigit(c) || isSpecialParameter(c)) part.text = String.fromCharCode(c);
    else {
      this.back();
      return false;
    }
    part.line = this.line;
    word.parts.push(part);
    return true;
  }

  private readName(first: i32): string {
    const name = new TextBuilder();
    let c = first;
    const digits = isDigit(first);
    do {
      name.push(c);
      c = this.nextJoined();
    } while (digits ? isDigit(c) : isNameChar(c));
    this.back();
    return name.toString();
  }

  /** A parameter's name in braces, "" when there is none. */
  private readParameterName(): string {
    const c = this.nextJoined();
    if (isNameStart(c) || isDigit(c)) return this.readName(c);
    if (isSpecialParameter(c)) return String.fromCharCode(c);
    this.back();
    return "";
  }

  private readBraced(word: Word, syntax: Syntax, quoted: bool): void {
    const part = new Part(PartKind.Parameter, quoted);
    part.line = this.line;
    word.parts.push(part);
    let name = this.readParameterName();
    if (name == "#") {
      // `${#x}` is a length; `${#}`, `${#-w}`, `${#%w}` are about `$#`.
      const c = this.nextJoined();
      const next = this.nextJoined();
      this.back();
      this.back();
      if (c != RBRACE && (isNameStart(c) || isDigit(c) || (isSpecialParameter(c) && next == RBRACE))) {
        name = this.readParameterName();
        part.op = ParamOp.Length;
      }
    }
    part.text = name;
    const c = this.nextJoined();
    if (c == RBRACE && name.length > 0) return;
    if (name.length == 0 || part.op == ParamOp.Length) {
      part.op = ParamOp.Bad;
      this.back();
    } else {
      part.op = this.readOperator(part, c);
    }
    const operand = new Word();
    part.word = operand;
    const trims = part.op >= ParamOp.TrimSmallPrefix && part.op <= ParamOp.TrimLargeSuffix;
    this.readParts(operand, quoted && !trims ? Syntax.QuotedBrace : Syntax.Brace);
  }

  private readOperator(part: Part, first: i32): ParamOp {
    let c = first;
    if (c == COLON) {
      part.colon = true;
      c = this.nextJoined();
    }
    if (c == DASH) return ParamOp.Default;
    if (c == EQUALS) return ParamOp.Assign;
    if (c == QUESTION) return ParamOp.Error;
    if (c == PLUS) return ParamOp.Alternative;
    if ((c == HASH || c == PERCENT) && !part.colon) {
      if (this.nextJoined() == c) {
        return c == HASH ? ParamOp.TrimLargePrefix : ParamOp.TrimLargeSuffix;
      }
      this.back();
      return c == HASH ? ParamOp.TrimSmallPrefix : ParamOp.TrimSmallSuffix;
    }
    this.back();
    return ParamOp.Bad;
  }

  private readBackquote(word: Word, quoted: bool, inDouble: bool): void {
    const part = new Part(PartKind.Command, quoted);
    part.line = this.line;
    const text = new TextBuilder();
    for (let c = this.next(); c != BACKQUOTE; c = this.next()) {
      if (c == BACKSLASH) {
        c = this.next();
        if (c == NEWLINE) continue;
        if (c != BACKSLASH && c != BACKQUOTE && c != DOLLAR && !(inDouble && c == DQUOTE)) text.push(BACKSLASH);
      }
      if (c == EOF) {
        this.fail("EOF in backquote substitution");
        return;
      }
      text.push(c);
    }
    part.body = this.parseText(text.toString(), part.line);
    word.parts.push(part);
  }
}

/** A backslash quotes only these between double quotes (POSIX 2.2.3). */
function escapable(c: i32, syntax: Syntax): bool {
  if (c == DOLLAR || c == BACKQUOTE || c == BACKSLASH) return true;
  if (c == DQUOTE) return syntax != Syntax.Here && syntax != Syntax.Arithmetic;
  return c == RBRACE && syntax == Syntax.QuotedBrace;
}
