/**
 * POSIX basic and extended regular expressions with the GNU extensions, to a syntax tree.
 * The dialects differ in which operators need a backslash; `operator()` folds that difference away.
 */
import { CharSet, MAX_BYTE, MAX_CODE_POINT } from "./charset";
import { addClass, addWord, foldCase } from "./unicode";
import { Cursor } from "./cursor";
import { parseBracket } from "./bracket";
import { RE_BYTES, RE_EMACS, RE_EXTENDED, RE_FIXED, RE_GREP, RE_ICASE, RE_NEWLINE } from "./syntax";
import {
  ASSERT_LINE_END, ASSERT_LINE_START, ASSERT_NOT_WORD_EDGE, ASSERT_TEXT_END, ASSERT_TEXT_START, ASSERT_WORD_EDGE,
  ASSERT_WORD_END, ASSERT_WORD_START, NODE_ALTERNATE, NODE_ASSERT, NODE_BACKREF, NODE_CONCAT, NODE_EMPTY, NODE_GROUP,
  Node, assertNode, charNode, listNode, repeatNode, setNode,
} from "./node";

/** RE_DUP_MAX of glibc. */
const DUP_MAX: i32 = 0x7fff;
/** Nesting beyond this is refused, so that hostile patterns cannot exhaust the stack. */
const MAX_DEPTH: i32 = 500;

export class Parser {
  cursor: Cursor;
  /** Groups opened so far. */
  groups: i32 = 0;
  /** Bit g set: group g of this pattern is complete and may be referred to. */
  private closed: i32 = 0;
  usesBackrefs: bool = false;
  warning: string = "";
  private depth: i32 = 0;
  private utf8: bool;
  private extended: bool;

  /** `base`: groups of patterns before this one, when several are matched as one. */
  constructor(
    pattern: string,
    private syntax: i32,
    private base: i32,
  ) {
    this.groups = base;
    this.cursor = new Cursor(pattern, (syntax & RE_GREP) != 0);
    this.utf8 = (syntax & RE_BYTES) == 0;
    this.extended = (syntax & RE_EXTENDED) != 0;
  }

  get error(): string {
    return this.cursor.error;
  }

  private fail(message: string): Node {
    if (this.cursor.error.length == 0) this.cursor.error = message;
    return new Node(NODE_EMPTY);
  }

  parse(): Node {
    if ((this.syntax & RE_FIXED) != 0) return this.fixed();
    const node = this.alternation();
    if (!this.cursor.done && this.error.length == 0) return this.fail("Unmatched ) or \\)");
    return node;
  }

  private fixed(): Node {
    const items: Array<Node> = [];
    while (!this.cursor.done) items.push(this.literal(this.cursor.take(this.utf8)));
    return listNode(NODE_CONCAT, items);
  }

  /** Whether operator `byte` (one of `( ) { | + ?`) stands under the cursor in this dialect's spelling. */
  private operator(byte: i32): bool {
    const bare = this.extended || ((this.syntax & RE_EMACS) != 0 && (byte == 43 || byte == 63));
    if (bare) return this.cursor.peek() == byte;
    return this.cursor.peek() == 92 && this.cursor.peekAt(1) == byte;
  }

  private acceptOperator(byte: i32): bool {
    if (!this.operator(byte)) return false;
    this.cursor.at += this.cursor.peek() == byte ? 1 : 2;
    return true;
  }

  private alternation(): Node {
    const branches: Array<Node> = [];
    if (++this.depth > MAX_DEPTH) return this.fail("Regular expression too big");
    do branches.push(this.branch());
    while (this.error.length == 0 && this.acceptOperator(124));
    this.depth--;
    return listNode(NODE_ALTERNATE, branches);
  }

  /** A `)` ends a branch only where a group is open; extended grep takes a lone one literally. */
  private atClose(): bool {
    if (!this.operator(41)) return false;
    return this.depth > 1 || !this.extended || (this.syntax & RE_GREP) == 0;
  }

  private branch(): Node {
    const items: Array<Node> = [];
    let start = true;
    while (!this.cursor.done && this.error.length == 0 && !this.operator(124) && !this.atClose()) {
      const before = items.length;
      const atom = this.atom(start, items.length == 0);
      if (this.error.length > 0) break;
      if (atom == null) continue;
      // In basic syntax `^*` keeps the star literal: the anchor does not count as something to repeat.
      start = start && !this.extended && atom.kind == NODE_ASSERT && atom.index == ASSERT_LINE_START;
      items.push(start ? atom : this.repeats(atom));
      if (before == items.length) break;
    }
    return listNode(NODE_CONCAT, items);
  }

  private repeats(atom: Node): Node {
    let node = atom;
    while (this.error.length == 0) {
      if (this.cursor.accept(42)) node = repeatNode(node, 0, -1);
      else if (this.acceptOperator(43)) node = repeatNode(node, 1, -1);
      else if (this.acceptOperator(63)) node = repeatNode(node, 0, 1);
      else if (this.operator(123)) {
        const from = this.cursor.at;
        const next = this.interval(node);
        if (next == null) {
          this.cursor.at = from;
          return node;
        }
        node = next;
      } else return node;
    }
    return node;
  }

