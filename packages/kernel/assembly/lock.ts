/**
 * Spin locks. Held for short, bounded work; never across a suspend.
 *
 * Lock order (take left before right; never two of one rank, except where a file says how):
 *
 *   treeLock > flightLock > channel endpoint > derivationLock > handle table > file/vnode/VMO (fs, vmo) > pagerLock > tty > pipe, ring > wait queue > run queue, timers
 *            > tableLock > slabLock > spanLock > klogLock, eventLock
 *
 *   timer object > wait queue (of an object) > port > wait queue (of the port) > run queue;  derivationLock > port
 *   channel endpoint > lendLock > run queue
 *
 * A job's lock (its list of shares) is taken with nothing inside, as is a core's timer lock.
 *
 * Signals are sent with treeLock held, so code that holds an object's lock and finds that it must signal (^C in a
 * tty) remembers it, drops the lock and signals then.
 */
import { waitBriefly } from "../../hal-wasm/assembly/hal";
import { MAX_CORES } from "../../abi/src/params";
import { coreId } from "./core";

/** Turns before a core sleeps: longer than any critical section takes on a core that is really running. */
const SPINS: i32 = 2000;
/** A holder whose worker lost its CPU is back within a scheduler tick of the host; poll a few times in it. */
const NAP_NS: i64 = 50_000;

export function spinLock(word: usize): void {
  // ORDER: acquire; pairs with the store in spinUnlock.
  if (atomic.cmpxchg<i32>(word, 0, 1) != 0) spinSlow(word);
}

export function spinUnlock(word: usize): void {
  // ORDER: release.
  atomic.store<i32>(word, 0);
}

function spinSlow(word: usize): void {
  for (let spins = 1; ; spins++) {
    if (atomic.load<i32>(word) == 0 && atomic.cmpxchg<i32>(word, 0, 1) == 0) return;
    // Agents may run on a page's main thread, which is not allowed to wait.
    if (spins % SPINS == 0 && coreId() < MAX_CORES) waitBriefly(word, 1, NAP_NS);
  }
}
