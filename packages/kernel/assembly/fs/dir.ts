/** fd_readdir. */
import { SLOT_O_BUF1, SLOT_O_COOKIE, SLOT_O_LEN1, VFS_READDIR } from "../../../abi/src/vfs-protocol";
import { copyOut } from "../user";
import { File } from "./object";
import { nodeRequest, pathAsk } from "./path";
import { slotFree } from "./requests";

/** `dirent`: u64 next cookie, u64 inode, u32 name length, u8 type, padding; then the name. */
const DIRENT_SIZE: usize = 24;
const DIRENT_O_NAMLEN: usize = 16;

/**
 * Fills the program's buffer with entries from `cookie` on. As the specification has it, the last one is cut off where the buffer
 * ends, so a buffer that is not full means the end of the directory. Bytes put there, or -errno.
 */
export function dirRead(dir: File, buffer: u32, length: u32, cookie: u64): i32 {
  let used: u32 = 0;
  while (used < length) {
    let slot = nodeRequest(VFS_READDIR, dir);
    if (slot >= 0) store<u64>(slot, cookie, SLOT_O_COOKIE);
    slot = pathAsk(slot);
    if (slot < 0) return slot;
    const records = slot + SLOT_O_BUF1;
    const run = load<u32>(slot, SLOT_O_LEN1);
    const part = min(run, length - used);
    const rc = copyOut(buffer + used, records, part);
    cookie = lastCookie(records, run);
    slotFree(slot);
    if (rc < 0) return rc;
    if (run == 0) break;
    used += part;
  }
  return used;
}

/** Where the entries of a run leave off. */
function lastCookie(at: usize, run: u32): u64 {
  const end = at + run;
  let cookie: u64 = 0;
  while (at < end) {
    cookie = load<u64>(at);
    at += DIRENT_SIZE + load<u32>(at, DIRENT_O_NAMLEN);
  }
  return cookie;
}
