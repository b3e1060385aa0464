import { KLOG_BASE, KLOG_O_DATA, KLOG_O_TOTAL, KLOG_SIZE, type LogLine } from "@cloudos/abi";
import type { KernelMemory } from "./kernel-memory.ts";

const CAPACITY = KLOG_SIZE - KLOG_O_DATA;
const LEVELS = ["debug", "info", "warn", "error"] as const;

/** Follows the kernel's log ring. What is overwritten before it is read is lost, from the next whole line on all is there. */
export class KlogReader {
  readonly #memory: KernelMemory;
  /** Bytes of the log consumed; wraps at 2^32 like the ring's own count. */
  #read = 0;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
  }

  /** Lines written since the last call. */
  take(): LogLine[] {
    const total = this.#memory.loadAtomic(KLOG_BASE + KLOG_O_TOTAL) >>> 0;
    const fresh = (total - this.#read) >>> 0;
    if (fresh === 0) return [];
    const length = Math.min(fresh, CAPACITY);
    const start = ((total - length) >>> 0) % CAPACITY;
    const bytes = new Uint8Array(length);
    const first = Math.min(length, CAPACITY - start);
    bytes.set(this.#memory.bytes.subarray(KLOG_BASE + KLOG_O_DATA + start, KLOG_BASE + KLOG_O_DATA + start + first));
    bytes.set(this.#memory.bytes.subarray(KLOG_BASE + KLOG_O_DATA, KLOG_BASE + KLOG_O_DATA + length - first), first);
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.#read = (total - (length - end)) >>> 0;
    const text = new TextDecoder().decode(bytes.subarray(0, end));
    const lines = text.split("\n").slice(0, -1);
    if (fresh > CAPACITY) lines.shift();
    return lines.flatMap(parseLine);
  }
}

/** "<level digit><monotonic us in decimal> text" */
function parseLine(line: string): LogLine[] {
  const match = /^(\d)(\d+) (.*)$/s.exec(line);
  if (!match) return [];
  const [, level, at, text] = match;
  return [{ level: LEVELS[Number(level)] ?? "debug", atUs: Number(at), text: text ?? "" }];
}
