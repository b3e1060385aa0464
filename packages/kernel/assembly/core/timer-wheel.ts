/**
 * A hierarchical timer wheel (Varghese and Lauck 1987, scheme 7) with a heap in front. Slots are as coarse as a tick, a
 * millisecond; what is due within the tick sits in a pairing heap by its exact deadline, so nodes come out in deadline order, never early,
 * and arming costs O(1) for all that is further away. Pure: addresses and numbers in, addresses and numbers out.
 *
 *   wheel: 0 tick f64 (slots up to here are in the heap) | 8 heap u32 | 12 nodes in slots u32 | 16 bitmaps u64[4]
 *          48 slots u32[4][64]: level n's slots span 64^n ticks
 *   node:  0 deadline us f64 | 8 child | 12 next | 16 prev (heap, or list of a slot) | 20 place u32 (PLACE_*, or slot + 2)
 */
import { HeapNode, heapInsert, heapRemove } from "./pairing-heap";

const WHEEL_LEVELS: u32 = 4;
const SLOT_BITS: u32 = 6;
const SLOT_MASK: u32 = 63;
const TICK_US: f64 = 1024;
/** Ticks that the wheel spans (4.8 hours); what is further away waits in the last level and is looked at again. */
const SPAN: f64 = 16777216;
const O_HEAP: usize = 8;
const O_COUNT: usize = 12;
const O_BITMAPS: usize = 16;
const O_SLOTS: usize = 48;
/** Bytes of a wheel. All zero is an empty one at time 0. */
export const WHEEL_SIZE: u32 = 48 + WHEEL_LEVELS * 64 * 4;

export const PLACE_NONE: u32 = 0;
const PLACE_HEAP: u32 = 1;
const PLACE_SLOT: u32 = 2;

@unmanaged
export class TimerNode {
  deadlineUs: f64;
  child: u32;
  next: u32;
  prev: u32;
  place: u32;
}

function bitmapOf(wheel: usize, level: u32): usize {
  return wheel + O_BITMAPS + (level << 3);
}

/** `slot` counts through all levels: level * 64 + index. */
function slotOf(wheel: usize, slot: u32): usize {
  return wheel + O_SLOTS + (slot << 2);
}

/** Adds a node, which must not be in a wheel. `deadlineUs` is finite. */
export function wheelInsert(wheel: usize, node: u32, deadlineUs: f64): void {
  changetype<TimerNode>(node).deadlineUs = deadlineUs;
  place(wheel, node);
}

function place(wheel: usize, address: u32): void {
  const node = changetype<TimerNode>(address);
  const current = load<f64>(wheel);
  const tick = floor(node.deadlineUs / TICK_US);
  if (tick <= current) {
    store<u32>(wheel, heapInsert(load<u32>(wheel, O_HEAP), address), O_HEAP);
    node.place = PLACE_HEAP;
    return;
  }
  const ahead = min(tick - current, SPAN - 1);
  // The level whose slots are fine enough to tell it from the current one.
  const level = (31 - clz(<u32>ahead)) / SLOT_BITS;
  const slot = level << SLOT_BITS | (<u32>(<u64>(current + ahead) >> (level * SLOT_BITS)) & SLOT_MASK);
  const head = load<u32>(slotOf(wheel, slot));
  node.child = 0;
  node.next = head;
  node.prev = 0;
  node.place = PLACE_SLOT + slot;
  if (head != 0) changetype<TimerNode>(head).prev = address;
  store<u32>(slotOf(wheel, slot), address);
  const bitmap = bitmapOf(wheel, level);
  store<u64>(bitmap, load<u64>(bitmap) | <u64>1 << (slot & SLOT_MASK));
  store<u32>(wheel, load<u32>(wheel, O_COUNT) + 1, O_COUNT);
}

/** Takes a node out. False when it was in no wheel. */
export function wheelRemove(wheel: usize, address: u32): bool {
  const node = changetype<TimerNode>(address);
  if (node.place == PLACE_NONE) return false;
  if (node.place == PLACE_HEAP) {
    store<u32>(wheel, heapRemove(load<u32>(wheel, O_HEAP), address), O_HEAP);
  } else {
    const slot = node.place - PLACE_SLOT;
    if (node.next != 0) changetype<TimerNode>(node.next).prev = node.prev;
    if (node.prev != 0) changetype<TimerNode>(node.prev).next = node.next;
    else {
      store<u32>(slotOf(wheel, slot), node.next);
      if (node.next == 0) clearBit(wheel, slot);
    }
    store<u32>(wheel, load<u32>(wheel, O_COUNT) - 1, O_COUNT);
  }
  node.place = PLACE_NONE;
  return true;
}

