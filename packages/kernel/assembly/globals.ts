/** Words shared by all kernel instances that belong to no object. */
import { GLOBALS_BASE } from "./layout";

/**
 *   0        | 4        | 8         | 12        | 16        | 20         | 24         | 28
 *   tree lock| span lock| slab lock | table lock| spans base| span count | spans grown| frames in use
 *   32       | 36       | 40        | 44        | 48        | 52         | 56         | 60
 *   span free| span part| pid cursor| fiber curs| processes | fibers     | cores      | host token
 *   64..95 slab partial lists (8 classes)       | 96 klog lock | 100 event lock | 104 jobs made | 108 panicked
 *   112 root node u64 | 120 process limit | 124 quantum us | 128 rings high | 132 objects | 136 handles | 140 spans free | 144 spans reserved | 148 root job | 152 suspended
 */
@unmanaged
export class Globals {
  /** Guards parents, children, groups, sessions and life-cycle states of all processes. */
  treeLock: u32;
  /** Guards the span table, frame counts and `memory.grow`. */
  spanLock: u32;
  slabLock: u32;
  /** Guards allocation of pids, fiber numbers and tty and ring numbers. */
  tableLock: u32;
  // Written once at boot.
  spansBase: u32;
  spanLimit: u32;
  // Guarded by spanLock.
  spansGrown: u32;
  framesUsed: u32;
  spanFree: u32;
  spanPartial: u32;
  // Guarded by tableLock.
  pidCursor: u32;
  fiberCursor: u32;
  processCount: u32;
  fiberCount: u32;
  cores: u32;
  hostToken: u32;
  // Guarded by slabLock.
  slab0: u32;
  slab1: u32;
  slab2: u32;
  slab3: u32;
  slab4: u32;
  slab5: u32;
  slab6: u32;
  slab7: u32;
  klogLock: u32;
  eventLock: u32;
  /** Jobs made since boot: the last one's id. Atomic. */
  jobCursor: u32;
  /** Atomic: 1 once a core has panicked. */
  panicked: u32;
  /** Set once by vfs_set_root. */
  rootNode: u64;
  processLimit: u32;
  quantumUs: u32;
  ringsHigh: u32;
  /** Live slab objects and open handles; atomic, for mem_info and leak checks. */
  objects: u32;
  handles: u32;
  /** Length of the free list; guarded by spanLock. */
  spansFree: u32;
  /** Spans that frames leave alone as long as clean pages can be dropped instead. Written once at boot. */
  spansReserved: u32;
  /** The job all others are inside. Written once at boot. */
  rootJob: u32;
  /** Atomic: 1 while no core runs anything, see os_suspend. */
  suspended: u32;
  /** Pages of VMOs, shared ones once for each; atomic. */
  vmoPages: u32;
  /** Guards the queues of pagers and the list of VMOs that have one: vmo/pager.ts. */
  pagerLock: u32;
  pagedVmos: u32;
  /** State of the generator that places frames; guarded by spanLock. */
  random: u32;
}

// @ts-ignore: decorator
@inline
export function globals(): Globals {
  return changetype<Globals>(GLOBALS_BASE);
}
