/** Reading and writing open files: one lock, one look into the page table and one copy through the gate per page. */
import { EFAULT, EFBIG, EINVAL, ENOMEM, ENOSPC } from "../../../abi/src/errno";
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { SLOT_O_NODE, VFS_FSYNC } from "../../../abi/src/vfs-protocol";
import { FDFLAGS_APPEND, FDFLAGS_DSYNC, FDFLAGS_SYNC, WHENCE_CUR, WHENCE_END, WHENCE_SET } from "../../../abi/src/wasi";
import { core } from "../core";
import { frameAlloc, frameFree } from "../mem/frames";
import { framesTotal } from "../mem/spans";
import { Handle } from "../obj/handle";
import { frameOfEntry, PAGE_LOADING, PAGE_NONE, PAGE_PRESENT, PAGE_USED, pageEntry, pageSlotMake } from "../mem/page-table";
import { stampNs } from "./clock";
import { IOV_FAULT, IOV_FROM_USER, IOV_TO_USER, IOV_ZEROS, iovCopy, iovFirst, iovTotal } from "./iov";
import { File, vnodeOf } from "./object";
import { pageIn } from "./page-in";
import { memoryWait } from "./reclaim";
import { slotAlloc, slotCall, slotFree } from "./requests";
import { fsState } from "./state";
import {
  pagesOf, Vnode, VNODE_META_DIRTY, VNODE_META_SEEN, VNODE_PINNED, vnodeLock, vnodeUnlock,
} from "./vnode";
import { FILE_SIZE_MAX, pageAtRest, pageEnter, pageTouch, vmoChanged } from "./vmo";

/** `offset` argument: use and move the description's own. */
export const AT_OFFSET: u64 = 0xffffffffffffffff;

const PAGE_MASK: u64 = PAGE_SIZE - 1;
/** A write of up to this size is one step for all other readers and writers; the lock is let go in between. */
const CHUNK: u32 = 65536;
/** Dirty pages before writers wait: a quarter of memory, at most 64 MiB, so that a crash or a sync stays short. */
const DIRTY_MAX: u32 = 16384;

/** fd_read and fd_pread. Bytes or -errno. */
export function fileRead(handle: Handle, iovs: u32, count: u32, offset: u64): i32 {
  const total = iovTotal(iovs, count);
  return total < 0 ? total : fileReadAt(changetype<File>(handle.object), iovs, iovFirst(), total, offset);
}

/** `total` bytes to the vectors, the first of which is `first` (iov.ts). Bytes or -errno. */
export function fileReadAt(file: File, iovs: u32, first: u64, total: i32, offset: u64): i32 {
  const vnode = vnodeOf(file);
  let done: u32 = 0;
  let cursor: u64 = 0;
  let rc: i32 = 0;
  vnodeLock(vnode);
  let at = offset == AT_OFFSET ? file.offset : offset;
  while (done < <u32>total && at < vnode.size) {
    const page = <u32>(at >> PAGE_SHIFT);
    const within = <u32>(at & PAGE_MASK);
    const part = <u32>min<u64>(min<u32>(total - done, PAGE_SIZE - within), vnode.size - at);
    const entry = pageEntry(pagesOf(vnode), page);
    if (entry & PAGE_PRESENT) {
      cursor = iovCopy(iovs, first, cursor, done, frameOfEntry(entry) + within, part, IOV_TO_USER);
      if ((entry & PAGE_USED) == 0) store<u32>(pageSlotMake(pagesOf(vnode), page), entry | PAGE_USED);
    } else if (entry == 0 && !pageAtRest(vnode, page)) {
      cursor = iovCopy(iovs, first, cursor, done, 0, part, IOV_ZEROS);
    } else {
      vnodeUnlock(vnode);
      rc = pageIn(vnode, file, page, <u32>((at + (total - done) - 1) >> PAGE_SHIFT) - page + 1);
      vnodeLock(vnode);
      if (rc < 0) break;
      continue;
    }
    if (cursor == IOV_FAULT) {
      rc = -EFAULT;
      break;
    }
    done += part;
    at += part;
    if (offset == AT_OFFSET) file.offset = at;
    if ((done & (CHUNK - 1)) < part) {
      vnodeUnlock(vnode);
      vnodeLock(vnode);
    }
  }
  vnodeUnlock(vnode);
  return done > 0 ? <i32>done : rc;
}

