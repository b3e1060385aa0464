/** Events for the host: a ring of 64-byte records that any kernel instance fills and AGENT_HOST drains. */
import {
  EVENT_COUNT, EVENT_SIZE, EVENTS_BASE, EVENTS_O_DATA, EVENTS_O_HEAD, EVENTS_O_TAIL, IRQ_HOST_EVENT,
} from "../../../abi/src/layout";
import { AGENT_HOST } from "../../../abi/src/params";
import { ringDoorbell } from "../../../hal-wasm/assembly/hal";
import { Globals, globals } from "../globals";
import { spinLock, spinUnlock } from "../lock";

/** False when the host has fallen EVENT_COUNT events behind: the event is lost. */
export function eventPost(type: u32, a: u32, b: u32, c: u32): bool {
  const lock = changetype<usize>(globals()) + offsetof<Globals>("eventLock");
  spinLock(lock);
  const tail = load<u32>(EVENTS_BASE + EVENTS_O_TAIL);
  const full = tail - atomic.load<u32>(EVENTS_BASE + EVENTS_O_HEAD) >= <u32>EVENT_COUNT;
  if (!full) {
    const record = EVENTS_BASE + EVENTS_O_DATA + (tail % EVENT_COUNT) * EVENT_SIZE;
    store<u32>(record, type);
    store<u32>(record, a, 4);
    store<u32>(record, b, 8);
    store<u32>(record, c, 12);
    store<u32>(record, 0, 16);
    // ORDER: the record before the tail that shows it.
    atomic.store<u32>(EVENTS_BASE + EVENTS_O_TAIL, tail + 1);
  }
  spinUnlock(lock);
  if (!full) ringDoorbell(AGENT_HOST, IRQ_HOST_EVENT);
  return !full;
}
