import { BuiltinKind, builtinKind } from "../builtins/table";
import { isName } from "../chars";
import { isAssignment } from "./assignment";
import {
  BinaryNode,
  CaseItem,
  CaseNode,
  ForNode,
  FunctionNode,
  IfNode,
  Node,
  NodeKind,
  Redirect,
  RedirectKind,
  SequenceNode,
  SimpleNode,
  UnaryNode,
  Word,
} from "./ast";
import { Lexer, SKIP_NEWLINES, Token, tokenName, WANT_ALIAS, WANT_KEYWORD } from "./lexer";
import { Input, TextInput } from "./source";
import { Syntax } from "./word-reader";

const COMMAND: i32 = WANT_ALIAS | WANT_KEYWORD;

/** Nested commands and substitutions; deeper input is refused before it exhausts the stack. */
const MAX_DEPTH: i32 = 1000;

/** Recursive descent over the grammar of POSIX 2.10.2. */
export class Parser extends Lexer {
  /** The end of the input was reached. */
  ended: bool = false;
  private depth: i32 = 0;

  constructor(input: Input) {
    super(input);
  }

  /** The next complete command; null for an empty line, at the end (`ended`) and on errors (`error`). */
  nextCommand(): Node | null {
    this.input.continued = false;
    const token = this.token(COMMAND);
    this.input.continued = true;
    if (token == Token.End) {
      this.ended = this.error.length == 0;
      return null;
    }
    if (token == Token.Newline) {
      this.readPendingHere();
      return null;
    }
    this.pushBack();
    return this.list(false);
  }

  /** Makes the parser usable after an error: the rest of the line is dropped. */
  recover(): void {
    this.error = "";
    this.depth = 0;
    this.clearToken();
    this.discardLine();
  }

  /** Commands up to a terminator. `nested`: newlines separate; else a newline ends the list. */
  private list(nested: bool): Node | null {
    const items: Node[] = [];
    let want = nested ? COMMAND | SKIP_NEWLINES : COMMAND;
    while (true) {
      const first = this.token(want);
      if (this.error.length > 0) return null;
      if (first == Token.Newline && !nested) {
        this.readPendingHere();
        break;
      }
      this.pushBack();
      if (endsList(first)) {
        if (!nested && first != Token.End) this.unexpected(-1);
        break;
      }
      const line = this.line;
      let item = this.andOr();
      if (item === null) return null;
      const separator = this.token(0);
      if (separator == Token.Background) {
        item = new UnaryNode(NodeKind.Async, item);
        item.line = line;
      }
      items.push(item);
      if (separator == Token.Newline) {
        this.readPendingHere();
        if (!nested) break;
      } else if (separator != Token.Background && separator != Token.Semicolon) {
        this.pushBack();
        if (!nested && separator != Token.End) this.unexpected(-1);
        break;
      }
    }
    if (this.error.length > 0 || items.length == 0) return null;
    return items.length == 1 ? items[0] : new SequenceNode(NodeKind.List, items);
  }

  /** A list that must not be empty, then `end`, which is left unread where several tokens may end it. */
  private body(end: Token, reads: bool = true): Node {
    const list = this.list(true);
    if (list === null) {
      if (this.error.length == 0) this.unexpected(this.token(COMMAND) == Token.End ? end : -1);
      return new SimpleNode();
    }
    if (reads) this.expect(end);
    return list;
  }

  private expect(token: Token): void {
    if (this.token(WANT_KEYWORD | WANT_ALIAS) != token) this.unexpected(token);
  }

  private unexpected(expected: i32): void {
    let message = tokenName(this.lastToken) + " unexpected";
    if (expected >= 0) message += " (expecting " + tokenName(expected) + ")";
    this.fail(message);
  }

  private andOr(): Node | null {
    let left = this.pipeline();
    while (left !== null && this.error.length == 0) {
      const token = this.token(0);
      if (token != Token.And && token != Token.Or) {
        this.pushBack();
        return left;
      }
      this.token(COMMAND | SKIP_NEWLINES);
      this.pushBack();
      const right = this.pipeline();
      if (right === null) return null;
      left = new BinaryNode(token == Token.And ? NodeKind.And : NodeKind.Or, left, right);
    }
    return left;
  }

