/** Gives memory back when frames run out: the page cache first, then pages their pagers can bring back. */
import { frameReclaim } from "../fs/reclaim";
import { globals } from "../globals";
import { spinLock, spinUnlock } from "../lock";
import { frameOf, frameShared } from "../mem/frames";
import { frameOfEntry, PAGE_DIRTY, PAGE_NONE, PAGE_PRESENT, PAGE_USED, PAGE_WRITING } from "../mem/page-table";
import { ask, PAGER_DEAD, pagerLock, WANT_WRITE_BACK } from "./pager";
import { nextPage, pageRemove, slotAt, Vmo, vmoUnlock } from "./vmo";

/** Pages dropped at once. */
const BATCH: u32 = 64;

/** True when at least one frame was freed. The caller may hold one vnode's or VMO's lock: locks are only tried. */
export function memoryReclaim(): bool {
  return frameReclaim() || globals().pagedVmos != 0 && pagedReclaim();
}

/** Second chance: pages used since the last time are passed over, once. Changed pages are asked to be written back. */
function pagedReclaim(): bool {
  let dropped: u32 = 0;
  spinLock(pagerLock());
  for (let pass = 0; pass < 2 && dropped == 0; pass++) {
    for (let at = globals().pagedVmos; at != 0 && dropped < BATCH; at = changetype<Vmo>(at).pagedNext) {
      const vmo = changetype<Vmo>(at);
      // What a pager that is gone brought in, nobody can bring again.
      if (vmo.pager == PAGER_DEAD) continue;
      // ORDER: acquire, as in spinLock.
      if (atomic.cmpxchg<u32>(at + offsetof<Vmo>("lock"), 0, 1) != 0) continue;
      for (let page = nextPage(vmo, 0); page != PAGE_NONE && dropped < BATCH; page = nextPage(vmo, page + 1)) {
        const slot = slotAt(vmo, page);
        const entry = load<u32>(slot);
        const frame = frameOfEntry(entry);
        if ((entry & (PAGE_PRESENT | PAGE_DIRTY | PAGE_WRITING)) != PAGE_PRESENT) continue;
        // Pinned, or a clone's as well: nothing is gained.
        if (frameOf(frame).owner != 0 || frameShared(frame)) continue;
        if (entry & PAGE_USED) {
          store<u32>(slot, entry ^ PAGE_USED);
          continue;
        }
        pageRemove(vmo, slot);
        dropped++;
      }
      if (vmo.dirty != 0) ask(vmo, WANT_WRITE_BACK, 0, 0);
      vmoUnlock(vmo);
    }
  }
  spinUnlock(pagerLock());
  return dropped != 0;
}
