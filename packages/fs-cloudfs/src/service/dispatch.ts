import { ENOSYS } from "@cloudos/abi/errno";
import * as protocol from "@cloudos/abi/vfs-protocol";
import { fail } from "../vfs/errors.ts";
import * as content from "./content-requests.ts";
import { readdir } from "./directory-requests.ts";
import { exec } from "./exec-requests.ts";
import { mount, umount } from "./mount-requests.ts";
import * as names from "./name-requests.ts";
import type { Handler } from "./requests.ts";

const unknown: Handler = () => fail(ENOSYS);

/** Handlers by VFS_* number. */
const HANDLERS: Handler[] = [];
HANDLERS[protocol.VFS_OPEN] = names.open;
HANDLERS[protocol.VFS_STAT] = names.stat;
HANDLERS[protocol.VFS_SET_TIMES] = names.setTimes;
HANDLERS[protocol.VFS_CHMOD] = names.chmod;
HANDLERS[protocol.VFS_MKDIR] = names.mkdir;
HANDLERS[protocol.VFS_RMDIR] = names.rmdir;
HANDLERS[protocol.VFS_UNLINK] = names.unlink;
HANDLERS[protocol.VFS_RENAME] = names.rename;
HANDLERS[protocol.VFS_LINK] = names.link;
HANDLERS[protocol.VFS_SYMLINK] = names.symlink;
HANDLERS[protocol.VFS_READLINK] = names.readlink;
HANDLERS[protocol.VFS_READDIR] = readdir;
HANDLERS[protocol.VFS_PAGE_IN] = content.pageIn;
HANDLERS[protocol.VFS_FSYNC] = content.fsync;
HANDLERS[protocol.VFS_SYNC] = content.sync;
HANDLERS[protocol.VFS_STATFS] = content.statfs;
HANDLERS[protocol.VFS_RELEASE] = content.release;
HANDLERS[protocol.VFS_EXEC] = exec;
HANDLERS[protocol.VFS_REALPATH] = names.realpath;
HANDLERS[protocol.VFS_CHDIR] = names.chdir;
HANDLERS[protocol.VFS_MOUNT] = mount;
HANDLERS[protocol.VFS_UMOUNT] = umount;
HANDLERS[protocol.VFS_ALLOCATE] = content.allocate;
HANDLERS[protocol.VFS_ACCESS] = names.access;

export function handlerOf(op: number): Handler {
  return HANDLERS[op] ?? unknown;
}
