import { TRACE_ALL } from "@cloudos/abi/cloudos-v1";
import type { KernelExports } from "@cloudos/abi/kernel-interface";
import type { KernelMemory } from "./kernel-memory.ts";

const EVENTS = ["spawn", "exit", "duplicate", "revoke", "send", "call", "violation"] as const;
const RECORD_BYTES = 32;
const RECORDS_MAX = 4096;

type TraceCalls = KernelExports & {
  c1_trace_read(trace: number, records: number, most: number, out: number): number;
};

/**
 * /proc/trace: what happened since the last look, a line each: time in seconds, core, pid, event, three numbers (TRACE_*); and "lost N" when the ring was
 * faster than its readers. The first look begins the recording and shows nothing.
 */
export class TraceText {
  readonly #kernel: TraceCalls;
  readonly #memory: KernelMemory;
  #buffer = 0;
  #handle = 0;

  constructor(kernel: KernelExports, memory: KernelMemory) {
    this.#kernel = kernel as TraceCalls;
    this.#memory = memory;
  }

  read(): string {
    if (this.#handle === 0) return this.#open();
    let text = "";
    for (;;) {
      const records = this.#buffer + 8;
      if (this.#kernel.c1_trace_read(this.#handle, records, RECORDS_MAX, this.#buffer) !== 0) return text;
      this.#memory.refresh();
      const { view } = this.#memory;
      const count = view.getUint32(this.#buffer, true);
      const lost = view.getUint32(this.#buffer + 4, true);
      if (lost > 0) text += `lost ${lost}\n`;
      for (let at = records; at < records + count * RECORD_BYTES; at += RECORD_BYTES) {
        const [pid, a, b, c] = [16, 20, 24, 28].map((offset) => view.getUint32(at + offset, true));
        const event = EVENTS[view.getUint16(at + 4, true)];
        const seconds = (view.getFloat64(at + 8, true) / 1e6).toFixed(6);
        text += `${seconds} ${view.getUint16(at + 6, true)} ${pid} ${event} ${a} ${b} ${c}\n`;
      }
      if (count < RECORDS_MAX) return text;
    }
  }

  #open(): string {
    this.#buffer = this.#kernel.agent_attach();
    if (this.#buffer < 0 || this.#kernel.trace_open(TRACE_ALL, this.#buffer) !== 0) return "";
    this.#memory.refresh();
    this.#handle = this.#memory.view.getUint32(this.#buffer, true);
    return "";
  }
}
