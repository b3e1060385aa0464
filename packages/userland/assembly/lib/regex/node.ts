/** The syntax tree of a regular expression. */
import { CharSet } from "./charset";

export const NODE_EMPTY: i32 = 0;
export const NODE_SET: i32 = 1;
export const NODE_CONCAT: i32 = 2;
export const NODE_ALTERNATE: i32 = 3;
export const NODE_REPEAT: i32 = 4;
export const NODE_GROUP: i32 = 5;
export const NODE_ASSERT: i32 = 6;
export const NODE_BACKREF: i32 = 7;

export const ASSERT_LINE_START: i32 = 0; // ^
export const ASSERT_LINE_END: i32 = 1; // $
export const ASSERT_TEXT_START: i32 = 2; // \`
export const ASSERT_TEXT_END: i32 = 3; // \'
export const ASSERT_WORD_EDGE: i32 = 4; // \b
export const ASSERT_NOT_WORD_EDGE: i32 = 5; // \B
export const ASSERT_WORD_START: i32 = 6; // \<
export const ASSERT_WORD_END: i32 = 7; // \>
/** grep -w: no word character before, none after. */
export const ASSERT_NO_WORD_BEFORE: i32 = 8;
export const ASSERT_NO_WORD_AFTER: i32 = 9;

export class Node {
  children: Array<Node> = [];
  set: CharSet | null = null;
  /** NODE_REPEAT: bounds, `max` -1 for none. */
  min: i32 = 0;
  max: i32 = 0;
  /** NODE_GROUP and NODE_BACKREF: the group; NODE_ASSERT: ASSERT_*. */
  index: i32 = 0;

  constructor(public kind: i32) {}
}

export function charNode(c: i32): Node {
  const set = new CharSet();
  set.add(c, c);
  return setNode(set);
}

export function setNode(set: CharSet): Node {
  const node = new Node(NODE_SET);
  node.set = set;
  return node;
}

export function assertNode(kind: i32): Node {
  const node = new Node(NODE_ASSERT);
  node.index = kind;
  return node;
}

export function repeatNode(child: Node, min: i32, max: i32): Node {
  const node = new Node(NODE_REPEAT);
  node.children.push(child);
  node.min = min;
  node.max = max;
  return node;
}

/** One child stands for itself. */
export function listNode(kind: i32, children: Array<Node>): Node {
  if (children.length == 1) return children[0];
  const node = new Node(children.length == 0 ? NODE_EMPTY : kind);
  node.children = children;
  return node;
}