  private pipeline(): Node | null {
    const line = this.line;
    const negated = this.token(COMMAND | SKIP_NEWLINES) == Token.Not;
    if (!negated) this.pushBack();
    const first = this.command();
    if (first === null) return null;
    const items: Node[] = [first];
    while (this.error.length == 0 && this.token(0) == Token.Pipe) {
      this.token(COMMAND | SKIP_NEWLINES);
      this.pushBack();
      const item = this.command();
      if (item === null) return null;
      items.push(item);
    }
    this.pushBack();
    let node: Node = items.length == 1 ? first : new SequenceNode(NodeKind.Pipeline, items);
    if (items.length > 1) node.line = line;
    if (negated) node = new UnaryNode(NodeKind.Not, node);
    return node;
  }

  private command(): Node | null {
    if (++this.depth > MAX_DEPTH) this.fail("Nesting too deep");
    const token = this.token(COMMAND);
    const line = this.line;
    let node: Node | null = null;
    if (this.error.length > 0) node = null;
    else if (token == Token.If) node = this.ifClause();
    else if (token == Token.While || token == Token.Until) node = this.loop(token);
    else if (token == Token.For) node = this.forClause();
    else if (token == Token.Case) node = this.caseClause();
    else if (token == Token.LeftParen) {
      node = new UnaryNode(NodeKind.Subshell, this.body(Token.RightParen));
    } else if (token == Token.BraceOpen) {
      node = new UnaryNode(NodeKind.Group, this.body(Token.BraceClose));
    } else if (token == Token.Word || token == Token.Redirection) {
      this.pushBack();
      this.depth--;
      return this.simple();
    } else this.unexpected(-1);
    this.depth--;
    if (node === null || this.error.length > 0) return null;
    node.line = line;
    return this.redirected(node);
  }

  /** Redirections after a compound command. */
  private redirected(node: Node): Node | null {
    const redirects: Redirect[] = [];
    while (this.token(WANT_KEYWORD) == Token.Redirection) this.target(redirects);
    this.pushBack();
    if (this.error.length > 0) return null;
    if (redirects.length == 0) return node;
    const wrapped = new UnaryNode(NodeKind.Redirected, node);
    wrapped.redirects = redirects;
    wrapped.line = node.line;
    return wrapped;
  }

  /** Reads the target of the redirection just seen. */
  private target(redirects: Redirect[]): void {
    const redirect = this.redirect;
    if (this.token(0) != Token.Word) {
      this.unexpected(-1);
      return;
    }
    if (redirect.kind == RedirectKind.Here) this.expectHere(redirect, this.word);
    else redirect.word = this.word;
    redirects.push(redirect);
  }

  private simple(): Node | null {
    const node = new SimpleNode();
    node.line = this.line;
    let want = WANT_ALIAS;
    while (true) {
      const token = this.token(want);
      if (token == Token.Word) {
        if (node.words.length == 0 && isAssignment(this.word)) node.assignments.push(this.word);
        else {
          node.words.push(this.word);
          want = 0;
        }
      } else if (token == Token.Redirection) this.target(node.redirects);
      else if (token == Token.LeftParen && this.namesFunction(node)) {
        this.expect(Token.RightParen);
        const name = node.words[0].plain();
        if (this.error.length == 0 && (name === null || !isFunctionName(name))) this.fail("Bad function name");
        return this.functionBody(node, name === null ? "" : name);
      } else {
        this.pushBack();
        break;
      }
      if (this.error.length > 0) return null;
    }
    return this.error.length > 0 ? null : node;
  }

  private namesFunction(node: SimpleNode): bool {
    return node.words.length == 1 && node.assignments.length == 0 && node.redirects.length == 0;
  }

  private functionBody(node: SimpleNode, name: string): Node | null {
    this.token(COMMAND | SKIP_NEWLINES);
    this.pushBack();
    const body = this.command();
    if (body === null || this.error.length > 0) return null;
    const definition = new FunctionNode(name, body);
    definition.line = node.line;
    return definition;
  }

  private ifClause(): Node | null {
    const condition = this.body(Token.Then);
    const node = new IfNode(condition, this.body(Token.Fi, false));
    const token = this.token(COMMAND);
    if (token == Token.Elif) node.otherwise = this.ifClause();
    else if (token == Token.Else) node.otherwise = this.body(Token.Fi);
    else if (token != Token.Fi) this.unexpected(Token.Fi);
    return node;
  }

  private loop(token: Token): Node {
    const condition = this.body(Token.Do);
    const body = this.body(Token.Done);
    return new BinaryNode(token == Token.While ? NodeKind.While : NodeKind.Until, condition, body);
  }

