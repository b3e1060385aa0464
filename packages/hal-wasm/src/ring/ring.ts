import {
  CORE_O_DOORBELL,
  coreBlock,
  IRQ_HOST,
  RING_EOF,
  RING_GONE,
  RING_HANGUP,
  RING_KICK,
  RING_O_BELL,
  RING_O_CAPACITY,
  RING_O_COLS,
  RING_O_DATA,
  RING_O_FLAGS,
  RING_O_HEAD,
  RING_O_ROWS,
  RING_O_TAIL,
  RING_RESIZED,
  ringHeader,
} from "@cloudos/abi";
import type { KernelMemory } from "../kernel/kernel-memory.ts";

const CORE_0_DOORBELL = coreBlock(0) + CORE_O_DOORBELL;

/** The host's end of one ring: the header's words and the doorbells of both sides. See layout.ts. */
export class Ring {
  readonly index: number;
  readonly #memory: KernelMemory;
  readonly #header: number;
  readonly #capacity: number;
  readonly #data: number;
  #waiting: Promise<void> | undefined;

  constructor(memory: KernelMemory, index: number) {
    this.index = index;
    this.#memory = memory;
    this.#header = ringHeader(index);
    this.#capacity = memory.u32(this.#header + RING_O_CAPACITY);
    this.#data = memory.u32(this.#header + RING_O_DATA);
    memory.reach(this.#data + this.#capacity);
  }

  /** Bytes produced and not yet consumed. Both counts wrap at 2^32. */
  get filled(): number {
    return (this.#load(RING_O_TAIL) - this.#load(RING_O_HEAD)) >>> 0;
  }

  get free(): number {
    return this.#capacity - this.filled;
  }

  /** Last writer closed, or reader gone. */
  get hungUp(): boolean {
    return (this.#load(RING_O_FLAGS) & RING_HANGUP) !== 0;
  }

  /** Bytes ever produced, modulo 2^32. */
  get tail(): number {
    return this.#load(RING_O_TAIL) >>> 0;
  }

  get head(): number {
    return this.#load(RING_O_HEAD) >>> 0;
  }

  /** A copy of everything there is up to the buffer's end; the space stays taken until `consume`. */
  peek(): Uint8Array<ArrayBuffer> {
    const at = this.head & (this.#capacity - 1);
    return this.#memory.copy(this.#data + at, Math.min(this.filled, this.#capacity - at));
  }

  consume(length: number): void {
    this.#store(RING_O_HEAD, this.head + length);
    this.#kick(RING_KICK);
  }

  /** Puts in as much of `bytes` as fits; returns how much. */
  produce(bytes: Uint8Array): number {
    const length = Math.min(bytes.length, this.free);
    if (length === 0) return 0;
    const at = this.tail & (this.#capacity - 1);
    const first = Math.min(length, this.#capacity - at);
    const memory = this.#memory.bytes;
    memory.set(bytes.subarray(0, first), this.#data + at);
    memory.set(bytes.subarray(first, length), this.#data);
    // ORDER: the bytes are in place before the tail that covers them.
    this.#store(RING_O_TAIL, this.tail + length);
    this.#kick(RING_KICK);
    return length;
  }

  endOfFile(): void {
    this.#kick(RING_KICK | RING_EOF);
  }

  /** What is behind the stream was removed: ENODEV from now on, after the bytes that are there. */
  gone(): void {
    this.#kick(RING_KICK | RING_GONE | RING_EOF);
  }

  resize(columns: number, rows: number): void {
    this.#store(RING_O_COLS, columns);
    this.#store(RING_O_ROWS, rows);
    this.#kick(RING_KICK | RING_RESIZED);
  }

  /** Taken before looking at the ring; `changed` then misses nothing that happens after the look. */
  get bell(): number {
    return this.#load(RING_O_BELL);
  }

  /**
   * Resolves once the bell is no longer `seen`. All who wait share one wait: the kernel wakes a single waiter, and the one it
   * picked could be one that the change does not concern.
   */
  changed(seen: number): Promise<void> {
    if (this.bell !== seen) return Promise.resolve();
    this.#waiting ??= this.#wait(seen).finally(() => {
      this.#waiting = undefined;
    });
    return this.#waiting;
  }

  /** Makes everyone who waits look again. */
  wakeHost(): void {
    const word = (this.#header + RING_O_BELL) >>> 2;
    Atomics.add(this.#memory.words, word, 1);
    Atomics.notify(this.#memory.words, word);
  }

  async #wait(seen: number): Promise<void> {
    const result = Atomics.waitAsync(this.#memory.words, (this.#header + RING_O_BELL) >>> 2, seen);
    if (result.async) await result.value;
  }

  #kick(flags: number): void {
    Atomics.or(this.#memory.words, (this.#header + RING_O_FLAGS) >>> 2, flags);
    this.#memory.ring(CORE_0_DOORBELL, IRQ_HOST);
  }

  #load(offset: number): number {
    return this.#memory.loadAtomic(this.#header + offset);
  }

  #store(offset: number, value: number): void {
    Atomics.store(this.#memory.words, (this.#header + offset) >>> 2, value | 0);
  }
}
