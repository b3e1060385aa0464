// Redirections, done on the shell's own descriptors: commands inherit the result, and the originals come back after.
import { EBADF, EEXIST, ENOENT, ENOTDIR } from "../../../../abi/src/errno";
import { PIPE_CAPACITY } from "../../../../abi/src/params";
import {
  FDFLAGS_APPEND,
  FILETYPE_REGULAR_FILE,
  OFLAGS_CREAT,
  OFLAGS_EXCL,
  OFLAGS_TRUNC,
} from "../../../../abi/src/wasi";
import { toMemory } from "../../lib/bytes";
import { errorText } from "../../lib/errno-text";
import { writeAll } from "../../lib/io";
import { isNumber } from "../chars";
import { expandQuoted, expandToText } from "../expand/expand";
import { Option, options } from "../options";
import { flushOutput, writeError, writeErrorTo } from "../output";
import { Redirect, RedirectKind } from "../parse/ast";
import { fatal } from "../report";
import { Skip, shell } from "../state";
import {
  close,
  duplicate,
  duplicateTo,
  exists,
  makePipe,
  open,
  pipeRead,
  pipeWrite,
  SHELL_FD,
  stat,
  toShellRange,
} from "./files";
import { closeForScripts, isPreopen } from "./preopens";
import { spawnWriter } from "./subprocess";
import { applyMask, creationMask, DEFAULT_MASK } from "./umask";

/** What a list is before anything is saved: most commands redirect nothing, and each has lists of its own. */
const NOTHING: i32[] = [];

/** Descriptors as they were: parallel lists of numbers and copies (-1: was closed). */
export class SavedDescriptors {
  private fds: i32[] = NOTHING;
  private copies: i32[] = NOTHING;

  private prepare(): void {
    if (this.fds !== NOTHING) return;
    this.fds = [];
    this.copies = [];
  }

  private clear(): void {
    this.fds = NOTHING;
    this.copies = NOTHING;
  }

  /** Remembers `fd` unless it is remembered already. */
  save(fd: i32): void {
    if (this.fds.indexOf(fd) >= 0) return;
    this.prepare();
    this.fds.push(fd);
    const copy = isPreopen(fd) ? -1 : duplicate(fd, SHELL_FD, true);
    this.copies.push(copy >= 0 ? copy : -1);
  }

  restore(): void {
    if (this.fds.length == 0) return;
    flushOutput();
    for (let i = this.fds.length - 1; i >= 0; i--) {
      const copy = this.copies[i];
      if (copy < 0) closeForScripts(this.fds[i]);
      else {
        duplicateTo(copy, this.fds[i]);
        close(copy);
      }
    }
    this.clear();
  }

  /** Takes over what another remembers, as far as it is older news here. */
  adopt(other: SavedDescriptors): void {
    this.prepare();
    for (let i = 0; i < other.fds.length; i++) {
      if (this.fds.indexOf(other.fds[i]) < 0) {
        this.fds.push(other.fds[i]);
        this.copies.push(other.copies[i]);
      } else if (other.copies[i] >= 0) close(other.copies[i]);
    }
    other.clear();
  }

  /** Writes to standard error as it was before. */
  writeError(text: string): void {
    const at = this.fds.indexOf(2);
    if (at < 0) writeError(text);
    else if (this.copies[at] >= 0) writeErrorTo(this.copies[at], text);
  }

  /** Makes the present descriptors permanent. */
  forget(): void {
    for (let i = 0; i < this.copies.length; i++) if (this.copies[i] >= 0) close(this.copies[i]);
    this.clear();
  }
}

/** dash's words for a failure to open. */
function reason(errno: i32, creating: bool): string {
  if (errno != ENOENT && errno != ENOTDIR) return errorText(errno);
  return creating ? "Directory nonexistent" : "No such file";
}

/** Makes `fd` be `from`, which is used up. */
function install(from: i32, fd: i32, saved: SavedDescriptors): bool {
  saved.save(fd);
  duplicateTo(from, fd);
  close(from);
  return true;
}

/** Performs the redirections in order. False, with a message and Skip.Error, at the first that fails. */
export function redirect(list: Redirect[], saved: SavedDescriptors): bool {
  if (list.length > 0) flushOutput();
  for (let i = 0; i < list.length; i++) {
    if (!redirectOne(list[i], saved)) return false;
  }
  return true;
}

function redirectOne(item: Redirect, saved: SavedDescriptors): bool {
  if (item.kind == RedirectKind.Here) return redirectHere(item, saved);
  const target = expandToText(item.word);
  if (shell.skip != Skip.None) return false;
  if (item.kind == RedirectKind.DupInput || item.kind == RedirectKind.DupOutput)
    return duplicateOne(item, target, saved);
  const fd = openTarget(item.kind, target);
  if (fd < 0) {
    const creating = item.kind != RedirectKind.Input;
    fatal("cannot " + (creating ? "create " : "open ") + target + ": " + reason(-fd, creating));
    return false;
  }
  return install(toShellRange(fd), item.fd, saved);
}

function openTarget(kind: RedirectKind, path: string): i32 {
  if (kind == RedirectKind.Input) return open(path, 4, 0, 0);
  const masked = creationMask() != DEFAULT_MASK && !exists(path);
  let fd: i32;
  if (kind == RedirectKind.Append) fd = open(path, 2, OFLAGS_CREAT, FDFLAGS_APPEND);
  else if (kind == RedirectKind.ReadWrite) fd = open(path, 6, OFLAGS_CREAT, 0);
  else if (kind == RedirectKind.Output && options[Option.NoClobber]) fd = openNew(path);
  else fd = open(path, 2, OFLAGS_CREAT | OFLAGS_TRUNC, 0);
  if (fd >= 0 && masked) applyMask(path);
  return fd;
}

/** `>` under `set -C`: only regular files are protected. */
function openNew(path: string): i32 {
  const present = stat(path, true);
  if (present === null) return open(path, 2, OFLAGS_CREAT | OFLAGS_EXCL, 0);
  return present.type == FILETYPE_REGULAR_FILE ? -EEXIST : open(path, 2, 0, 0);
}

function duplicateOne(item: Redirect, target: string, saved: SavedDescriptors): bool {
  if (target == "-") {
    saved.save(item.fd);
    closeForScripts(item.fd);
    return true;
  }
  if (!isNumber(target)) {
    fatal("Syntax error: Bad fd number");
    return false;
  }
  const from = <i32>parseInt(target);
  if (from == item.fd) return true;
  const copy = isPreopen(from) ? -EBADF : duplicate(from, SHELL_FD, true);
  if (copy < 0) {
    fatal(target + ": " + errorText(-copy));
    return false;
  }
  return install(copy, item.fd, saved);
}

function redirectHere(item: Redirect, saved: SavedDescriptors): bool {
  const text = expandQuoted(item.word);
  if (shell.skip != Skip.None) return false;
  const error = makePipe();
  if (error != 0) {
    fatal("Pipe call failed");
    return false;
  }
  const read = pipeRead;
  const write = pipeWrite;
  if (text.length <= PIPE_CAPACITY) {
    const bytes = heap.alloc(text.length);
    toMemory(text, bytes);
    writeAll(write, bytes, text.length);
    heap.free(bytes);
  } else {
    spawnWriter(write, text);
  }
  close(write);
  return install(read, item.fd, saved);
}
