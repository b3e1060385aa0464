import type { ServiceBackoff } from "@cloudos/abi/service";

/** Milliseconds to wait before the restart after `failures` failures in a row (1, 2, ...), or undefined: give up. */
export function backoffMs(backoff: ServiceBackoff, failures: number): number | undefined {
  if (failures > backoff.attempts) return undefined;
  // 2 ** 1023 is the last power that is a number.
  return Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(failures - 1, 1023));
}
