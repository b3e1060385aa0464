/** Compresses to DEFLATE: hash chains, lazy matching, dynamic Huffman codes. */
import { BitWriter } from "./bit-writer";
import { Block } from "./block";
import { MAX_MATCH, MIN_MATCH, WINDOW_SIZE } from "./tables";
import { Sink, Source } from "./sink";

const HASH_SIZE: i32 = 32768;
const WINDOW_MASK: i32 = WINDOW_SIZE - 1;
const BUFFER_SIZE: i32 = 2 * WINDOW_SIZE;
/** Bytes ahead that a match search may look at; below this more input is fetched. */
const MIN_LOOKAHEAD: i32 = MAX_MATCH + MIN_MATCH + 1;
/** A match of three bytes farther away than this costs more than three literals. */
const TOO_FAR: i32 = 4096;

/** By level: search less behind a match of `good`, do not look for better behind `lazy`, stop at `nice`, try `chain` places. */
const GOOD: StaticArray<i32> = [0, 4, 4, 4, 4, 8, 8, 8, 32, 32];
const LAZY: StaticArray<i32> = [0, 0, 0, 0, 4, 16, 16, 32, 128, 258];
const NICE: StaticArray<i32> = [0, 8, 16, 32, 16, 32, 128, 128, 258, 258];
const CHAIN: StaticArray<i32> = [0, 4, 8, 32, 16, 32, 128, 256, 1024, 4096];

export class Deflater {
  private window: usize = heap.alloc(BUFFER_SIZE + 8);
  /** Newest position with each hash, and the one before each position; 0 for none. Position 0 is never matched. */
  private head: StaticArray<u16> = new StaticArray<u16>(HASH_SIZE);
  private previous: StaticArray<u16> = new StaticArray<u16>(WINDOW_SIZE);
  private at: i32 = 0;
  private available: i32 = 0;
  private blockStart: i32 = 0;
  private atEnd: bool = false;
  private matchStart: i32 = 0;
  private writer: BitWriter;
  private block: Block;

  constructor(
    private source: Source,
    sink: Sink,
    private level: i32,
  ) {
    const writer = new BitWriter(sink);
    this.writer = writer;
    this.block = new Block(writer);
  }

  /** Compresses the whole source: bytes written. */
  run(): u64 {
    this.fill();
    if (LAZY[this.level] > 0) this.lazy();
    else this.greedy();
    this.endBlock(true);
    this.writer.align();
    this.writer.flush();
    return this.writer.total;
  }

  /** Slides the window when it is full and reads on. */
  private fill(): void {
    while (this.available < MIN_LOOKAHEAD && !this.atEnd) {
      if (this.at >= BUFFER_SIZE - MIN_LOOKAHEAD) this.slide();
      const used = this.at + this.available;
      const count = this.source.read(this.window + used, BUFFER_SIZE - used);
      if (count == 0) this.atEnd = true;
      this.available += count;
    }
  }

  private slide(): void {
    memory.copy(this.window, this.window + WINDOW_SIZE, WINDOW_SIZE);
    this.at -= WINDOW_SIZE;
    this.blockStart -= WINDOW_SIZE;
    this.matchStart -= WINDOW_SIZE;
    shift(this.head);
    shift(this.previous);
  }

  private endBlock(last: bool): void {
    const length = this.at - this.blockStart;
    this.block.write(last, this.blockStart >= 0 ? this.window + this.blockStart : 0, length);
    this.blockStart = this.at;
  }

  /** Enters position `at` into the hash table and returns the newest earlier position with the same hash. */
  @inline
  private insert(at: i32): i32 {
    const three = load<u32>(this.window + at) & 0xffffff;
    const hash = (three * 0x9e3779b1) >> 17;
    const found = unchecked(this.head[hash]);
    unchecked((this.previous[at & WINDOW_MASK] = found));
    unchecked((this.head[hash] = <u16>at));
    return found;
  }

