import {
  AMPERSAND,
  BACKSLASH,
  DASH,
  EOF,
  GREATER,
  HASH,
  isDigit,
  isMeta,
  LESS,
  LPAREN,
  NEWLINE,
  PIPE,
  RPAREN,
  SEMICOLON,
  SPACE,
  TAB,
} from "../chars";
import { TextBuilder } from "../text";
import { Part, PartKind, Redirect, RedirectKind, Word } from "./ast";
import { Input } from "./source";
import { Syntax, WordReader } from "./word-reader";

export enum Token {
  End,
  Newline,
  Semicolon,
  Background,
  And,
  Or,
  Pipe,
  LeftParen,
  RightParen,
  EndCase,
  Redirection,
  Word,
  Not,
  Case,
  Do,
  Done,
  Elif,
  Else,
  Esac,
  Fi,
  For,
  If,
  In,
  Then,
  Until,
  While,
  BraceOpen,
  BraceClose,
}

const KEYWORDS: StaticArray<string> = [
  "!",
  "case",
  "do",
  "done",
  "elif",
  "else",
  "esac",
  "fi",
  "for",
  "if",
  "in",
  "then",
  "until",
  "while",
  "{",
  "}",
];

const SPELLING: StaticArray<string> = [
  "end of file",
  "newline",
  '";"',
  '"&"',
  '"&&"',
  '"||"',
  '"|"',
  '"("',
  '")"',
  '";;"',
  "redirection",
  "word",
];

/** The token as error messages name it. */
export function tokenName(token: Token): string {
  return token < SPELLING.length ? SPELLING[token] : '"' + KEYWORDS[token - Token.Not] + '"';
}

/** What to look for when a token is read. */
export const WANT_ALIAS: i32 = 1;
export const WANT_KEYWORD: i32 = 2;
export const SKIP_NEWLINES: i32 = 4;

class PendingHere {
  constructor(
    public redirect: Redirect,
    public delimiter: string,
    public literal: bool,
    public stripTabs: bool,
  ) {}
}

/** Alias values by name; the parser looks them up, the builtins change them. */
export const aliases = new Map<string, string>();

export abstract class Lexer extends WordReader {
  /** The word of the last Token.Word. */
  word: Word = new Word();
  /** The redirection of the last Token.Redirection; its target is not read yet. */
  redirect: Redirect = new Redirect(RedirectKind.Input, 0);
  protected expandAliases: bool = true;
  private hereStrips: bool = false;
  private pushed: bool = false;
  private last: Token = Token.End;
  protected pending: PendingHere[] = [];

  constructor(input: Input) {
    super(input);
  }

  protected pushBack(): void {
    this.pushed = true;
  }

  protected get lastToken(): Token {
    return this.last;
  }

  /** Forgets a pushed-back token (after an error). */
  protected clearToken(): void {
    this.pushed = false;
    this.pending = [];
  }

  protected token(want: i32): Token {
    while (true) {
      const fresh = !this.pushed;
      let token = this.raw();
      if (want & SKIP_NEWLINES) {
        while (token == Token.Newline) {
          this.readPendingHere();
          token = this.raw();
        }
      }
      if (token != Token.Word) return token;
      const text = this.word.plain();
      if (text === null) return token;
      if (want & WANT_KEYWORD) {
        const keyword = keywordOf(text);
        if (keyword != Token.Word) {
          this.last = keyword;
          return keyword;
        }
      }
      const follows = this.aliasFollows && fresh;
      if (!this.expandAliases || (!(want & WANT_ALIAS) && !follows)) return token;
      this.aliasFollows = false;
      if (!aliases.has(text) || this.aliasInUse(text)) return token;
      this.pushAlias(text, aliases.get(text));
    }
  }

  private raw(): Token {
    if (this.pushed) {
      this.pushed = false;
      return this.last;
    }
    this.last = this.scan();
    return this.error.length > 0 ? (this.last = Token.End) : this.last;
  }

  private scan(): Token {
    while (true) {
      const c = this.nextJoined();
      if (c == SPACE || c == TAB) continue;
      if (c == HASH) {
        this.skipComment();
        continue;
      }
      if (c == EOF) {
        this.back();
        return Token.End;
      }
      if (c == NEWLINE) return Token.Newline;
      if (c == AMPERSAND) return this.doubled(AMPERSAND, Token.And, Token.Background);
      if (c == PIPE) return this.doubled(PIPE, Token.Or, Token.Pipe);
      if (c == SEMICOLON) return this.doubled(SEMICOLON, Token.EndCase, Token.Semicolon);
      if (c == LPAREN) return Token.LeftParen;
      if (c == RPAREN) return Token.RightParen;
      if (c == LESS || c == GREATER) return this.redirection(c, -1);
      this.back();
      this.word = new Word();
      this.readParts(this.word, Syntax.Base);
      return this.numberedRedirection();
    }
  }