/** fd_write and fd_pwrite. Bytes or -errno. */
export function fileWrite(handle: Handle, iovs: u32, count: u32, offset: u64): i32 {
  const total = iovTotal(iovs, count);
  return total <= 0 ? total : fileWriteAt(changetype<File>(handle.object), handle.fdflags, iovs, iovFirst(), total, offset);
}

/** `total` (> 0) bytes from the vectors, the first of which is `first` (iov.ts). Bytes or -errno. */
export function fileWriteAt(file: File, fdflags: u32, iovs: u32, first: u64, total: i32, offset: u64): i32 {
  const vnode = vnodeOf(file);
  const append = offset == AT_OFFSET && (fdflags & FDFLAGS_APPEND) != 0;
  let done: u32 = 0;
  let cursor: u64 = 0;
  let rc: i32 = 0;
  if (offset != AT_OFFSET && offset > FILE_SIZE_MAX) return -EFBIG;
  while (done < <u32>total && rc == 0) {
    if (fsState().dirtyPages > dirtyLimit() && (vnode.flags & VNODE_PINNED) == 0) {
      rc = vnodeSync(vnode);
      if (rc < 0) break;
    }
    vnodeLock(vnode);
    const at = append ? vnode.size : offset == AT_OFFSET ? file.offset : offset + done;
    const length = <u32>min<u64>(min<u32>(total - done, CHUNK), at < FILE_SIZE_MAX ? FILE_SIZE_MAX - at : 0);
    const missing = length == 0 ? PAGE_NONE : missingPage(vnode, at, length);
    if (length == 0) {
      rc = -EFBIG;
    } else if (missing == PAGE_NONE) {
      const before = done;
      let place = at;
      while (rc == 0 && place < at + length) {
        const within = <u32>(place & PAGE_MASK);
        const part = <u32>min<u64>(PAGE_SIZE - within, at + length - place);
        const next = writePage(vnode, <u32>(place >> PAGE_SHIFT), within, part, iovs, first, cursor, done);
        if (next == IOV_FAULT) rc = -EFAULT;
        else if (next == NO_MEMORY) rc = -ENOMEM;
        else if (next == NO_SPACE) rc = -ENOSPC;
        else {
          cursor = next;
          done += part;
          place += part;
        }
      }
      if (done != before) {
        if (place > vnode.size) vnode.size = place;
        if (offset == AT_OFFSET) file.offset = place;
        stamp(file, vnode);
      }
    }
    vnodeUnlock(vnode);
    if (missing != PAGE_NONE) rc = pageIn(vnode, file, missing, 1);
    if (rc == -ENOMEM && memoryWait() == 0) rc = 0;
  }
  if (rc == -ENOMEM) rc = -ENOSPC;
  if (done > 0 && fdflags & (FDFLAGS_SYNC | FDFLAGS_DSYNC)) {
    const synced = vnodeSync(vnode);
    if (synced < 0) return synced;
  }
  return done > 0 ? <i32>done : rc;
}

/** The content of a page to kernel memory, zeros past the end. 0 or -errno. No lock is held. */
export function fileCopyPage(file: File, page: u32, to: usize): i32 {
  const vnode = vnodeOf(file);
  let rc: i32 = 0;
  while (rc >= 0) {
    vnodeLock(vnode);
    const entry = pageEntry(pagesOf(vnode), page);
    const hole = entry == 0 && !pageAtRest(vnode, page);
    if (entry & PAGE_PRESENT) memory.copy(to, frameOfEntry(entry), PAGE_SIZE);
    else if (hole) memory.fill(to, 0, PAGE_SIZE);
    vnodeUnlock(vnode);
    if (hole || entry & PAGE_PRESENT) return 0;
    rc = pageIn(vnode, file, page, 1);
  }
  return rc;
}

