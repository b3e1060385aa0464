import {
  AGENT_HOST,
  CORE_O_DOORBELL,
  coreBlock,
  EVENT_CONNECT,
  EVENT_COUNT,
  EVENT_DEVICE,
  EVENT_EXITED,
  EVENT_NEED_VFS,
  EVENT_POST,
  EVENT_SIZE,
  EVENT_SPAWNED,
  EVENTS_BASE,
  EVENTS_O_DATA,
  EVENTS_O_HEAD,
  EVENTS_O_TAIL,
  type ExitStatus,
} from "@cloudos/abi";
import type { KernelMemory } from "../kernel/kernel-memory.ts";

const BELL = (coreBlock(AGENT_HOST) + CORE_O_DOORBELL) >>> 2;
const STOP_BIT = 1 << 31;

export interface HostEventHandlers {
  /** `result`: the pid, or a negative errno. */
  spawned(token: number, result: number): void;
  exited(pid: number, status: ExitStatus): void;
  posted(pid: number, text: string): void;
  /** A process opened a stream each way: the host writes ring `toProcess` and reads ring `fromProcess`. */
  connected(pid: number, text: string, toProcess: number, fromProcess: number): void;
  /** A process opened device number `device`; `ring` is the host's to serve and free. */
  deviceOpened(device: number, ring: number, pid: number): void;
  needsFileService(): void;
  /** After each batch. */
  settled(): void;
}

/** Follows the kernel's event queue: a ring of records the kernel fills and the host alone empties. */
export class HostEvents {
  readonly #memory: KernelMemory;
  readonly #handlers: HostEventHandlers;
  readonly #free: (record: number) => void;
  #stopped = false;

  /** `free` gives a long text back to the kernel. */
  constructor(memory: KernelMemory, handlers: HostEventHandlers, free: (address: number) => void) {
    this.#memory = memory;
    this.#handlers = handlers;
    this.#free = free;
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      Atomics.exchange(this.#memory.words, BELL, 0);
      this.#drain();
      this.#handlers.settled();
      const wait = Atomics.waitAsync(this.#memory.words, BELL, 0);
      if (wait.async) await wait.value;
      // A kernel that never stops ringing must not starve the page.
      else await undefined;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#memory.ring(BELL << 2, STOP_BIT);
  }

  #drain(): void {
    const word = (offset: number) => (EVENTS_BASE + offset) >>> 2;
    for (;;) {
      const head = Atomics.load(this.#memory.words, word(EVENTS_O_HEAD)) >>> 0;
      if (head === Atomics.load(this.#memory.words, word(EVENTS_O_TAIL)) >>> 0) return;
      this.#dispatch(EVENTS_BASE + EVENTS_O_DATA + (head % EVENT_COUNT) * EVENT_SIZE);
      // ORDER: the record is read before the kernel may reuse it.
      Atomics.store(this.#memory.words, word(EVENTS_O_HEAD), (head + 1) | 0);
    }
  }

  #dispatch(record: number): void {
    const { view } = this.#memory;
    const [type, a, b, c] = [0, 4, 8, 12].map((offset) => view.getInt32(record + offset, true)) as [
      number,
      number,
      number,
      number,
    ];
    switch (type) {
      case EVENT_SPAWNED:
        this.#handlers.spawned(a, b);
        break;
      case EVENT_EXITED:
        this.#handlers.exited(a, b === 0 ? { kind: "exited", code: c >>> 0 } : { kind: "signaled", signal: c });
        break;
      case EVENT_POST: {
        const text = this.#memory.text(c >>> 0, b >>> 0);
        this.#free(c);
        this.#handlers.posted(a, text);
        break;
      }
      case EVENT_CONNECT: {
        // The low 18 bits name the rings (kernel-interface.ts).
        const address = (c & ~0x3ffff) >>> 0;
        const text = this.#memory.text(address, b >>> 0);
        this.#free(address);
        this.#handlers.connected(a, text, c & 0xff, (c >>> 8) & 0xff);
        break;
      }
      case EVENT_DEVICE:
        this.#handlers.deviceOpened(a, b, c);
        break;
      case EVENT_NEED_VFS:
        this.#handlers.needsFileService();
        break;
    }
  }
}