  private skipComment(): void {
    let c = this.next();
    while (c != NEWLINE && c != EOF) c = this.next();
    this.back();
  }

  private doubled(c: i32, two: Token, one: Token): Token {
    if (this.nextJoined() == c) return two;
    this.back();
    return one;
  }

  /** A word that is one digit right before `<` or `>` names a descriptor. */
  private numberedRedirection(): Token {
    const text = this.word.plain();
    if (text === null || text.length != 1 || !isDigit(text.charCodeAt(0))) return Token.Word;
    const c = this.nextJoined();
    if (c == LESS || c == GREATER) return this.redirection(c, text.charCodeAt(0) - 0x30);
    this.back();
    return Token.Word;
  }

  private redirection(first: i32, fd: i32): Token {
    const c = this.nextJoined();
    let kind = first == LESS ? RedirectKind.Input : RedirectKind.Output;
    if (first == LESS) {
      if (c == LESS) {
        kind = RedirectKind.Here;
        this.hereStrips = this.nextJoined() == DASH;
        if (!this.hereStrips) this.back();
      } else if (c == AMPERSAND) kind = RedirectKind.DupInput;
      else if (c == GREATER) kind = RedirectKind.ReadWrite;
      else this.back();
    } else if (c == GREATER) kind = RedirectKind.Append;
    else if (c == AMPERSAND) kind = RedirectKind.DupOutput;
    else if (c == PIPE) kind = RedirectKind.Clobber;
    else this.back();
    this.redirect = new Redirect(kind, fd >= 0 ? fd : first == LESS ? 0 : 1);
    return Token.Redirection;
  }

  /** Notes that the body of a here-document follows the next newline. */
  protected expectHere(redirect: Redirect, delimiter: Word): void {
    let literal = false;
    let text = "";
    for (let i = 0; i < delimiter.parts.length; i++) {
      const part = delimiter.parts[i];
      if (part.quoted) literal = true;
      if (part.kind == PartKind.Parameter) text += "$";
      text += part.text;
    }
    this.pending.push(new PendingHere(redirect, text, literal, this.hereStrips));
  }

  /** Reads the bodies that were announced on the line just ended. */
  protected readPendingHere(): void {
    if (this.pending.length == 0) return;
    const list = this.pending;
    this.pending = [];
    for (let i = 0; i < list.length && this.error.length == 0; i++) this.readHere(list[i]);
  }

  private readHere(here: PendingHere): void {
    const body = new TextBuilder();
    const line = new TextBuilder();
    const first = this.line;
    let joined = false;
    while (true) {
      line.truncate(0);
      let c = this.next();
      if (here.stripTabs && !joined) while (c == TAB) c = this.next();
      while (c != NEWLINE && c != EOF) {
        line.push(c);
        c = this.next();
      }
      const text = line.toString();
      if (!joined && text == here.delimiter) break;
      body.append(text);
      if (c == EOF) {
        this.back();
        break;
      }
      body.push(NEWLINE);
      joined = !here.literal && endsEscaped(text);
    }
    if (here.literal) {
      const part = new Part(PartKind.Literal, true);
      part.text = body.toString();
      here.redirect.word.parts.push(part);
    } else {
      this.parseHere(here.redirect.word, body.toString(), first);
    }
  }

  /** Splits the text of an unquoted here-document into parts. */
  protected abstract parseHere(word: Word, text: string, line: i32): void;
}

function endsEscaped(line: string): bool {
  let count = 0;
  for (let i = line.length - 1; i >= 0 && line.charCodeAt(i) == BACKSLASH; i--) count++;
  return (count & 1) == 1;
}

function keywordOf(text: string): Token {
  for (let i = 0; i < KEYWORDS.length; i++) if (KEYWORDS[i] == text) return <Token>(Token.Not + i);
  return Token.Word;
}

export function isKeyword(text: string): bool {
  return keywordOf(text) != Token.Word;
}

export function keywordList(): string[] {
  return KEYWORDS.slice<string[]>();
}
