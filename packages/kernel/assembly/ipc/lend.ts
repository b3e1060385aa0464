/**
 * Priority inheritance: from the moment a server takes a call until it is answered, broken or taken back, it runs as soon as its caller
 * would; and a call that waits lends to the server that took the last one. What the caller was lent itself counts, so a chain of calls lends all along it. Costs two loads where the caller is
 * in no greater hurry than the server.
 */
import { CapState, capState } from "../cap/state";
import { spinLock, spinUnlock } from "../lock";
import { Fiber, LENT_REALTIME } from "../proc/fiber";
import { Process } from "../proc/process";
import { schedLend, schedUnlend } from "../sched/run";
import { Call } from "./call";

function lendLock(): usize {
  return changetype<usize>(capState()) + offsetof<CapState>("lendLock");
}

/** Higher runs sooner. What was lent is on the same scales as what is the fiber's own (schedLend). */
function rank(fiber: Fiber): u32 {
  const lent = <u32>fiber.lent;
  // Real-time queues count from 1, the most urgent.
  let realtime = <u32>fiber.realtime;
  if (lent >= LENT_REALTIME) realtime = realtime != 0 ? min(realtime, lent - LENT_REALTIME + 1) : lent - LENT_REALTIME + 1;
  if (realtime != 0) return 0x1000 - realtime;
  return 0x100 - (lent != 0 ? min(lent - 1, <u32>fiber.level) : <u32>fiber.level);
}

function recordOf(fiber: Fiber): Call {
  return changetype<Call>(<usize>changetype<Process>(<usize>fiber.process).ipc);
}

/** `server` has taken the call. The endpoint's lock is held; the server has a record (it received with it). */
export function lend(call: Call, server: Fiber): void {
  const caller = changetype<Fiber>(<usize>call.fiber);
  if (rank(caller) <= rank(server)) return;
  const record = recordOf(server);
  spinLock(lendLock());
  call.server = changetype<u32>(server);
  call.nextLender = record.lenders;
  record.lenders = changetype<u32>(call);
  schedLend(server, caller);
  spinUnlock(lendLock());
}

/** The call is over. The server keeps what the most urgent of its other callers lends. */
export function lendEnd(call: Call): void {
  if (call.server == 0) return;
  spinLock(lendLock());
  const server = changetype<Fiber>(<usize>call.server);
  call.server = 0;
  // Its server may have ended a moment ago (lendForget).
  if (changetype<usize>(server) != 0) {
    const record = recordOf(server);
    let before: u32 = 0;
    let best: usize = 0;
    for (let at = record.lenders; at != 0; ) {
      const lender = changetype<Call>(<usize>at);
      at = lender.nextLender;
      if (lender === call) {
        if (before == 0) record.lenders = call.nextLender;
        else changetype<Call>(<usize>before).nextLender = call.nextLender;
        continue;
      }
      before = changetype<u32>(lender);
      const fiber = <usize>lender.fiber;
      if (best == 0 || rank(changetype<Fiber>(fiber)) > rank(changetype<Fiber>(best))) best = fiber;
    }
    schedUnlend(server);
    if (best != 0) schedLend(server, changetype<Fiber>(best));
  }
  spinUnlock(lendLock());
}

/** The process of `record` ends: nobody lends to it any more. */
export function lendForget(record: Call): void {
  if (record.lenders == 0) return;
  spinLock(lendLock());
  for (let at = record.lenders; at != 0; at = changetype<Call>(<usize>at).nextLender) changetype<Call>(<usize>at).server = 0;
  record.lenders = 0;
  spinUnlock(lendLock());
}
