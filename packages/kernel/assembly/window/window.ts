/**
 * Windows: ranges of a VMO copied in to a program's linear memory, and what changed copied back. They stand for mmap, which a
 * linear memory cannot have: no access to it faults (docs/kernel/objects/vmo.md).
 *
 * A writable window keeps a *shadow*: the pages as the program got them, shared with the VMO, so that they cost nothing until
 * somebody writes. A sync compares the program's pages with it and writes only runs of words that differ, so two windows on one
 * page do not undo each other's changes; then it brings in what others have written.
 */
import { EBUSY, ECANCELED, EINVAL, ENOMEM, ERANGE } from "../../../abi/src/errno";
import { VMO_PROT_WRITE } from "../../../abi/src/cloudos-v1";
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { capCommit, capDrop, capPrepare, HOLDER_MAPPING } from "../cap/derivation";
import { fileCopyPage } from "../fs/file";
import { File } from "../fs/object";
import { spinLock, spinUnlock } from "../lock";
import { frameAlloc, frameFree, framePut } from "../mem/frames";
import { frameOfEntry, pageNext, PAGE_NONE, PAGE_PRESENT, pageSlot, pageSlotMake, tableTrim } from "../mem/page-table";
import { slabAlloc, slabFree } from "../mem/slab";
import { Handle, handleLockOf } from "../obj/handle";
import { Process } from "../proc/process";
import { copyIn, copyOut, fillUser } from "../user";
import { memoryCharge, memoryUncharge } from "../vmo/charge";
import { pageShare } from "../vmo/pages";
import { vmoRead, vmoWrite } from "../vmo/transfer";
import { Vmo, vmoRelease, vmoSize } from "../vmo/vmo";

const PAGE_MASK: u32 = PAGE_SIZE - 1;

/**
 *   0 cap | 4 next | 8 vmo | 12 start | 16 length | 20 prot and stage | 24 offset u64 | 32 shadow: page table (32)
 * Owner fiber only, but for `cap`; the list is also read by /proc, under handleLock.
 */
@unmanaged
export class Window {
  /** Node in the derivation tree; 0 once the handle it was made with is revoked. Guarded by derivationLock. */
  cap: u32;
  /** Next of the process. */
  next: u32;
  /** Vmo address, a reference. */
  vmo: u32;
  /** User address, and bytes. */
  start: u32;
  length: u32;
  /** VMO_PROT_* in the low bits; the address of a frame to compare pages in, so that a sync that writes nothing needs no memory. */
  prot: u32;
  /** In the VMO. */
  offset: u64;
  shadow0: u64;
  shadow1: u64;
  shadow2: u64;
  shadow3: u64;
}

function shadowOf(window: Window): usize {
  return changetype<usize>(window) + offsetof<Window>("shadow0");
}

function pagesOf(window: Window): u32 {
  return (window.length + PAGE_MASK) >> PAGE_SHIFT;
}

/** Bytes of page `page` that are the window's. */
function bytesAt(window: Window, page: u32): u32 {
  return min<u32>(PAGE_SIZE, window.length - (page << PAGE_SHIFT));
}

/** What shadows hold on to is paid for, though it is shared at first. */
function charged(window: Window): u32 {
  return window.prot & VMO_PROT_WRITE ? pagesOf(window) : 0;
}

/** Makes a window on `vmo` (takes over a reference if it succeeds) and fills it. 0 or -errno. */
export function windowOpen(process: Process, handle: Handle, vmo: Vmo, offset: u64, start: u32, length: u32, prot: u32): i32 {
  const size = vmoSize(vmo);
  if (offset > size || length > size - offset) return -ERANGE;
  for (let at = process.windows; at != 0; at = changetype<Window>(at).next) {
    const other = changetype<Window>(at);
    if (start < other.start + other.length && other.start < start + length) return -EBUSY;
  }
  const made = slabAlloc(offsetof<Window>());
  if (made == 0) return -ENOMEM;
  const window = changetype<Window>(made);
  window.vmo = changetype<u32>(vmo);
  window.start = start;
  window.length = length;
  window.offset = offset;
  const stage = prot & VMO_PROT_WRITE ? <u32>frameAlloc() : 0;
  window.prot = prot | stage;
  let rc: i32 = -ENOMEM;
  if ((stage != 0 || (prot & VMO_PROT_WRITE) == 0) && memoryCharge(vmo.job, charged(window))) {
    rc = 0;
    for (let page: u32 = 0; page < pagesOf(window) && rc == 0; page++) rc = fill(window, page, true);
    if (rc == 0) {
      const cap = capPrepare(process, handle);
      // Before it is in the tree: a revoke clears it from then on.
      window.cap = <u32>cap;
      if (cap == 0) rc = -ENOMEM;
      else if (!capCommit(cap, handle, made, HOLDER_MAPPING)) rc = -ECANCELED;
      else {
        spinLock(handleLockOf(process));
        window.next = process.windows;
        process.windows = <u32>made;
        spinUnlock(handleLockOf(process));
        return 0;
      }
    }
    shadowDrop(window);
  }
  if (stage != 0) frameFree(stage);
  slabFree(made);
  return rc;
}