  /** `{m}`, `{m,}`, `{m,n}`, `{,n}`; null when this is no interval and the dialect takes `{` literally. */
  private interval(node: Node): Node | null {
    const cursor = this.cursor;
    this.acceptOperator(123);
    const lenient = this.extended && (this.syntax & RE_GREP) != 0;
    let min = this.number();
    let max = min;
    if (cursor.accept(44)) {
      if (min < 0) min = 0;
      max = this.number();
      if (max < 0) max = -1;
    } else if (min < 0) {
      if (lenient) return null;
      return this.fail(cursor.done ? "Unmatched \\{" : "Invalid content of \\{\\}");
    }
    if (!this.acceptOperator(125)) {
      if (lenient) return null;
      return this.fail(cursor.done ? "Unmatched \\{" : "Invalid content of \\{\\}");
    }
    if (max >= 0 && min > max) return this.fail("Invalid content of \\{\\}");
    if (min > DUP_MAX || max > DUP_MAX) return this.fail("Regular expression too big");
    return repeatNode(node, min, max);
  }

  private number(): i32 {
    let n = -1;
    while (this.cursor.peek() >= 48 && this.cursor.peek() <= 57) {
      n = min(max(n, 0) * 10 + this.cursor.peek() - 48, DUP_MAX + 1);
      this.cursor.at++;
    }
    return n;
  }

  /**
   * One atom, or null when a misplaced repetition was skipped. `start`: nothing that can be repeated precedes it in its
   * branch; `first`: nothing at all.
   */
  private atom(start: bool, first: bool): Node | null {
    const cursor = this.cursor;
    if (start && this.misplacedRepeat()) return null;
    if (this.error.length > 0) return null;
    if (this.acceptOperator(40)) return this.group();
    const c = cursor.take(this.utf8);
    if (c == 91) {
      const set = parseBracket(cursor, this.syntax);
      return setNode(set);
    }
    if (c == 46) return setNode(this.any());
    if (c == 94 && (this.extended || first)) return assertNode(ASSERT_LINE_START);
    if (c == 36 && (this.extended || cursor.done || this.operator(124) || this.operator(41))) return assertNode(ASSERT_LINE_END);
    if (c == 92) return this.escape();
    return this.literal(c);
  }

  /** A `*`, `+`, `?` or `{` with nothing before it: an operator in extended syntax only, skipped by grep, an error elsewhere. */
  private misplacedRepeat(): bool {
    const cursor = this.cursor;
    if (!this.extended) {
      if (this.operator(123)) this.fail("Invalid preceding regular expression");
      return false;
    }
    const c = cursor.peek();
    if (c != 42 && c != 43 && c != 63 && c != 123) return false;
    if ((this.syntax & RE_GREP) == 0) {
      this.fail("Invalid preceding regular expression");
      return false;
    }
    if (c == 123) {
      const from = cursor.at;
      const node = this.interval(new Node(NODE_EMPTY));
      if (node == null) {
        cursor.at = from;
        return false;
      }
      this.warning = "{...} at start of expression";
      return true;
    }
    this.warning = String.fromCharCode(c) + " at start of expression";
    cursor.at++;
    return true;
  }

  private group(): Node {
    const node = new Node(NODE_GROUP);
    node.index = ++this.groups;
    node.children.push(this.alternation());
    if (this.error.length > 0) return node;
    if (!this.acceptOperator(41)) return this.fail("Unmatched ( or \\(");
    const digit = node.index - this.base;
    if (digit < 10) this.closed |= 1 << digit;
    return node;
  }

  /** What follows a backslash that is no operator. */
  private escape(): Node {
    const cursor = this.cursor;
    if (cursor.done) return this.fail("Trailing backslash");
    const c = cursor.take(this.utf8);
    if (c >= 49 && c <= 57) {
      const index = c - 48;
      if ((this.closed & (1 << index)) == 0) return this.fail("Invalid back reference");
      this.usesBackrefs = true;
      const node = new Node(NODE_BACKREF);
      node.index = this.base + index;
      return node;
    }
    if (c == 119 || c == 87 || c == 115 || c == 83) return this.shorthand(c);
    if (c == 98) return assertNode(ASSERT_WORD_EDGE);
    if (c == 66) return assertNode(ASSERT_NOT_WORD_EDGE);
    if (c == 60) return assertNode(ASSERT_WORD_START);
    if (c == 62) return assertNode(ASSERT_WORD_END);
    if (c == 96) return assertNode(ASSERT_TEXT_START);
    if (c == 39) return assertNode(ASSERT_TEXT_END);
    return this.literal(c);
  }

  /** `\w \W \s \S`. */
  private shorthand(c: i32): Node {
    const set = new CharSet();
    if ((c | 32) == 119) addWord(set, this.utf8);
    else addClass(set, "space", this.utf8);
    set.normalize();
    return setNode((c & 32) != 0 ? set : set.negated(this.utf8 ? MAX_CODE_POINT : MAX_BYTE));
  }

  private any(): CharSet {
    const not = new CharSet();
    if ((this.syntax & RE_NEWLINE) != 0) not.add(10, 10);
    return not.negated(this.utf8 ? MAX_CODE_POINT : MAX_BYTE);
  }

  private literal(c: i32): Node {
    const node = charNode(c);
    if ((this.syntax & RE_ICASE) != 0) {
      foldCase(node.set!, this.utf8);
      node.set!.normalize();
    }
    return node;
  }
}
