/** Clocks and sleeping. */
import { CLOCK_MONOTONIC, CLOCK_REALTIME } from "../../../abi/src/wasi";
import { clock_time_get, poll_oneoff } from "./wasi";

const OUT = memory.data(8, 8);
const SUBSCRIPTION = memory.data(96, 8);
const EVENT = memory.data(64, 8);

/** Nanoseconds since the epoch. */
export function now(): u64 {
  clock_time_get(CLOCK_REALTIME, 1, OUT);
  return load<u64>(OUT);
}

/** Nanoseconds since some fixed moment; never goes back. */
export function monotonic(): u64 {
  clock_time_get(CLOCK_MONOTONIC, 1, OUT);
  return load<u64>(OUT);
}

function subscribeClock(at: usize, nanoseconds: u64): void {
  memory.fill(at, 0, 48);
  store<u32>(at, CLOCK_MONOTONIC, 16);
  store<u64>(at, nanoseconds, 24);
}

/** Sleeps; 0, or EINTR when a queued signal cut it short. */
export function sleep(nanoseconds: u64): i32 {
  subscribeClock(SUBSCRIPTION, nanoseconds);
  return poll_oneoff(SUBSCRIPTION, EVENT, 1, OUT);
}

/** Waits until `fd` can be read or the time is over: true when it can be read. */
export function waitReadable(fd: i32, nanoseconds: u64): bool {
  subscribeClock(SUBSCRIPTION, nanoseconds);
  memory.fill(SUBSCRIPTION + 48, 0, 48);
  store<u8>(SUBSCRIPTION + 48, 1, 8);
  store<u32>(SUBSCRIPTION + 48, fd, 16);
  if (poll_oneoff(SUBSCRIPTION, EVENT, 2, OUT) != 0) return false;
  for (let i: u32 = 0; i < load<u32>(OUT); i++) if (load<u8>(EVENT + i * 32, 10) == 1) return true;
  return false;
}
