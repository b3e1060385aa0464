/** WASI clocks. */
import { EINVAL } from "../../../abi/src/errno";
import { BOOT_BASE, BOOT_O_WALL_EPOCH_MS } from "../../../abi/src/layout";
import { CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_THREAD_CPUTIME } from "../../../abi/src/wasi";
import { halNowUs } from "../../../hal-wasm/assembly/hal";
import { core, currentFiber } from "../core";
import { sysReturn } from "../proc/deliver";
import { store64 } from "../user";

/** What a browser's clock resolves in an isolated page. */
const RESOLUTION_NS: u64 = 5000;

/** Nanoseconds of a clock that is known to exist. */
export function clockNs(id: u32): u64 {
  const now = halNowUs();
  if (id == CLOCK_REALTIME) return <u64>(load<f64>(BOOT_BASE + BOOT_O_WALL_EPOCH_MS) * 1000 + now) * 1000;
  if (id == CLOCK_MONOTONIC) return <u64>(now * 1000);
  // A process has one thread, so both CPU clocks are the fiber's.
  return <u64>((currentFiber().userUs + currentFiber().systemUs + (now - core().switchedInUs)) * 1000);
}

export function p1_clock_time_get(id: u32, precision: u64, out: u32): i32 {
  if (id > <u32>CLOCK_THREAD_CPUTIME) return EINVAL;
  return sysReturn(store64(out, clockNs(id)));
}

export function p1_clock_res_get(id: u32, out: u32): i32 {
  if (id > <u32>CLOCK_THREAD_CPUTIME) return EINVAL;
  return sysReturn(store64(out, RESOLUTION_NS));
}
