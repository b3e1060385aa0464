import type { Clock } from "@cloudos/abi";

/** How far the wall clock may wander from the monotonic one before it is re-read: a suspended laptop, an NTP step. */
const WALL_DRIFT_MS = 50;

/** Unix time of this moment in milliseconds with the resolution of `performance.now`. */
export function preciseWallMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * The machine's clock. `originMs` is the Unix time of monotonic zero; `performance.timeOrigin` differs from worker to
 * worker, so every worker counts from the same `originMs` instead.
 */
export function createClock(originMs: number): Clock {
  const offsetMs = performance.timeOrigin - originMs;
  let wallOffsetMs = 0;
  return {
    nowUs: () => (offsetMs + performance.now()) * 1000,
    wallMs: () => {
      const steady = preciseWallMs();
      const wall = Date.now();
      if (Math.abs(steady + wallOffsetMs - wall) > WALL_DRIFT_MS) wallOffsetMs = wall - steady;
      return steady + wallOffsetMs;
    },
  };
}
