/** Time for time stamps: the clock as the core last read it, so that a write costs no call of the clock. */
import { BOOT_BASE, BOOT_O_WALL_EPOCH_MS } from "../../../abi/src/layout";
import { core } from "../core";

/** Nanoseconds since the Unix epoch, at most a time slice old (10 ms; Linux stamps files with 1 to 4 ms). */
export function stampNs(): u64 {
  const us = core().nowUs;
  return <u64>((load<f64>(BOOT_BASE + BOOT_O_WALL_EPOCH_MS) * 1000.0 + us) * 1000.0);
}
