/** Which core a fiber lives on. It is chosen when its program is about to be loaded, and kept: a stack cannot move between workers. */
import { coreAt, core, KCore } from "../core";
import { globals } from "../globals";
import { spinLock, spinUnlock } from "../lock";
import { Fiber } from "../proc/fiber";
import { Process } from "../proc/process";
import { enqueueNew, runLock, takeNew } from "./run";
import { shareFor } from "./share";

/** Is core `id` in a mask of 32 bytes? A mask of zeros allows all. */
export function coreIn(mask: usize, id: u32): bool {
  if ((load<u64>(mask) | load<u64>(mask, 8) | load<u64>(mask, 16) | load<u64>(mask, 24)) == 0) return true;
  return ((load<u64>(mask + ((id >> 6) << 3)) >> (id & 63)) & 1) != 0;
}

function coreAllowed(process: Process, id: u32): bool {
  return coreIn(changetype<usize>(process) + offsetof<Process>("affinity0"), id);
}

/** The allowed core with the least to do: fibers that are ready first, then all that live there. A mask that allows none of the cores there are allows all. */
function pickCore(process: Process): KCore {
  let best = coreAt(0);
  let bestLoad = u32.MAX_VALUE;
  const cores = globals().cores;
  for (let id: u32 = 0; id < cores; id++) {
    const candidate = coreAt(id);
    let weight = (candidate.ready + (candidate.fiber != 0 ? 1 : 0)) * 0x10000 + candidate.load;
    if (!coreAllowed(process, id)) weight |= 0x40000000;
    if (weight >= bestLoad) continue;
    best = candidate;
    bestLoad = weight;
  }
  return best;
}

function loadWord(owner: KCore): usize {
  return changetype<usize>(owner) + offsetof<KCore>("load");
}

/** Gives a new fiber a core and queues it there. False: no memory. */
export function place(fiber: Fiber): bool {
  const process = changetype<Process>(<usize>fiber.process);
  const owner = pickCore(process);
  fiber.share = <u32>shareFor(process.job, owner);
  if (fiber.share == 0) return false;
  fiber.core = changetype<u32>(owner);
  fiber.realtime = <u8>process.realtime;
  atomic.add<u32>(loadWord(owner), 1);
  process.fiber = changetype<u32>(fiber);
  enqueueNew(fiber);
  return true;
}

/** The fiber is gone from its core. */
export function unplace(fiber: Fiber): void {
  atomic.sub<u32>(loadWord(changetype<KCore>(<usize>fiber.core)), 1);
}

/** A core with nothing to do fetches a fiber that waits elsewhere to be loaded; null: there is none it may have. */
export function fetchNew(): Fiber | null {
  const me = core();
  const cores = globals().cores;
  for (let id: u32 = 0; id < cores; id++) {
    const other = coreAt(id);
    if (other === me || atomic.load<u32>(changetype<usize>(other) + offsetof<KCore>("newTail")) == 0) continue;
    // A core that is idle itself is about to take it.
    if (other.fiber == 0 && other.ready <= 1) continue;
    spinLock(runLock(other));
    const fiber = takeNew(other);
    if (fiber !== null) other.ready--;
    spinUnlock(runLock(other));
    if (fiber === null) continue;
    const process = changetype<Process>(<usize>fiber.process);
    const share = coreAllowed(process, me.id) ? shareFor(process.job, me) : 0;
    if (share == 0) {
      enqueueNew(fiber);
      continue;
    }
    unplace(fiber);
    fiber.share = <u32>share;
    fiber.core = changetype<u32>(me);
    atomic.add<u32>(loadWord(me), 1);
    return fiber;
  }
  return null;
}
