/** The SPAWN struct of proc_spawn: checked first, applied to a child that nobody can see yet, then made public. */
import { EBADF, EINVAL, ENOTDIR, ENOTTY, EPERM } from "../../../abi/src/errno";
import {
  SPAWN_CLEARFDS, SPAWN_CONFINED, SPAWN_FOREGROUND, SPAWN_NONE, SPAWN_SETPGROUP, SPAWN_SETSID, SPAWN_SIZE,
} from "../../../abi/src/cloudos-v1";
import { OBJECT_DIR, OBJECT_TTY } from "../../../abi/src/kernel-interface";
import { MAX_HANDLES } from "../../../abi/src/params";
import { RIGHT_DUPLICATE } from "../../../abi/src/rights";
import { SIGKILL, SIGSTOP } from "../../../abi/src/signals";
import { core, currentProcess, KCore } from "../core";
import { DIR_CWD, DIR_ROOT, File } from "../fs/object";
import { Handle, handleAt, handleClose, handleDuplicate, handleLimit, handleNamed, preopenCopy } from "../obj/handle";
import { Process } from "../proc/process";
import { groupExists, treeLock, treeUnlock } from "../proc/tree";
import { ttyDetach } from "../tty/foreground";
import { Tty } from "../tty/tty";
import { copyIn, load64 } from "../user";

/** The struct as the program passes it; offsets are the abi's. */
@unmanaged
export class Attributes {
  flags: u32;
  pgid: u32;
  map: u32;
  mapLength: u32;
  cwd: u32;
  memoryLimit: u32;
  tty: u32;
  signalsDefault: u32;
  signalsIgnore: u32;
  processLimit: u32;
  root: u32;
  job: u32;
  /** Kernel's own: CONFINED was asked for. */
  confined: u32;
}

const KNOWN_FLAGS: u32 = 127;
const ALL_RIGHTS: u32 = 0xffffffff;

/** `attr` 0 is a struct that asks for nothing. 0 or -errno. */
export function attributesRead(attributes: Attributes, attr: u32): i32 {
  attributes.cwd = SPAWN_NONE;
  attributes.root = SPAWN_NONE;
  if (attr == 0) return 0;
  const rc = copyIn(changetype<usize>(attributes), attr, SPAWN_SIZE);
  if (rc < 0) return rc;
  attributes.confined = attributes.flags & SPAWN_CONFINED;
  if ((attributes.flags & ~KNOWN_FLAGS) != 0) return -EINVAL;
  if (attributes.mapLength > <u32>MAX_HANDLES) return -EINVAL;
  return 0;
}

/** Names, limits, signals and descriptors. 0 or -errno; the child is discarded then. */
export function attributesApply(attributes: Attributes, parent: Process, child: Process): i32 {
  // Are the directories directories?
  if (attributes.cwd != SPAWN_NONE) {
    const rc = directoryOf(parent, attributes.cwd, changetype<usize>(child) + offsetof<Process>("cwdNode"));
    if (rc < 0) return rc;
  }
  if (attributes.root != SPAWN_NONE) {
    const rc = directoryOf(parent, attributes.root, changetype<usize>(child) + offsetof<Process>("rootNode"));
    if (rc < 0) return rc;
  }
  // Is the terminal a terminal?
  if ((attributes.flags & SPAWN_FOREGROUND) != 0) {
    const handle = handleAt(parent, attributes.tty);
    if (handle === null) return -EBADF;
    if (handle.type != OBJECT_TTY) return -ENOTTY;
  }
  // Is the group in the session?
  if ((attributes.flags & SPAWN_SETPGROUP) != 0 && attributes.pgid != 0) {
    treeLock();
    const known = groupExists(attributes.pgid, parent.sid);
    treeUnlock();
    if (!known) return -EPERM;
  }
  child.ignored = (child.ignored & ~attributes.signalsDefault) | attributes.signalsIgnore;
  child.ignored &= ~(<u32>1 << (SIGKILL - 1) | <u32>1 << (SIGSTOP - 1));
  child.processLimit = min(child.processLimit, parent.processLimit);
  const rc = (attributes.flags & SPAWN_CLEARFDS) != 0 ? 0 : inherit(parent, child);
  return rc < 0 ? rc : applyMap(attributes, parent, child);
}

/** A descriptor's or a handle value's index in the handle table. */
const INDEX_MASK: u32 = MAX_HANDLES - 1;


function directoryOf(process: Process, fd: u32, out: usize): i32 {
  const handle = handleAt(process, fd);
  if (handle === null) return -EBADF;
  if (handle.type != OBJECT_DIR) return -ENOTDIR;
  const directory = changetype<File>(<usize>handle.object);
  let node = directory.node;
  if ((directory.flags & DIR_ROOT) != 0) node = process.rootNode;
  else if ((directory.flags & DIR_CWD) != 0) node = process.cwdNode;
  store<u64>(out, node);
  return 0;
}

/** Every descriptor that is not close-on-exec, with its number and, for preopens, its name. */
function inherit(parent: Process, child: Process): i32 {
  const end = handleLimit(parent);
  for (let fd: u32 = 0; fd < end; fd++) {
    const handle = handleAt(parent, fd);
    if (handle === null || handle.cloexec != 0) continue;
    let rc = handleDuplicate(parent, fd, child, fd, ALL_RIGHTS, false);
    if (rc == 0 && handle.preopen != 0) rc = preopenCopy(handle, handleAt(child, fd) as Handle);
    if (rc < 0) return rc;
  }
  return 0;
}

/** Sources are the parent's descriptors, so the order of the entries does not matter. */
function applyMap(attributes: Attributes, parent: Process, child: Process): i32 {
  const entry = changetype<usize>(core()) + offsetof<KCore>("scratch0");
  for (let i: u32 = 0; i < attributes.mapLength; i++) {
    let rc = load64(attributes.map + (i << 3), entry);
    if (rc < 0) return rc;
    const to = load<u32>(entry);
    const from = load<u32>(entry, 4);
    if (from == SPAWN_NONE) {
      handleClose(child, to);
      continue;
    }
    const handle = handleNamed(parent, from);
    if (handle === null || (handle.rights & RIGHT_DUPLICATE) == 0) return -EBADF;
    rc = handleDuplicate(parent, from & INDEX_MASK, child, to, ALL_RIGHTS, false);
    if (rc == 0 && handle.preopen != 0) rc = preopenCopy(handle, handleAt(child, to) as Handle);
    if (rc < 0) return rc;
  }
  return 0;
}

/** Groups and the foreground: seen by others from here on. Nothing fails. */
export function attributesCommit(attributes: Attributes, child: Process): void {
  treeLock();
  if ((attributes.flags & SPAWN_SETPGROUP) != 0) child.pgid = attributes.pgid != 0 ? attributes.pgid : child.pid;
  if ((attributes.flags & SPAWN_SETSID) != 0) {
    child.sid = child.pid;
    child.pgid = child.pid;
  }
  const handle = handleAt(currentProcess(), attributes.tty);
  if ((attributes.flags & SPAWN_FOREGROUND) != 0 && handle !== null && child.tty == handle.object) {
    changetype<Tty>(<usize>handle.object).foreground = child.pgid;
  }
  treeUnlock();
  if ((attributes.flags & SPAWN_SETSID) != 0) ttyDetach(child);
}
