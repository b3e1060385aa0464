/**
 * A pairing heap of nodes that live in other structs: the earliest key is at the root; insert is O(1), removal of
 * any node O(log n) amortised. Pure: addresses in, addresses out. Node:
 *
 *   0 key f64 | 8 child u32 | 12 next sibling u32 | 16 prev sibling, or parent of a first child u32
 */
@unmanaged
export class HeapNode {
  key: f64;
  child: u32;
  next: u32;
  prev: u32;
}

/** Joins two heaps (0: empty); returns the root. */
function meld(a: u32, b: u32): u32 {
  if (a == 0) return b;
  if (b == 0) return a;
  if (changetype<HeapNode>(b).key < changetype<HeapNode>(a).key) {
    const swap = a;
    a = b;
    b = swap;
  }
  const parent = changetype<HeapNode>(a);
  const child = changetype<HeapNode>(b);
  child.next = parent.child;
  child.prev = a;
  if (parent.child != 0) changetype<HeapNode>(parent.child).prev = b;
  parent.child = b;
  return a;
}

/** Melds a list of siblings, in pairs left to right, then right to left. */
function meldSiblings(first: u32): u32 {
  let pairs: u32 = 0; // chained through `prev`, last pair first
  while (first != 0) {
    const a = first;
    const b = changetype<HeapNode>(a).next;
    first = b == 0 ? 0 : changetype<HeapNode>(b).next;
    changetype<HeapNode>(a).next = 0;
    if (b != 0) changetype<HeapNode>(b).next = 0;
    const pair = meld(a, b);
    changetype<HeapNode>(pair).prev = pairs;
    pairs = pair;
  }
  let root: u32 = 0;
  while (pairs != 0) {
    const before = changetype<HeapNode>(pairs).prev;
    root = meld(root, pairs);
    pairs = before;
  }
  return root;
}

export function heapInsert(root: u32, node: u32): u32 {
  const fresh = changetype<HeapNode>(node);
  fresh.child = 0;
  fresh.next = 0;
  fresh.prev = 0;
  const merged = meld(root, node);
  changetype<HeapNode>(merged).prev = 0;
  return merged;
}

/** `node` must be in the heap. */
export function heapRemove(root: u32, node: u32): u32 {
  const gone = changetype<HeapNode>(node);
  const children = meldSiblings(gone.child);
  gone.child = 0;
  let merged = children;
  if (node != root) {
    if (gone.next != 0) changetype<HeapNode>(gone.next).prev = gone.prev;
    const before = changetype<HeapNode>(gone.prev);
    if (before.child == node) before.child = gone.next;
    else before.next = gone.next;
    merged = meld(root, children);
  }
  gone.next = 0;
  gone.prev = 0;
  if (merged != 0) {
    changetype<HeapNode>(merged).prev = 0;
    changetype<HeapNode>(merged).next = 0;
  }
  return merged;
}
