import { SLOT_BUF_SIZE, SLOT_O_BUF1, SLOT_O_COOKIE, SLOT_O_LEN1, SLOT_O_NODE } from "@cloudos/abi/vfs-protocol";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { MAY_READ, requireAccess } from "../vfs/access.ts";
import { programFileType } from "../vfs/file-system.ts";
import type { Mount } from "../vfs/mounts.ts";
import type { Handler } from "./requests.ts";

/** WASI dirent: u64 next cookie, u64 inode, u32 name length, u8 type, 3 pad. */
const DIRENT_SIZE = 24;
const COOKIE_DOT = 1;
const COOKIE_DOT_DOT = 2;
const encoder = new TextEncoder();

/** Buffers 1 and 2 lie one after the other and take the records in one run. */
export const readdir: Handler = (context, slot) => {
  const mount = context.vfs.mounts.mount(slot.nodeSpace(SLOT_O_NODE));
  const ino = slot.nodeIno(SLOT_O_NODE);
  const dir = mount.fs.attributes(ino);
  requireAccess(dir, MAY_READ);
  const after = slot.count(SLOT_O_COOKIE);

  const record = new Uint8Array(SLOT_BUF_SIZE * 2);
  const view = new DataView(record.buffer);
  let used = 0;
  const take = (name: string, child: number, type: number, next: number): boolean => {
    if (used + DIRENT_SIZE + name.length > record.length) return false;
    const room = record.subarray(used + DIRENT_SIZE);
    const { read, written } = encoder.encodeInto(name, room);
    if (read < name.length) return false;
    view.setBigUint64(used, BigInt(next), true);
    view.setBigUint64(used + 8, BigInt(child), true);
    view.setUint32(used + 16, written, true);
    view.setUint32(used + 20, programFileType(type), true);
    used += DIRENT_SIZE + written;
    return true;
  };

  if (after < COOKIE_DOT) take(".", ino, FILETYPE_DIRECTORY, COOKIE_DOT);
  if (after < COOKIE_DOT_DOT) take("..", parentOf(mount, ino), FILETYPE_DIRECTORY, COOKIE_DOT_DOT);
  mount.fs.readdir(ino, after, take);
  slot.putRun(SLOT_O_LEN1, SLOT_O_BUF1, record.subarray(0, used));
};

function parentOf(mount: Mount, ino: number): number {
  if (ino !== mount.rootIno || mount.parent === undefined) return mount.fs.parent(ino);
  return mount.parent.fs.parent(mount.pointIno);
}
