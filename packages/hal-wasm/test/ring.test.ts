import {
  CORE_O_DOORBELL,
  coreBlock,
  IRQ_HOST,
  KERNEL_BASE,
  RING_EOF,
  RING_HANGUP,
  RING_KICK,
  RING_O_BELL,
  RING_O_CAPACITY,
  RING_O_DATA,
  RING_O_FLAGS,
  RING_O_HEAD,
  RING_O_TAIL,
  RING_RESIZED,
  ringHeader,
} from "@cloudos/abi";
import { beforeEach, describe, expect, it } from "vitest";
import { KernelMemory } from "../src/kernel/kernel-memory.ts";
import { Ring } from "../src/ring/ring.ts";
import { RingReader } from "../src/ring/ring-reader.ts";
import { RingWriter } from "../src/ring/ring-writer.ts";

const CAPACITY = 64;
const INDEX = 3;
const HEADER = ringHeader(INDEX);
const DATA = KERNEL_BASE;

/** The kernel's end of the ring: it wakes one waiter, as `bell` in packages/kernel/assembly/obj/ring.ts does. */
class KernelEnd {
  readonly memory = new KernelMemory(new WebAssembly.Memory({ initial: 128, maximum: 128, shared: true }));

  constructor(count = 0) {
    this.memory.setU32(HEADER + RING_O_CAPACITY, CAPACITY);
    this.memory.setU32(HEADER + RING_O_DATA, DATA);
    // Counts start anywhere: they wrap at 2^32.
    this.memory.setU32(HEADER + RING_O_HEAD, count);
    this.memory.setU32(HEADER + RING_O_TAIL, count);
  }

  get flags(): number {
    return this.memory.u32(HEADER + RING_O_FLAGS);
  }

  produce(bytes: readonly number[]): void {
    const tail = this.memory.u32(HEADER + RING_O_TAIL);
    bytes.forEach((byte, index) => {
      this.memory.bytes[DATA + ((tail + index) % CAPACITY)] = byte;
    });
    this.memory.setU32(HEADER + RING_O_TAIL, tail + bytes.length);
    this.bell();
  }

  consume(): number[] {
    const head = this.memory.u32(HEADER + RING_O_HEAD);
    const tail = this.memory.u32(HEADER + RING_O_TAIL);
    const length = (tail - head) >>> 0;
    const bytes = Array.from({ length }, (_, index) => this.memory.bytes[DATA + ((head + index) % CAPACITY)]!);
    this.memory.setU32(HEADER + RING_O_HEAD, tail);
    this.bell();
    return bytes;
  }

  hangUp(): void {
    this.memory.setU32(HEADER + RING_O_FLAGS, this.flags | RING_HANGUP);
    this.bell();
  }

  bell(): void {
    Atomics.add(this.memory.words, (HEADER + RING_O_BELL) >>> 2, 1);
    Atomics.notify(this.memory.words, (HEADER + RING_O_BELL) >>> 2, 1);
  }
}

const count = (length: number, from = 0) => Array.from({ length }, (_, index) => (from + index) & 255);

describe.each([
  ["from zero", 0],
  ["across 2^32", 2 ** 32 - 40],
])("a ring counted %s", (_case, start) => {
  let kernel: KernelEnd;
  let ring: Ring;

  beforeEach(() => {
    kernel = new KernelEnd(start);
    ring = new Ring(kernel.memory, INDEX);
  });

  it("delivers what the kernel puts in, in order, to the end", async () => {
    const got: number[] = [];
    const reader = new RingReader(ring, (chunk) => void got.push(...chunk));
    for (let round = 0; round < 10; round++) {
      kernel.produce(count(50, round * 50));
      await reader.drained();
    }
    kernel.produce([1, 2, 3]);
    kernel.hangUp();
    await reader.ended;
    expect(got).toEqual([...count(500), 1, 2, 3]);
  });

  it("keeps its space taken while a listener is busy", async () => {
    const release = Promise.withResolvers<void>();
    const reader = new RingReader(ring, () => release.promise);
    kernel.produce(count(20));
    kernel.bell();
    expect(ring.filled).toBe(20);
    release.resolve();
    await reader.drained();
    expect(ring.filled).toBe(0);
    expect(kernel.flags & RING_KICK).toBe(RING_KICK);
    expect(kernel.memory.u32(coreBlock(0) + CORE_O_DOORBELL) & IRQ_HOST).toBe(IRQ_HOST);
  });

  it("a listener that throws does not stop the stream", async () => {
    const error = console.error;
    console.error = () => undefined;
    try {
      const reader = new RingReader(ring, () => {
        throw new Error("no");
      });
      kernel.produce([1]);
      kernel.hangUp();
      await reader.ended;
      expect(ring.filled).toBe(0);
    } finally {
      console.error = error;
    }
  });

  it("wakes everyone who waits, though the kernel wakes one", async () => {
    const readers = [ring.changed(ring.bell), ring.changed(ring.bell), ring.changed(ring.bell)];
    kernel.bell();
    await Promise.all(readers);
  });

  it("takes more than fits, as room appears, and ends after it", async () => {
    const writer = new RingWriter(ring);
    const written = writer.write(Uint8Array.from(count(150))).then(() => writer.end());
    const got: number[] = [];
    while (got.length < 150) {
      got.push(...kernel.consume());
      // One turn: the writer's wait resolves in it.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await written;
    expect(got).toEqual(count(150));
    expect(kernel.flags & RING_EOF).toBe(RING_EOF);
  });

  it("lets go of a writer whose reader is gone", async () => {
    const writer = new RingWriter(ring);
    const written = writer.write(new Uint8Array(1000));
    kernel.hangUp();
    await written;
    await writer.abandoned;
  });

  it("passes on a new size", () => {
    ring.resize(132, 43);
    expect(kernel.flags & RING_RESIZED).toBe(RING_RESIZED);
  });
});
