/** A process: an address space, a handle table, credentials to names (root, cwd), signals, and one fiber. */

export const PROCESS_CREATED: u32 = 0; // exists; its program is not running yet
export const PROCESS_LIVE: u32 = 1;
export const PROCESS_ZOMBIE: u32 = 2; // exited, not waited for

/** Frames of handle entries a process may have: MAX_HANDLES / 128 entries per frame. */
export const HANDLE_FRAMES: u32 = 32;

/**
 *   0 pid      | 4 state   | 8 parent   | 12 children | 16 sibling next | 20 sibling prev | 24 pgid   | 28 sid
 *   32 tty     | 36 fiber  | 40 gate    | 44 spawn    | 48 exit kind    | 52 exit code    | 56 stopped| 60 wait event
 *   64 pending | 68 ignored| 72 queued  | 76 masked   | 80 child waiters (queue, 16)      | 96 spare  | 100 nice
 *   104 root node u64      | 112 cwd node u64         | 120 handle lock | 124 windows | 128 handle frames u32[32]
 *   256 args   | 260 env   | 264 memory limit | 268 process limit | 272 job | 276 host token
 *   280 user us f64 | 288 system us f64 | 296 child us f64 | 304 start us f64 | 312 switches u64 | 320 name[32]
 *   352 memory bytes | 356 taken away | 360 wait us f64 | 368 child system us f64 | 376 affinity u64[4] | 408 realtime
 *   416 call   | 420 ipc | 424 bootstrap | 428 grants | 432 self   | 436 futex | 440 data start, end, stack top, heap base
 */
@unmanaged
export class Process {
  /** Written once. */
  pid: u32;
  // Guarded by treeLock (state and stopped are also read with atomics).
  state: u32;
  parent: u32;
  children: u32;
  siblingNext: u32;
  siblingPrev: u32;
  pgid: u32;
  sid: u32;
  /** Controlling terminal: Tty address or 0. */
  tty: u32;
  fiber: u32;
  /** First table slot of the gate, on the fiber's core. Written once by fiber_bind. */
  gate: u32;
  /** The Spawn record until the program is loaded. */
  spawn: u32;
  exitKind: u32;
  exitCode: u32;
  /** 0, or the signal that stopped it. Atomic. */
  stopped: u32;
  /** A stop or continue that a parent's wait has not reported: WAIT_STOPPED or WAIT_RESUMED + 1; 0 none. */
  waitEvent: u32;
  /** Atomic bit sets; bit n - 1 is signal n. */
  pending: u32;
  ignored: u32;
  queued: u32;
  masked: u32;
  childWait0: u64;
  childWait1: u64;
  spare0: u32;
  nice: i32;
  // Owner fiber only after the first run: the process's names.
  rootNode: u64;
  cwdNode: u64;
  // Handle table: written by the owner fiber under handleLock, read by others (procfs) under it.
  handleLock: u32;
  /** Windows on VMOs (window/window.ts). Owner fiber only. */
  windows: u32;
  frames0: u64; frames1: u64; frames2: u64; frames3: u64; frames4: u64; frames5: u64; frames6: u64; frames7: u64;
  frames8: u64; frames9: u64; frames10: u64; frames11: u64; frames12: u64; frames13: u64; frames14: u64; frames15: u64;
  // Written once at spawn.
  args: u32;
  env: u32;
  memoryLimit: u32;
  processLimit: u32;
  /** The job whose live processes count against the limit. */
  job: u32;
  hostToken: u32;
  // Owner core only.
  userUs: f64;
  systemUs: f64;
  /** CPU time of children waited for; guarded by treeLock. */
  childUs: f64;
  startUs: f64;
  switches: u64;
  name0: u64;
  name1: u64;
  name2: u64;
  name3: u64;
  /** Size of the linear memory when the fiber last gave up its core. */
  memoryBytes: u32;
  /** Switches that were not its own wish; `switches` counts all. */
  taken: u32;
  /** Time it was ready and did not run. */
  waitUs: f64;
  /** The system part of `childUs`. */
  childSystemUs: f64;
  /** Cores it and its children may be placed on; all zero: any. Guarded by treeLock. */
  affinity0: u64;
  affinity1: u64;
  affinity2: u64;
  affinity3: u64;
  /** 0, or 1 + queue of the real-time class. */
  realtime: u32;
  spare2: u32;
  /** Handle entry (or CALL_ANY) of the call its fiber is in or was in last: who revokes it ends the call's wait. See cap/revoke.ts. */
  call: u32;
  /** Its record for synchronous calls (ipc/call.ts), or 0. Owner fiber only. */
  ipc: u32;
  /** Its named handles and the calls it may make (cap/bootstrap.ts), or 0: none, and all. Written once, but for the mask. */
  bootstrap: u32;
  /** The same for the next child it starts. Owner fiber only. */
  grants: u32;
  /** Its object for those who wait for its end (ipc/process.ts), or 0. Guarded by treeLock. */
  self: u32;
  /** Which word of a VMO its fiber waits for (ipc/futex.ts). */
  futex: u32;
  // What the HAL knows of the linear memory's layout, user addresses; 0 unknown. Written once by fiber_layout.
  dataStart: u32;
  dataEnd: u32;
  stackTop: u32;
  heapBase: u32;
}

// The diagram above and the fields must agree: offsets are used by hand for the handle frames, queues and names.
if (offsetof<Process>("frames0") != 128) ERROR("Process.frames0 is not at 128");
if (offsetof<Process>("name0") != 320) ERROR("Process.name0 is not at 320");
if (offsetof<Process>() > 512) ERROR("Process is larger than its slab slot");
