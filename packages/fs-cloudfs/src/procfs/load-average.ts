/** Linux's periods, in seconds. */
const PERIODS = [60, 300, 900] as const;

/**
 * Exponentially decaying averages of how many processes ran or could have run. Linux samples the run queue every 5 s; here the
 * scheduler accounts how long processes ran and waited for a core, so the average since the last look is exact and no timer is needed.
 */
export class LoadAverage {
  readonly #values = [0, 0, 0];
  #lastRunnableUs = 0;
  #lastUs = 0;

  update(nowUs: number, runnableUs: number): readonly number[] {
    const elapsed = nowUs - this.#lastUs;
    if (elapsed > 0) {
      const load = Math.max(0, (runnableUs - this.#lastRunnableUs) / elapsed);
      PERIODS.forEach((period, i) => {
        const keep = Math.exp(-elapsed / (period * 1e6));
        this.#values[i] = this.#values[i]! * keep + load * (1 - keep);
      });
      this.#lastUs = nowUs;
      this.#lastRunnableUs = runnableUs;
    }
    return this.#values;
  }
}
