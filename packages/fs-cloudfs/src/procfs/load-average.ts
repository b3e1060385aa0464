/** Linux's periods, in seconds. */
const PERIODS = [60, 300, 900] as const;

/**
 * Exponentially decaying averages of busy cores. Linux samples the run queue every 5 s; here the cores count their busy time, so
 * the average since the last look is exact and no timer is needed.
 */
export class LoadAverage {
  readonly #values = [0, 0, 0];
  #lastBusyUs = 0;
  #lastUs = 0;

  update(nowUs: number, busyUs: number): readonly number[] {
    const elapsed = nowUs - this.#lastUs;
    if (elapsed > 0) {
      const load = Math.max(0, (busyUs - this.#lastBusyUs) / elapsed);
      PERIODS.forEach((period, i) => {
        const keep = Math.exp(-elapsed / (period * 1e6));
        this.#values[i] = this.#values[i]! * keep + load * (1 - keep);
      });
      this.#lastUs = nowUs;
      this.#lastBusyUs = busyUs;
    }
    return this.#values;
  }
}
