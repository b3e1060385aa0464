/** A seeded source of numbers (mulberry32): the same seed gives the same history on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Any 32 bits, unsigned. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
  /** 0 .. below - 1. */
  below(below: number): number {
    return Math.floor((this.bits() / 2 ** 32) * below);
  }
  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

/** Seed of a run: CLOUDOS_SEED when a failure is looked at again, else a new one. */
export function freshSeed(): number {
  const given = process.env.CLOUDOS_SEED;
  return given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}
