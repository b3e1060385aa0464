import type { Timers } from "../src/timers.ts";

/** Time that moves only when a test says so. */
export class ManualTimers implements Timers {
  #now = 0;
  #pending: { readonly at: number; readonly action: () => void }[] = [];

  nowMs = () => this.#now;
  wallMs = () => this.#now;

  after = (delayMs: number, action: () => void) => {
    const entry = { at: this.#now + delayMs, action };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((each) => each !== entry);
    };
  };

  /** Lets what is ready run, moves on to each timer due within `ms`, and ends `ms` later. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#pending.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#pending = this.#pending.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.action();
      await settle();
    }
    this.#now = end;
  }

  /** The clock jumps without any timer running: a computer asleep. What was due is late. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Delays of what waits. */
  get waiting(): readonly number[] {
    return this.#pending.map(({ at }) => at - this.#now);
  }
}

/** All promise reactions that are ready, and those they make ready. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await undefined;
}