/** Brings the program's page up to date, all of it (`first`) or when it is another page by now. 0 or -errno. */
function fill(window: Window, page: u32, first: bool): i32 {
  const vmo = changetype<Vmo>(window.vmo);
  const user = window.start + (page << PAGE_SHIFT);
  const bytes = bytesAt(window, page);
  const offset = window.offset + (<u64>page << PAGE_SHIFT);
  if ((window.prot & VMO_PROT_WRITE) == 0) return vmoRead(vmo, offset, user, bytes);
  const slot = pageSlotMake(shadowOf(window), page);
  if (slot == 0) return -ENOMEM;
  const at = <u32>(offset >> PAGE_SHIFT);
  if (vmo.file != 0) {
    // The page cache's frames are not to be shared: the shadow is a copy.
    if (load<u32>(slot) == 0) {
      const frame = frameAlloc();
      if (frame == 0) return -ENOMEM;
      store<u32>(slot, <u32>frame | PAGE_PRESENT);
    }
    const rc = fileCopyPage(changetype<File>(vmo.file), at, frameOfEntry(load<u32>(slot)));
    if (rc < 0) return rc;
  } else {
    const rc = pageShare(vmo, at, slot);
    if (rc < 0 || rc == 0 && !first) return rc;
  }
  const frame = frameOfEntry(load<u32>(slot));
  return frame == 0 ? fillUser(user, 0, bytes) : copyOut(user, frame, bytes);
}

/** Writes back the words of a page that differ from the shadow. 0 or -errno. */
function writePage(window: Window, page: u32): i32 {
  const stage = frameOfEntry(window.prot);
  const user = window.start + (page << PAGE_SHIFT);
  const bytes = bytesAt(window, page);
  const slot = pageSlot(shadowOf(window), page);
  const shadow = slot == 0 ? 0 : frameOfEntry(load<u32>(slot));
  // What lies past the window counts as unchanged.
  if (shadow == 0) memory.fill(stage, 0, PAGE_SIZE);
  else memory.copy(stage, shadow, PAGE_SIZE);
  let rc = copyIn(stage, user, bytes);
  for (let at: u32 = 0; at < bytes && rc == 0; at += 8) {
    if (same(stage, shadow, at)) continue;
    const from = at;
    do at += 8; while (at < bytes && !same(stage, shadow, at));
    rc = vmoWrite(changetype<Vmo>(window.vmo), window.offset + (<u64>page << PAGE_SHIFT) + from, user + from, min(at, bytes) - from);
  }
  return rc;
}

// @ts-ignore: decorator
@inline
function same(stage: usize, shadow: usize, at: u32): bool {
  return load<u64>(stage + at) == (shadow == 0 ? 0 : load<u64>(shadow + at));
}

/** Two-way sync of what [start, end) touches, in all windows. 0 or -errno; -EINVAL: there is no window. */
export function windowsSync(process: Process, start: u32, end: u64): i32 {
  let rc: i32 = -EINVAL;
  for (let at = process.windows; at != 0 && (rc == 0 || rc == -EINVAL); at = changetype<Window>(at).next) {
    const window = changetype<Window>(at);
    if (<u64>window.start + window.length <= start || window.start >= end) continue;
    rc = atomic.load<u32>(at) == 0 ? -ECANCELED : 0;
    const first = start > window.start ? (start - window.start) >> PAGE_SHIFT : 0;
    const last = <u32>((min(end, <u64>window.start + window.length) - window.start + PAGE_MASK) >> PAGE_SHIFT);
    for (let page = first; page < last && rc == 0; page++) {
      if (window.prot & VMO_PROT_WRITE) rc = writePage(window, page);
      if (rc == 0) rc = fill(window, page, false);
    }
  }
  return rc;
}

/** Writes back and closes the window that starts at `start`. 0 or -errno: then it is still there, but for -ECANCELED. */
export function windowClose(process: Process, start: u32): i32 {
  for (let link = changetype<usize>(process) + offsetof<Process>("windows"); load<u32>(link) != 0; link = load<u32>(link) + offsetof<Window>("next")) {
    const window = changetype<Window>(load<u32>(link));
    if (window.start != start) continue;
    const rc = windowsSync(process, start, <u64>start + window.length);
    if (rc < 0 && rc != -ECANCELED) return rc;
    spinLock(handleLockOf(process));
    store<u32>(link, window.next);
    spinUnlock(handleLockOf(process));
    drop(window);
    return rc;
  }
  return -EINVAL;
}

/** The process ends: what was not synced is lost, as its memory is. */
export function windowsDrop(process: Process): void {
  while (process.windows != 0) {
    const window = changetype<Window>(process.windows);
    spinLock(handleLockOf(process));
    process.windows = window.next;
    spinUnlock(handleLockOf(process));
    drop(window);
  }
}

function drop(window: Window): void {
  capDrop(changetype<usize>(window));
  shadowDrop(window);
  if (window.prot & VMO_PROT_WRITE) frameFree(frameOfEntry(window.prot));
  vmoRelease(window.vmo);
  slabFree(changetype<usize>(window));
}

function shadowDrop(window: Window): void {
  const table = shadowOf(window);
  for (let page = pageNext(table, 0); page != PAGE_NONE; page = pageNext(table, page + 1)) {
    framePut(frameOfEntry(load<u32>(pageSlot(table, page))));
  }
  tableTrim(table, 0);
  memoryUncharge(changetype<Vmo>(window.vmo).job, charged(window));
}
