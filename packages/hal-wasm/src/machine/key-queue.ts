/**
 * Scan codes on their way to the guest. A keyboard controller has room for a key or two, and a keyboard sends no faster than they are taken;
 * text that is pasted comes all at once, so it waits here.
 */
import type { V86Bus, V86Cpu } from "./v86-internals.ts";

/** A page of pasted text. More is lost, as on a keyboard nobody listens to. */
const CODES_MAX = 16_384;
const RETRY_MS = 4;
const EXTENDED = [0xe0, 0xe1];

export class KeyQueue {
  readonly #bus: V86Bus;
  readonly #controller: V86Cpu["devices"]["ps2"];
  readonly #queue: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(bus: V86Bus, controller: V86Cpu["devices"]["ps2"]) {
    this.#bus = bus;
    this.#controller = controller;
  }

  push(codes: readonly number[]): void {
    if (this.#queue.length + codes.length > CODES_MAX) return;
    this.#queue.push(...codes.map((code) => code & 0xff));
    this.#pump();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #pump(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#queue.length === 0) return;
    if (this.#controller.kbd_buffer.length === 0) this.#sendKey();
    if (this.#queue.length > 0) this.#timer = setTimeout(() => this.#pump(), RETRY_MS);
  }

  /** One code with the prefixes that belong to it. */
  #sendKey(): void {
    for (;;) {
      const code = this.#queue.shift();
      if (code === undefined) return;
      this.#bus.send("keyboard-code", code);
      if (!EXTENDED.includes(code)) return;
    }
  }
}
