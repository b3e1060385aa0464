/** Signals: what is pending, what it does, and when. */
import { Fiber } from "./fiber";
import { Process } from "./process";

/**
 * INV-2: `pending` holds only signals that must do something once they are not masked: end the process, or be
 * fetched by `sig_take`. Ignored ones are dropped and stops are carried out when they are sent.
 */
export function signalDeliverable(fiber: Fiber): bool {
  const process = changetype<Process>(fiber.process);
  return (atomic.load<u32>(changetype<usize>(process) + offsetof<Process>("pending")) & ~process.masked) != 0;
}

/** A pending signal that the program has not asked to fetch itself: it ends the process. */
export function signalFatal(fiber: Fiber): bool {
  const process = changetype<Process>(fiber.process);
  return (atomic.load<u32>(changetype<usize>(process) + offsetof<Process>("pending")) & ~process.masked & ~process.queued) != 0;
}
