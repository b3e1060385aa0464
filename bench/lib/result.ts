/** One figure. `value` is the median of `n` samples, `spread` half their interquartile range; `peer` is the other side of a comparison. */
export interface Result {
  readonly suite: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly n: number;
  readonly spread: number;
  readonly peer?: { readonly name: string; readonly value: number; readonly ratio: number };
}

export type Emit = (result: Result) => void;
/** Measures and emits; `suite` is its name on the command line. */
export type Suite = (emit: Emit) => Promise<void>;

export function summarise(suite: string, metric: string, unit: string, samples: readonly number[]): Result {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    suite,
    metric,
    value: round(quantile(sorted, 0.5)),
    unit,
    n: sorted.length,
    spread: round((quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2),
  };
}

/** With a peer measured in the same run; `ratio` is ours over theirs. */
export function against(result: Result, name: string, peerSamples: readonly number[]): Result {
  const value = round(
    quantile(
      [...peerSamples].sort((a, b) => a - b),
      0.5,
    ),
  );
  return { ...result, peer: { name, value, ratio: round(result.value / value) } };
}

/** Of samples in any order, by linear interpolation. */
export function quantileOf(samples: readonly number[], q: number): number {
  return quantile(
    [...samples].sort((a, b) => a - b),
    q,
  );
}

function quantile(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) throw new RangeError("No samples");
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
