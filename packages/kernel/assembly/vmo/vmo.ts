/**
 * VMOs: memory as an object. Pages are made on first write (anonymous), by a pager (pager.ts), or are those of an open file.
 * Man-page: docs/kernel/objects/vmo.md.
 *
 * Clones share frames by reference count (mem/frames.ts): a clone copies the page table's entries, and whoever writes a
 * frame that others refer to as well gets its own. The alternative, a tree of hidden parents that clones look
 * pages up in, makes cloning O(1) but reading O(depth), and closing and resizing a parent a merge; here a clone knows nothing of
 * its parent, so parents may be written, resized and closed, and clones cloned, in any order.
 */
import { OBJECT_FILE, OBJECT_VMO } from "../../../abi/src/kernel-interface";
import { PAGE_SIZE } from "../../../abi/src/params";
import { currentProcess } from "../core";
import { filesRelease, File, vnodeOf } from "../fs/object";
import { spinLock, spinUnlock } from "../lock";
import { framePut } from "../mem/frames";
import {
  frameOfEntry, PAGE_DIRTY, pageNext, PAGE_NONE, PAGE_PRESENT, pageSlot, pageSlotMake, PAGE_WRITING, tableTrim,
} from "../mem/page-table";
import { slabFree } from "../mem/slab";
import { objectAlloc, objectRef, objectUnref } from "../obj/object";
import { jobRelease } from "../proc/job";
import { WaitQueue } from "../sched/wait";
import { memoryUncharge } from "./charge";
import { pagedUnlink } from "./pager";

/** Largest VMO. */
export const VMO_SIZE_MAX: u64 = 1 << 32;

/**
 *   0..15 KObject (aux: VMO_*) | 16 size | 24 key | 32 job | 36 pages | 40 file | 44 pager | 48 dirty | 52 writing
 *   56 wait queue (16) | 72 paged next | 76 paged prev | 80 want page | 84 want count u16 | 86 wants | 87 write errno | 88 queue next
 *   92 ahead | 96 page table (32)
 */
@unmanaged
export class Vmo {
  type: u32;
  refs: u32;
  lock: u32;
  /** VMO_*. Written once. */
  flags: u32;
  /** Bytes, a multiple of PAGE_SIZE; unused when it is a file's. Guarded by lock. */
  size: u64;
  /** What the pager calls it. Written once. */
  key: u64;
  /** Who is charged for its pages: a reference. Written once. */
  job: u32;
  /** Pages present. Guarded by lock. */
  pages: u32;
  /** File address, a reference, or 0. Written once. */
  file: u32;
  /** Pager address, PAGER_NONE or PAGER_DEAD. Guarded by pagerLock; read with atomics. */
  pager: u32;
  // Guarded by lock.
  /** Pages changed since they were written back. */
  dirty: u32;
  /** Pages the pager is writing back. */
  writing: u32;
  /** A WaitQueue: fibers that wait for a page, or for write-back. */
  queue0: u64;
  queue1: u64;
  // Guarded by pagerLock.
  pagedNext: u32;
  pagedPrev: u32;
  /** Pages the pager has not been told yet are wanted. */
  wantPage: u32;
  wantCount: u16;
  /** WANT_*: what the pager is to be told; on its queue unless 0. */
  wants: u8;
  /** Guarded by lock: errno of a write-back that failed, until a sync or a write reports it. */
  writeErrno: u8;
  /** Next in the pager's queue. */
  queueNext: u32;
  // Guarded by lock.
  /** Where a sequential reader will miss next << 8 | pages it got last. */
  ahead: u32;
  /** A PageTable. */
  pages0: u64;
  pages1: u64;
  pages2: u64;
  pages3: u64;
}
if (offsetof<Vmo>() != 128) ERROR("Vmo is not 128 bytes");

// @ts-ignore: decorator
@inline
export function tableOf(vmo: Vmo): usize {
  return changetype<usize>(vmo) + offsetof<Vmo>("pages0");
}

// One copy of each in the binary, as VMOs' own code is not as hot as that of files.

export function slotAt(vmo: Vmo, page: u32): usize {
  return pageSlot(tableOf(vmo), page);
}

export function slotMake(vmo: Vmo, page: u32): usize {
  return pageSlotMake(tableOf(vmo), page);
}

export function entryAt(vmo: Vmo, page: u32): u32 {
  const slot = slotAt(vmo, page);
  return slot == 0 ? 0 : load<u32>(slot);
}

export function nextPage(vmo: Vmo, from: u32): u32 {
  return pageNext(tableOf(vmo), from);
}

export function vmoLock(vmo: Vmo): void {
  spinLock(changetype<usize>(vmo) + offsetof<Vmo>("lock"));
}

export function vmoUnlock(vmo: Vmo): void {
  spinUnlock(changetype<usize>(vmo) + offsetof<Vmo>("lock"));
}

export function queueOf(vmo: Vmo): WaitQueue {
  return changetype<WaitQueue>(changetype<usize>(vmo) + offsetof<Vmo>("queue0"));
}

/** An empty VMO of `size` bytes (rounded up to pages), charged to the current process's job. Address or 0. */
export function vmoMake(size: u64, flags: u32): usize {
  const object = objectAlloc(OBJECT_VMO, offsetof<Vmo>());
  if (object == 0) return 0;
  const vmo = changetype<Vmo>(object);
  vmo.size = (size + PAGE_SIZE - 1) & ~(<u64>PAGE_SIZE - 1);
  vmo.flags = flags;
  vmo.job = currentProcess().job;
  objectRef(vmo.job);
  return object;
}

/** Bytes: of a file's, what the file has now. */
export function vmoSize(vmo: Vmo): u64 {
  return vmo.file != 0 ? vnodeOf(changetype<File>(vmo.file)).size : vmo.size;
}

/** Takes a page out of the table. vmo.lock is held. */
export function pageRemove(vmo: Vmo, slot: usize): void {
  const entry = load<u32>(slot);
  store<u32>(slot, 0);
  if ((entry & PAGE_PRESENT) == 0) return;
  if (entry & PAGE_DIRTY) vmo.dirty--;
  if (entry & PAGE_WRITING) vmo.writing--;
  vmo.pages--;
  memoryUncharge(vmo.job, 1);
  framePut(frameOfEntry(entry));
}

/** Takes out all pages of [first, end). vmo.lock is held. */
export function pagesRemove(vmo: Vmo, first: u32, end: u32): void {
  for (let page = nextPage(vmo, first); page < end; page = nextPage(vmo, page + 1)) pageRemove(vmo, slotAt(vmo, page));
}

/** A reference is gone; the last one frees the VMO. */
export function vmoRelease(object: usize): void {
  if (!objectUnref(object)) return;
  const vmo = changetype<Vmo>(object);
  if (vmo.pager != 0) pagedUnlink(vmo);
  pagesRemove(vmo, 0, PAGE_NONE);
  tableTrim(tableOf(vmo), 0);
  if (vmo.file != 0) filesRelease(OBJECT_FILE, vmo.file);
  jobRelease(vmo.job);
  slabFree(object);
}