/** A write went through: note it for the service and stamp the file, at most once per time slice. */
function stamp(file: File, vnode: Vnode): void {
  const noted = vnode.flags & (VNODE_PINNED | VNODE_META_DIRTY | VNODE_META_SEEN);
  const slice = core().sliceEndUs;
  if (file.stampedUs == slice && (noted == VNODE_META_DIRTY || noted == VNODE_PINNED)) return;
  file.stampedUs = slice;
  vmoChanged(vnode, stampNs());
}

/** Not cursors either. */
const NO_MEMORY: u64 = IOV_FAULT - 1;
const NO_SPACE: u64 = IOV_FAULT - 2;

/**
 * One page of a write; its old content, where it matters, is there. vnode.lock is held. Content that exists in memory only may
 * take half of it, as Linux's tmpfs, so that the rest of the machine goes on.
 */
function writePage(vnode: Vnode, page: u32, within: u32, part: u32, iovs: u32, first: u64, cursor: u64, done: u32): u64 {
  const slot = pageSlotMake(pagesOf(vnode), page);
  if (slot == 0) return NO_MEMORY;
  const entry = load<u32>(slot);
  if (entry == 0 && vnode.flags & VNODE_PINNED && fsState().pinnedPages >= framesTotal() >> 1) return NO_SPACE;
  const frame = entry == 0 ? frameAlloc() : frameOfEntry(entry);
  if (frame == 0) return NO_MEMORY;
  const next = iovCopy(iovs, first, cursor, done, frame + within, part, IOV_FROM_USER);
  if (entry == 0) {
    if (next == IOV_FAULT) {
      frameFree(frame);
      return next;
    }
    pageEnter(vnode, slot, frame, 0);
  }
  // A failed copy over several buffers may have changed part of the page.
  pageTouch(vnode, slot);
  return next;
}

/** The first page of a write that must be read in, or waited for, before; or PAGE_NONE. vnode.lock is held. */
function missingPage(vnode: Vnode, at: u64, length: u32): u32 {
  const end = at + length;
  const last = <u32>((end - 1) >> PAGE_SHIFT);
  for (let page = <u32>(at >> PAGE_SHIFT); page <= last; page++) {
    const entry = pageEntry(pagesOf(vnode), page);
    if (entry & PAGE_LOADING) return page;
    if (entry != 0 || !pageAtRest(vnode, page)) continue;
    const start = <u64>page << PAGE_SHIFT;
    // What a write covers up to the page's end, or the file's, need not be read.
    const covered = start >= at && (end >= start + PAGE_SIZE || end >= vnode.size);
    if (!covered) return page;
  }
  return PAGE_NONE;
}

function dirtyLimit(): u32 {
  return min(framesTotal() >> 2, DIRTY_MAX);
}

/** Have the service write the file back and commit. 0 or -errno. */
export function vnodeSync(vnode: Vnode): i32 {
  const slot = slotAlloc(VFS_FSYNC);
  if (slot < 0) return slot;
  store<u64>(slot + SLOT_O_NODE, vnode.node);
  const rc = slotCall(slot);
  slotFree(slot);
  const failed = vnodeTakeErrno(vnode);
  return rc < 0 ? rc : failed;
}

/** A write-back error nobody has been told of: -errno, once, or 0. */
export function vnodeTakeErrno(vnode: Vnode): i32 {
  if (vnode.writeErrno == 0) return 0;
  vnodeLock(vnode);
  const errno = <i32>vnode.writeErrno;
  vnode.writeErrno = 0;
  vnodeUnlock(vnode);
  return -errno;
}

/** Moves `File.offset`; `whence` is preview 1's (SET, CUR, END). 0 or -EINVAL. */
export function fileSeek(file: File, delta: i64, whence: u32): i32 {
  const vnode = vnodeOf(file);
  if (whence > <u32>WHENCE_END) return -EINVAL;
  vnodeLock(vnode);
  const base = whence == WHENCE_SET ? 0 : whence == WHENCE_CUR ? <i64>file.offset : <i64>vnode.size;
  const to = base + delta;
  const good = to >= 0 && (delta < 0 || to >= base);
  if (good) file.offset = <u64>to;
  vnodeUnlock(vnode);
  return good ? 0 : -EINVAL;
}
