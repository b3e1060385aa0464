import { NODE_CONCAT, NODE_GROUP, NODE_REPEAT, NODE_SET, Node } from "./node";
import { STRAY_BYTE } from "./cursor";

/** The longest string every match contains, read off the tree. */
export class Required {
  best: string = "";
  /** The string is the whole pattern. */
  whole: bool = true;
  private run: string = "";

  constructor(
    root: Node,
    private utf8: bool,
  ) {
    this.visit(root);
    this.flush();
    if (this.best.length == 0) this.whole = false;
  }

  private flush(): void {
    if (this.run.length > this.best.length) this.best = this.run;
    this.run = "";
  }

  private breakRun(): void {
    this.flush();
    this.whole = false;
  }

  private visit(node: Node): void {
    if (node.kind == NODE_CONCAT) {
      for (let i = 0; i < node.children.length; i++) this.visit(node.children[i]);
    } else if (node.kind == NODE_SET && node.set!.count == 1 && node.set!.lo[0] == node.set!.hi[0]) {
      this.run += encode(node.set!.lo[0], this.utf8);
    } else if (node.kind == NODE_GROUP) {
      this.whole = false;
      this.visit(node.children[0]);
    } else if (node.kind == NODE_REPEAT && node.min > 0) {
      this.breakRun();
      this.visit(node.children[0]);
      this.breakRun();
    } else {
      this.breakRun();
    }
  }
}

/** `c` as the bytes that stand for it in a text. */
function encode(c: i32, utf8: bool): string {
  if (!utf8 || c < 0x80) return String.fromCharCode(c);
  if (c >= STRAY_BYTE && c <= STRAY_BYTE + 0xff) return String.fromCharCode(c - STRAY_BYTE);
  if (c < 0x800) return String.fromCharCode(0xc0 | (c >> 6), 0x80 | (c & 63));
  const tail = String.fromCharCode(0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  if (c < 0x10000) return String.fromCharCode(0xe0 | (c >> 12)) + tail;
  return String.fromCharCode(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63)) + tail;
}
