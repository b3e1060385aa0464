/** cloudos_v1 calls on names and file systems. */
import { AT_CWD } from "../../../abi/src/cloudos-v1";
import { EINVAL, ENAMETOOLONG, ENOTCAPABLE, ERANGE } from "../../../abi/src/errno";
import { PAGE_SIZE } from "../../../abi/src/params";
import {
  RIGHT_PATH_FILESTAT_GET, RIGHT_PATH_FILESTAT_SET_TIMES, RIGHT_PATH_OPEN,
} from "../../../abi/src/rights";
import {
  SLOT_BUF_SIZE, SLOT_O_BUF1, SLOT_O_BUF2, SLOT_O_FS_TOTAL, SLOT_O_LEN1, SLOT_O_LEN2, SLOT_O_MODE, SLOT_O_NODE, SLOT_O_ROOT, VFS_ACCESS,
  VFS_CHDIR, VFS_CHMOD, VFS_MOUNT, VFS_REALPATH, VFS_STAT, VFS_STATFS, VFS_SYNC, VFS_UMOUNT, WALK_FOLLOW,
} from "../../../abi/src/vfs-protocol";
import { currentProcess } from "../core";
import { pathAsk, pathCall, pathRequest, walkFlags } from "../fs/path";
import { slotAlloc, slotFree } from "../fs/requests";
import { STAT_CLOUDOS, statOut } from "../fs/stat";
import { sysReturn } from "../proc/deliver";
import { copyIn, copyOut, store32 } from "../user";

const MODE_ALL: u32 = 0o7777;
const ACCESS_ALL: u32 = 7;
const STATFS_SIZE: u32 = 40;

export function c1_path_chdir(fd: u32, path: u32, length: u32): i32 {
  const process = currentProcess();
  if (process.rootNode == 0) return ENOTCAPABLE;
  const slot = pathAsk(pathRequest(VFS_CHDIR, WALK_FOLLOW, fd, RIGHT_PATH_OPEN, path, length));
  if (slot < 0) return sysReturn(slot);
  process.cwdNode = load<u64>(slot, SLOT_O_NODE);
  slotFree(slot);
  return 0;
}

/** The text of a reply to the program, whole or not at all. */
function textOut(slot: i32, to: u32, capacity: u32, used: u32): i32 {
  if (slot < 0) return sysReturn(slot);
  const length = load<u32>(slot, SLOT_O_LEN1);
  let rc = store32(used, length);
  if (rc >= 0) rc = length > capacity ? -ERANGE : copyOut(to, slot + SLOT_O_BUF1, length);
  slotFree(slot);
  return -rc;
}

export function c1_path_getcwd(to: u32, capacity: u32, used: u32): i32 {
  const process = currentProcess();
  if (process.rootNode == 0) return ENOTCAPABLE;
  const slot = slotAlloc(VFS_REALPATH);
  if (slot >= 0) {
    store<u64>(slot, process.cwdNode, SLOT_O_NODE);
    store<u64>(slot, process.rootNode, SLOT_O_ROOT);
  }
  return textOut(pathAsk(slot), to, capacity, used);
}

export function c1_path_realpath(fd: u32, path: u32, length: u32, to: u32, capacity: u32, used: u32): i32 {
  const slot = pathRequest(VFS_REALPATH, WALK_FOLLOW, fd, RIGHT_PATH_FILESTAT_GET, path, length);
  return textOut(pathAsk(slot), to, capacity, used);
}

export function c1_path_stat(fd: u32, lookup: u32, path: u32, length: u32, out: u32): i32 {
  const slot = pathRequest(VFS_STAT, walkFlags(lookup), fd, RIGHT_PATH_FILESTAT_GET, path, length);
  return sysReturn(statOut(pathAsk(slot), out, STAT_CLOUDOS));
}

export function c1_path_chmod(fd: u32, lookup: u32, path: u32, length: u32, mode: u32): i32 {
  if (mode > MODE_ALL) return EINVAL;
  // WASI has no right for modes; who may set times may set these.
  const slot = pathRequest(VFS_CHMOD, walkFlags(lookup), fd, RIGHT_PATH_FILESTAT_SET_TIMES, path, length);
  if (slot >= 0) store<u32>(slot, mode, SLOT_O_MODE);
  return sysReturn(pathCall(slot));
}

export function c1_path_access(fd: u32, path: u32, length: u32, mode: u32): i32 {
  if (mode > ACCESS_ALL) return EINVAL;
  const slot = pathRequest(VFS_ACCESS, WALK_FOLLOW, fd, RIGHT_PATH_FILESTAT_GET, path, length);
  if (slot >= 0) store<u32>(slot, mode, SLOT_O_MODE);
  return sysReturn(pathCall(slot));
}

export function c1_path_statfs(fd: u32, path: u32, length: u32, out: u32): i32 {
  const slot = pathAsk(pathRequest(VFS_STATFS, WALK_FOLLOW, fd, RIGHT_PATH_FILESTAT_GET, path, length));
  if (slot < 0) return sysReturn(slot);
  const to = slot + SLOT_O_BUF2;
  memory.copy(to, slot + SLOT_O_FS_TOTAL, STATFS_SIZE - 8);
  store<u64>(to, PAGE_SIZE, STATFS_SIZE - 8);
  const rc = copyOut(out, to, STATFS_SIZE);
  slotFree(slot);
  return -rc;
}

export function c1_fs_sync(): i32 {
  return sysReturn(pathCall(slotAlloc(VFS_SYNC)));
}

/** `spec` is "type\0source\0options": text the service parses. */
export function c1_fs_mount(spec: u32, specLength: u32, target: u32, length: u32): i32 {
  if (specLength > <u32>SLOT_BUF_SIZE) return ENAMETOOLONG;
  const slot = pathRequest(VFS_MOUNT, WALK_FOLLOW, AT_CWD, 0, target, length);
  if (slot < 0) return sysReturn(slot);
  store<u32>(slot, specLength, SLOT_O_LEN2);
  const rc = copyIn(slot + SLOT_O_BUF2, spec, specLength);
  if (rc >= 0) return sysReturn(pathCall(slot));
  slotFree(slot);
  return -rc;
}

export function c1_fs_umount(target: u32, length: u32): i32 {
  return sysReturn(pathCall(pathRequest(VFS_UMOUNT, WALK_FOLLOW, AT_CWD, 0, target, length)));
}
