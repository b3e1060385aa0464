/**
 * The machine as the kernel sees it: CPU (suspend, unwind, panic), time, entropy, and the atomics that stand for
 * interrupt lines. Nothing else in the kernel names the platform. Contracts: `HalImports` in packages/abi.
 */
import { CORE_O_DOORBELL, coreBlock } from "../../abi/src/layout";

// @ts-ignore: decorator
@external("hal", "suspend")
export declare function halSuspend(fiber: u32): void;
// @ts-ignore: decorator
@external("hal", "unwind")
export declare function halUnwind(fiber: u32): void;
// @ts-ignore: decorator
@external("hal", "now_us")
export declare function halNowUs(): f64;
// @ts-ignore: decorator
@external("hal", "wall_ms")
export declare function halWallMs(): f64;
// @ts-ignore: decorator
@external("hal", "entropy")
export declare function halEntropy(address: usize, length: u32): void;
// @ts-ignore: decorator
@external("hal", "panic")
export declare function halPanic(code: u32): void;

/**
 * Raise interrupt lines of an agent. The notify is a call into the engine (about 100 ns), so it is made only when the
 * word was 0: a doorbell that already shows a bit has been notified and its owner has not slept since.
 */
export function ringDoorbell(agent: i32, irq: i32): void {
  const word = <usize>coreBlock(agent) + CORE_O_DOORBELL;
  // ORDER: the RMW publishes everything written before it to whoever takes the bits.
  if (atomic.or<i32>(word, irq) == 0) atomic.notify(word, 1);
}

/** Take all pending interrupt bits of an agent. */
export function takeDoorbell(agent: i32): i32 {
  const word = <usize>coreBlock(agent) + CORE_O_DOORBELL;
  if (atomic.load<i32>(word) == 0) return 0;
  return atomic.xchg<i32>(word, 0);
}

/** Sleep at most `timeoutNs` while the word holds `value`. Core workers only: a page's main thread may not wait. */
export function waitBriefly(word: usize, value: i32, timeoutNs: i64): void {
  atomic.wait<i32>(word, value, timeoutNs);
}
