/**
 * A multi-level queue: eight first-in-first-out lists and a bitmap of those that hold something. Put and take are O(1),
 * whatever the number of levels or nodes. Pure: addresses in, addresses out.
 *
 *   0 bitmap u32 | 4 + 4 * level: last node of the level's ring u32 (its link is the first node), 0 when empty
 *
 * A node is the address of a link word inside some struct. All zero is an empty queue.
 */
export const LEVELS: u32 = 8;
/** Bytes of a queue. */
export const LEVELS_SIZE: u32 = 4 + LEVELS * 4;

function tailOf(queue: usize, level: u32): usize {
  return queue + 4 + (level << 2);
}

/** Adds a node to a level: ahead of the others if `front`. */
export function levelsPut(queue: usize, level: u32, node: u32, front: bool): void {
  const tail = load<u32>(tailOf(queue, level));
  if (tail == 0) {
    store<u32>(node, node);
    store<u32>(queue, load<u32>(queue) | (1 << level));
  } else {
    store<u32>(node, load<u32>(tail));
    store<u32>(tail, node);
    if (front) return;
  }
  store<u32>(tailOf(queue, level), node);
}

/** Takes the first node of the highest level (0 is the highest), or 0. */
export function levelsTake(queue: usize): u32 {
  const bitmap = load<u32>(queue);
  if (bitmap == 0) return 0;
  return takeAfter(queue, ctz(bitmap), load<u32>(tailOf(queue, ctz(bitmap))));
}

/** Takes the node that follows `before` on its level. */
function takeAfter(queue: usize, level: u32, before: u32): u32 {
  const node = load<u32>(before);
  if (node == before) {
    store<u32>(tailOf(queue, level), 0);
    store<u32>(queue, load<u32>(queue) & ~(1 << level));
    return node;
  }
  store<u32>(before, load<u32>(node));
  if (load<u32>(tailOf(queue, level)) == node) store<u32>(tailOf(queue, level), before);
  return node;
}

/** Takes one node out of the middle: a walk over all nodes, for what happens rarely. False when it is not in the queue. */
export function levelsRemove(queue: usize, node: u32): bool {
  for (let level: u32 = 0; level < LEVELS; level++) {
    const tail = load<u32>(tailOf(queue, level));
    if (tail == 0) continue;
    let before = tail;
    do {
      if (load<u32>(before) == node) {
        takeAfter(queue, level, before);
        return true;
      }
      before = load<u32>(before);
    } while (before != tail);
  }
  return false;
}

/** Moves every node to the highest level, those of higher levels first: the boost. O(levels). */
export function levelsRaise(queue: usize): void {
  let all = load<u32>(tailOf(queue, 0));
  for (let level: u32 = 1; level < LEVELS; level++) {
    const tail = load<u32>(tailOf(queue, level));
    if (tail == 0) continue;
    store<u32>(tailOf(queue, level), 0);
    if (all != 0) {
      const first = load<u32>(all);
      store<u32>(all, load<u32>(tail));
      store<u32>(tail, first);
    }
    all = tail;
  }
  store<u32>(tailOf(queue, 0), all);
  store<u32>(queue, all != 0 ? 1 : 0);
}

/** What a process may use at a level before it sinks to the next, in microseconds: more the lower it is. */
const QUANTUM_STEP_US: f64 = 4000;
/** One nice level is a quarter more or less, as on Linux: two busy processes of one level share like their quanta. */
const NICE_STEP: f64 = 0.8;
/** Not even the least nice keeps a level for longer. */
const QUANTUM_MAX_US: f64 = 200_000;

export function levelQuantumUs(level: u32, nice: i32): f64 {
  let quantum = QUANTUM_STEP_US * <f64>(level + 1);
  for (; nice > 0; nice--) quantum *= NICE_STEP;
  for (; nice < 0; nice++) quantum /= NICE_STEP;
  return min(quantum, QUANTUM_MAX_US);
}

/** Where a process starts and what it rises to: the nicer, the lower. */
export function levelBase(nice: i32): u32 {
  return nice > 0 ? <u32>nice >> 2 : 0;
}
