/** Bytes between VMOs and the current process. */
import { ERANGE } from "../../../abi/src/errno";
import { PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { fileReadAt, fileWriteAt } from "../fs/file";
import { File } from "../fs/object";
import { frameOfEntry, PAGE_DIRTY, PAGE_PRESENT, PAGE_USED } from "../mem/page-table";
import { checkRange, copyIn, copyOut, fillUser, userSlice } from "../user";
import { pagesIn } from "./fault";
import { pagesOwn } from "./pages";
import { entryAt, slotAt, Vmo, vmoLock, vmoSize, vmoUnlock } from "./vmo";
import { vmoDrain } from "./write-back";

/** What is moved under one lock: a transfer of up to this size is one step for all others. */
const CHUNK: u32 = 65536;
const PAGE_MASK: u64 = PAGE_SIZE - 1;
/** Pages of a pager's VMO that may wait for write-back before its writers do (4 MiB). */
const DIRTY_MAX: u32 = 1024;

/** Is [offset, offset + length) inside, and there? 0, -ERANGE or -EFAULT. */
function check(vmo: Vmo, offset: u64, user: u32, length: u32): i32 {
  const size = vmoSize(vmo);
  if (offset > size || length > size - offset) return -ERANGE;
  return checkRange(userSlice(user, length));
}

/** 0 or -errno. */
export function vmoRead(vmo: Vmo, offset: u64, user: u32, length: u32): i32 {
  let rc = check(vmo, offset, user, length);
  if (rc < 0 || length == 0) return rc;
  if (vmo.file != 0) return whole(fileReadAt(changetype<File>(vmo.file), 0, userSlice(user, length), length, offset), length);
  while (rc >= 0 && length != 0) {
    const chunk = min(length, CHUNK);
    const end = offset + chunk;
    vmoLock(vmo);
    rc = end > vmo.size ? -ERANGE : 0;
    while (rc == 0 && offset < end) {
      const within = <u32>(offset & PAGE_MASK);
      const part = min(<u32>(end - offset), PAGE_SIZE - within);
      const entry = entryAt(vmo, <u32>(offset >> PAGE_SHIFT));
      if (entry & PAGE_PRESENT) rc = copyOut(user, frameOfEntry(entry) + within, part);
      else if (vmo.pager != 0) break;
      else rc = fillUser(user, 0, part);
      user += part;
      offset += part;
      length -= part;
    }
    vmoUnlock(vmo);
    if (rc == 0 && offset < end) rc = pagesIn(vmo, <u32>(offset >> PAGE_SHIFT), <u32>((end - 1) >> PAGE_SHIFT) + 1);
  }
  return rc;
}

/** A file may have become shorter meanwhile. */
function whole(rc: i32, length: u32): i32 {
  return rc < 0 ? rc : <u32>rc == length ? 0 : -ERANGE;
}

/** 0 or -errno: then nothing is written, but for a pager's VMO or one cloned meanwhile up to whole chunks of 64 KiB. */
export function vmoWrite(vmo: Vmo, offset: u64, user: u32, length: u32): i32 {
  let rc = check(vmo, offset, user, length);
  if (rc < 0 || length == 0) return rc;
  if (vmo.file != 0) return whole(fileWriteAt(changetype<File>(vmo.file), 0, 0, userSlice(user, length), length, offset), length);
  if (vmo.pager == 0 && length > CHUNK) {
    rc = pagesOwn(vmo, <u32>(offset >> PAGE_SHIFT), <u32>((offset + length - 1) >> PAGE_SHIFT) + 1);
    if (rc == 0) vmoUnlock(vmo);
  }
  while (rc == 0 && length != 0) {
    const chunk = min(length, CHUNK);
    if (vmo.dirty > DIRTY_MAX) rc = vmoDrain(vmo, DIRTY_MAX);
    if (rc == 0) rc = pagesOwn(vmo, <u32>(offset >> PAGE_SHIFT), <u32>((offset + chunk - 1) >> PAGE_SHIFT) + 1);
    if (rc < 0) break;
    rc = into(vmo, offset, user, chunk);
    vmoUnlock(vmo);
    user += chunk;
    offset += chunk;
    length -= chunk;
  }
  return rc;
}

/** Not an address: a program's memory ends below. */
export const ZEROS: u32 = 0xffffffff;

/** Into pages that are the VMO's own. `user` ZEROS: zeros. vmo.lock is held. 0 or -EFAULT. */
export function into(vmo: Vmo, offset: u64, user: u32, length: u32): i32 {
  let rc: i32 = 0;
  while (length != 0) {
    const slot = slotAt(vmo, <u32>(offset >> PAGE_SHIFT));
    const within = <u32>(offset & PAGE_MASK);
    const part = min(length, PAGE_SIZE - within);
    const entry = load<u32>(slot);
    const at = frameOfEntry(entry) + within;
    if (user != ZEROS) rc |= copyIn(at, user, part);
    else memory.fill(at, 0, part);
    if (vmo.pager != 0) {
      if ((entry & PAGE_DIRTY) == 0) vmo.dirty++;
      store<u32>(slot, entry | PAGE_DIRTY | PAGE_USED);
    }
    if (user != ZEROS) user += part;
    offset += part;
    length -= part;
  }
  return rc;
}
