/** Deadlines as programs give them: monotonic nanoseconds; 0 means "do not wait", all ones "for ever". */
import { core } from "../core";

/** Monotonic microseconds; 0: do not wait. Agents have no fiber that could. */
export function deadlineOf(ns: u64): f64 {
  if (core().fiber == 0) return 0;
  return ns == u64.MAX_VALUE ? Infinity : <f64>ns / 1000;
}