  /** Length of the longest match longer than `best` among the chain that starts at `candidate`; sets matchStart. */
  private longest(candidate: i32, best: i32): i32 {
    const here = this.window + this.at;
    const limit = this.at > WINDOW_SIZE - MIN_LOOKAHEAD ? this.at - (WINDOW_SIZE - MIN_LOOKAHEAD) : 0;
    const most = min(this.available, MAX_MATCH);
    const nice = min(NICE[this.level], most);
    let chain = CHAIN[this.level];
    if (best >= GOOD[this.level]) chain >>= 2;
    while (candidate > limit && chain-- > 0) {
      const there = this.window + candidate;
      if (best < most && load<u8>(there + best) == load<u8>(here + best) && load<u16>(there) == load<u16>(here)) {
        let n = 2;
        while (n + 8 <= most) {
          const difference = load<u64>(there + n) ^ load<u64>(here + n);
          if (difference != 0) {
            n += <i32>(ctz(difference) >> 3);
            break;
          }
          n += 8;
        }
        if (n + 8 > most) while (n < most && load<u8>(there + n) == load<u8>(here + n)) n++;
        if (n > best) {
          best = n;
          this.matchStart = candidate;
          if (n >= nice) break;
        }
      }
      candidate = unchecked(this.previous[candidate & WINDOW_MASK]);
    }
    return best;
  }

  private advance(count: i32): void {
    this.at += count;
    this.available -= count;
  }

  /** Enters the inside of a match into the table. */
  private skip(count: i32): void {
    for (let i = 0; i < count; i++) {
      this.advance(1);
      if (this.available >= MIN_MATCH) this.insert(this.at);
    }
  }

  private greedy(): void {
    while (true) {
      if (this.available < MIN_LOOKAHEAD) this.fill();
      if (this.available == 0) return;
      let length = 0;
      if (this.available >= MIN_MATCH) {
        const candidate = this.insert(this.at);
        if (candidate > 0) length = this.longest(candidate, MIN_MATCH - 1);
      }
      if (length >= MIN_MATCH) {
        this.block.match(length, this.at - this.matchStart);
        this.skip(length - 1);
        this.advance(1);
      } else {
        this.block.literal(load<u8>(this.window + this.at));
        this.advance(1);
      }
      if (this.block.full) this.endBlock(false);
    }
  }

  /** Holds a match back by one byte: the next position may have a longer one. */
  private lazy(): void {
    let length = MIN_MATCH - 1;
    let pending = false;
    const lazy = LAZY[this.level];
    while (true) {
      if (this.available < MIN_LOOKAHEAD) this.fill();
      if (this.available == 0) break;
      const heldLength = length;
      const heldStart = this.matchStart;
      length = MIN_MATCH - 1;
      if (this.available >= MIN_MATCH) {
        const candidate = this.insert(this.at);
        if (candidate > 0 && heldLength < lazy) {
          length = this.longest(candidate, heldLength);
          if (length == heldLength) length = MIN_MATCH - 1;
          else if (length == MIN_MATCH && this.at - this.matchStart > TOO_FAR) length = MIN_MATCH - 1;
        }
      }
      if (heldLength >= MIN_MATCH && length <= heldLength) {
        this.block.match(heldLength, this.at - 1 - heldStart);
        this.skip(heldLength - 2);
        this.advance(1);
        length = MIN_MATCH - 1;
        pending = false;
      } else {
        if (pending) this.block.literal(load<u8>(this.window + this.at - 1));
        pending = true;
        this.advance(1);
      }
      // A held byte belongs to the next block.
      if (this.block.full) this.endBlockBefore(pending ? 1 : 0);
    }
    if (pending) this.block.literal(load<u8>(this.window + this.at - 1));
  }

  private endBlockBefore(held: i32): void {
    this.at -= held;
    this.endBlock(false);
    this.at += held;
  }
}

/** Positions after a slide: those that left the window become none. */
function shift(table: StaticArray<u16>): void {
  for (let i = 0; i < table.length; i++) {
    const position = <i32>unchecked(table[i]);
    unchecked((table[i] = position >= WINDOW_SIZE ? <u16>(position - WINDOW_SIZE) : 0));
  }
}