function clearBit(wheel: usize, slot: u32): void {
  const bitmap = bitmapOf(wheel, slot >> SLOT_BITS);
  store<u64>(bitmap, load<u64>(bitmap) & ~(<u64>1 << (slot & SLOT_MASK)));
}

/** Places the nodes of a slot again, now that they are near. */
function cascade(wheel: usize, level: u32): void {
  const slot = level << SLOT_BITS | (<u32>(<u64>load<f64>(wheel) >> (level * SLOT_BITS)) & SLOT_MASK);
  let address = load<u32>(slotOf(wheel, slot));
  if (address == 0) return;
  store<u32>(slotOf(wheel, slot), 0);
  clearBit(wheel, slot);
  do {
    const next = changetype<TimerNode>(address).next;
    store<u32>(wheel, load<u32>(wheel, O_COUNT) - 1, O_COUNT);
    place(wheel, address);
    address = next;
  } while (address != 0);
}

/** Turns the wheel up to a time. Empty stretches are skipped, so an hour without a look costs about as much as a second. */
function turn(wheel: usize, nowUs: f64): void {
  const target = floor(nowUs / TICK_US);
  while (load<f64>(wheel) < target) {
    if (load<u32>(wheel, O_COUNT) == 0) {
      store<f64>(wheel, target);
      return;
    }
    // The finest level that holds something decides how far there is nothing to see.
    let level: u32 = 0;
    while (load<u64>(bitmapOf(wheel, level)) == 0) level++;
    const step = <f64>(<u64>1 << (level * SLOT_BITS));
    const next = floor(load<f64>(wheel) / step) * step + step;
    if (next > target) {
      store<f64>(wheel, target);
      return;
    }
    store<f64>(wheel, next);
    // Coarse slots that begin here go first: what they hold may belong to a finer one that does, too.
    const tick = <u64>next;
    for (level = WHEEL_LEVELS - 1; level > 0; level--) {
      if ((tick & ((<u64>1 << (level * SLOT_BITS)) - 1)) == 0) cascade(wheel, level);
    }
    cascade(wheel, 0);
  }
}

/** Takes the node with the earliest deadline if it is due at `nowUs`, or 0. A time before that of the last call is as good as that one. */
export function wheelTake(wheel: usize, nowUs: f64): u32 {
  turn(wheel, nowUs);
  const root = load<u32>(wheel, O_HEAP);
  if (root == 0 || changetype<HeapNode>(root).key > nowUs) return 0;
  wheelRemove(wheel, root);
  return root;
}

/**
 * When to look next: the earliest deadline, exact unless it is hours away; Infinity when the wheel is empty. Walks one slot a
 * level when nothing is due within the tick.
 */
export function wheelNext(wheel: usize): f64 {
  const root = load<u32>(wheel, O_HEAP);
  // What is in the heap is due before anything in a slot.
  if (root != 0) return changetype<HeapNode>(root).key;
  let earliest = Infinity;
  for (let level: u32 = 0; level < WHEEL_LEVELS; level++) {
    const bitmap = load<u64>(bitmapOf(wheel, level));
    if (bitmap == 0) continue;
    // Slots in the order in which they come up, from the one after the current.
    const shift = level * SLOT_BITS;
    let window = (<u64>load<f64>(wheel) >> shift) + 1;
    window += ctz(rotr<u64>(bitmap, window & SLOT_MASK));
    // Nodes beyond the wheel's span wait in a slot that comes up before they are due.
    earliest = min(earliest, <f64>((window + 1) << shift) * TICK_US);
    let address = load<u32>(slotOf(wheel, level << SLOT_BITS | <u32>(window & SLOT_MASK)));
    for (; address != 0; address = changetype<TimerNode>(address).next) {
      earliest = min(earliest, changetype<TimerNode>(address).deadlineUs);
    }
  }
  return earliest;
}