  private forClause(): Node | null {
    const token = this.token(0);
    const name = token == Token.Word ? this.word.plain() : null;
    if (name === null || !isName(name)) {
      this.fail("Bad for loop variable");
      return null;
    }
    let words: Word[] | null = null;
    let next = this.token(WANT_KEYWORD | SKIP_NEWLINES);
    if (next == Token.In) {
      const list: Word[] = [];
      while (this.token(0) == Token.Word) list.push(this.word);
      words = list;
      if (this.lastToken != Token.Newline && this.lastToken != Token.Semicolon) this.unexpected(-1);
      else if (this.lastToken == Token.Newline) this.readPendingHere();
      next = this.token(COMMAND | SKIP_NEWLINES);
    } else if (next == Token.Semicolon) next = this.token(COMMAND | SKIP_NEWLINES);
    if (next != Token.Do) this.unexpected(Token.Do);
    if (this.error.length > 0) return null;
    const node = new ForNode(name, this.body(Token.Done));
    node.words = words;
    return node;
  }

  private caseClause(): Node | null {
    if (this.token(0) != Token.Word) this.unexpected(Token.Word);
    const node = new CaseNode(this.word);
    if (this.token(WANT_KEYWORD | SKIP_NEWLINES) != Token.In) this.unexpected(Token.In);
    let token = this.token(WANT_KEYWORD | SKIP_NEWLINES);
    while (token != Token.Esac && this.error.length == 0) {
      if (token == Token.LeftParen) token = this.token(0);
      const patterns: Word[] = [];
      while (true) {
        // A keyword is a pattern like any other word here.
        if (token != Token.Word && token < Token.Not) this.unexpected(Token.RightParen);
        patterns.push(this.word);
        if (this.token(0) != Token.Pipe) break;
        token = this.token(0);
      }
      if (this.lastToken != Token.RightParen) this.unexpected(Token.RightParen);
      if (this.error.length > 0) return null;
      const body = this.list(true);
      node.items.push(new CaseItem(patterns, body));
      token = this.token(COMMAND | SKIP_NEWLINES);
      if (token == Token.EndCase) token = this.token(WANT_KEYWORD | SKIP_NEWLINES);
      else if (token != Token.Esac) this.unexpected(Token.EndCase);
    }
    return this.error.length > 0 ? null : node;
  }

  protected readSubstitution(): Node | null {
    // The substitution has its own pending here-documents and its own lookahead.
    const outer = this.pending;
    this.pending = [];
    const outerWord = this.word;
    if (++this.depth > MAX_DEPTH) this.fail("Nesting too deep");
    const node = this.list(true);
    if (this.error.length == 0) this.expect(Token.RightParen);
    this.depth--;
    this.pending = outer;
    this.word = outerWord;
    return node;
  }

  protected parseText(text: string, line: i32): Node | null {
    const parser = new Parser(new TextInput(text));
    parser.line = line;
    parser.depth = this.depth + 1;
    if (parser.depth > MAX_DEPTH) this.fail("Nesting too deep");
    let node: Node | null = null;
    if (this.error.length == 0) node = parser.list(true);
    if (parser.error.length == 0 && parser.token(COMMAND) != Token.End) parser.unexpected(Token.End);
    if (parser.error.length > 0) this.fail(parser.error);
    return node;
  }

  protected parseHere(word: Word, text: string, line: i32): void {
    const parser = new Parser(new TextInput(text));
    parser.line = line;
    parser.readParts(word, Syntax.Here);
    if (parser.error.length > 0) this.fail(parser.error);
  }

  /** Parts of a text read as between double quotes (PS1, PS4, ENV). */
  static promptWord(text: string): Word {
    const parser = new Parser(new TextInput(text));
    const word = new Word();
    parser.readParts(word, Syntax.Here);
    return word;
  }
}

/** The special builtins cannot be hidden by functions (POSIX 2.9.5). */
function isFunctionName(name: string): bool {
  return isName(name) && builtinKind(name) != BuiltinKind.Special;
}

function endsList(token: Token): bool {
  switch (token) {
    case Token.End:
    case Token.RightParen:
    case Token.EndCase:
    case Token.BraceClose:
    case Token.Do:
    case Token.Done:
    case Token.Elif:
    case Token.Else:
    case Token.Esac:
    case Token.Fi:
    case Token.Then:
      return true;
    default:
      return false;
  }
}
