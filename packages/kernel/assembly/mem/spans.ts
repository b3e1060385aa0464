/**
 * Spans: 256 KiB pieces of physical memory, each used whole (a pipe's buffer) or cut into 64 frames. The span
 * table is two lists, free and partly used; memory grows by one span when both are empty, up to the boot limit.
 */
import { Globals, globals } from "../globals";
import { MAX_SPANS, SPAN_SHIFT, SPAN_SIZE, SPAN_STRIDE, SPAN_TABLE_BASE } from "../layout";
import { spinLock, spinUnlock } from "../lock";
import { halEntropy } from "../../../hal-wasm/assembly/hal";
import { memoryReclaim } from "../vmo/reclaim";

/**
 *   0 free frames u64 (bit n: frame n) | 8 next u32 | 12 prev u32
 * Guarded by spanLock. Links are span numbers + 1; 0 ends a list.
 */
@unmanaged
export class Span {
  free: u64;
  next: u32;
  prev: u32;
}

const ALL_FREE: u64 = 0xffffffffffffffff;
/**
 * The page cache grows until memory is full, and reclaiming gives back single frames, hardly ever a whole span. So some
 * spans (8 MiB) are kept from it: pipes and rings can be made on a machine that has read many files.
 */
const RESERVED_MAX: u32 = 32;

function spanAt(number: u32): Span {
  return changetype<Span>(SPAN_TABLE_BASE + number * SPAN_STRIDE);
}

/** Memory already there when the machine boots (the HAL may create it larger than the tables need). */
export function spansBoot(tablesEnd: usize, maxWasmPages: u32): void {
  const g = globals();
  g.spansBase = <u32>((tablesEnd + SPAN_SIZE - 1) & ~(SPAN_SIZE - 1));
  const limit = <u64>maxWasmPages << 16;
  const room = limit > g.spansBase ? <u32>((limit - g.spansBase) >> SPAN_SHIFT) : 0;
  g.spanLimit = room < <u32>MAX_SPANS ? room : <u32>MAX_SPANS;
  halEntropy(changetype<usize>(g) + offsetof<Globals>("random"), 4);
  // Of 0 the generator makes nothing but 0.
  g.random |= 1;
  g.spansReserved = min(RESERVED_MAX, g.spanLimit >> 3);
}

/** Total frames the machine may ever have. */
export function framesTotal(): u32 {
  return globals().spanLimit << 6;
}

/** Takes a span off the free list or grows memory. Span number + 1, or 0. spanLock is held. */
function takeSpan(): u32 {
  const g = globals();
  const head = g.spanFree;
  if (head != 0) {
    g.spanFree = spanAt(head - 1).next;
    g.spansFree--;
    return head;
  }
  if (g.spansGrown >= g.spanLimit) return 0;
  const end = g.spansBase + (g.spansGrown + 1) * SPAN_SIZE;
  const have = <u64>memory.size() << 16;
  if (have < end && memory.grow(<i32>((end - have + 0xffff) >> 16)) < 0) return 0;
  return ++g.spansGrown;
}

/**
 * A whole span, not zeroed; 0 when memory is out. Clean pages of files are scattered, so it may take many of them until
 * a span is free.
 */
export function spanAlloc(): usize {
  let address = takeWhole();
  while (address == 0 && memoryReclaim()) address = takeWhole();
  return address;
}

function takeWhole(): usize {
  const g = globals();
  spinLock(offsetof<Globals>("spanLock") + changetype<usize>(g));
  const number = takeSpan();
  if (number != 0) g.framesUsed += 64;
  spinUnlock(offsetof<Globals>("spanLock") + changetype<usize>(g));
  return number == 0 ? 0 : g.spansBase + (number - 1) * SPAN_SIZE;
}

export function spanFree(address: usize): void {
  const g = globals();
  spinLock(offsetof<Globals>("spanLock") + changetype<usize>(g));
  g.framesUsed -= 64;
  pushFree(<u32>((address - g.spansBase) >> SPAN_SHIFT) + 1);
  spinUnlock(offsetof<Globals>("spanLock") + changetype<usize>(g));
}

function pushFree(link: u32): void {
  const g = globals();
  const span = spanAt(link - 1);
  span.next = g.spanFree;
  span.prev = 0;
  g.spanFree = link;
  g.spansFree++;
}

/** One frame, not zeroed; 0 when memory is out, or only reserved spans are left and `reserve` is false. */
export function spanTakeFrame(reserve: bool): usize {
  const g = globals();
  spinLock(offsetof<Globals>("spanLock") + changetype<usize>(g));
  let link = g.spanPartial;
  if (link == 0 && (reserve || g.spanLimit - g.spansGrown + g.spansFree > g.spansReserved)) {
    link = takeSpan();
    if (link != 0) {
      const fresh = spanAt(link - 1);
      fresh.free = ALL_FREE;
      fresh.next = 0;
      fresh.prev = 0;
      g.spanPartial = link;
    }
  }
  let address: usize = 0;
  if (link != 0) {
    const span = spanAt(link - 1);
    // Any free one: the first at or after a random place. xorshift32, good enough for where nobody can look.
    let random = g.random;
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    g.random = random;
    const frame = (ctz(rotr<u64>(span.free, random & 63)) + random) & 63;
    span.free ^= <u64>1 << frame;
    if (span.free == 0) unlinkPartial(link);
    g.framesUsed++;
    address = g.spansBase + (link - 1) * SPAN_SIZE + (<usize>frame << 12);
  }
  spinUnlock(offsetof<Globals>("spanLock") + changetype<usize>(g));
  return address;
}

export function spanGiveFrame(address: usize): void {
  const g = globals();
  const offset = address - g.spansBase;
  const link = <u32>(offset >> SPAN_SHIFT) + 1;
  const span = spanAt(link - 1);
  spinLock(offsetof<Globals>("spanLock") + changetype<usize>(g));
  if (span.free == 0) linkPartial(link);
  span.free |= (<u64>1) << ((offset >> 12) & 63);
  g.framesUsed--;
  if (span.free == ALL_FREE) {
    unlinkPartial(link);
    pushFree(link);
  }
  spinUnlock(offsetof<Globals>("spanLock") + changetype<usize>(g));
}

function linkPartial(link: u32): void {
  const g = globals();
  const span = spanAt(link - 1);
  span.next = g.spanPartial;
  span.prev = 0;
  if (g.spanPartial != 0) spanAt(g.spanPartial - 1).prev = link;
  g.spanPartial = link;
}

function unlinkPartial(link: u32): void {
  const g = globals();
  const span = spanAt(link - 1);
  if (span.next != 0) spanAt(span.next - 1).prev = span.prev;
  if (span.prev != 0) spanAt(span.prev - 1).next = span.next;
  else g.spanPartial = span.next;
}
