import type { FileSystem } from "../vfs/file-system.ts";
import { LOCK_TYPE_READ, LOCK_TYPE_UNLOCK, LOCK_TYPE_WRITE } from "./protocol.ts";

/** A POSIX record lock. */
export interface RecordLock {
  /** LOCK_TYPE_READ or LOCK_TYPE_WRITE. */
  readonly type: number;
  readonly start: number;
  /** First byte not locked; Infinity to the end of the file, wherever that is. */
  readonly end: number;
  readonly owner: LockOwner;
}

/** A process of a client of a server. */
export interface LockOwner {
  readonly server: object;
  readonly clientId: string;
  readonly processId: number;
  /** The fid the lock came through: closing it lets go. */
  readonly fid: number;
}

/** Locks are of the file, whichever server they come through: machines that share a directory see each other's. */
const locksOf = new WeakMap<FileSystem, Map<number, RecordLock[]>>();

function sameProcess(a: LockOwner, b: LockOwner): boolean {
  return a.server === b.server && a.clientId === b.clientId && a.processId === b.processId;
}

/** The first lock of another process that stands in the way. */
export function findConflict(fs: FileSystem, ino: number, wanted: RecordLock): RecordLock | undefined {
  return locksOf
    .get(fs)
    ?.get(ino)
    ?.find(
      (held) =>
        !sameProcess(held.owner, wanted.owner) &&
        held.start < wanted.end &&
        wanted.start < held.end &&
        (held.type === LOCK_TYPE_WRITE || wanted.type === LOCK_TYPE_WRITE),
    );
}

/**
 * Sets or (LOCK_TYPE_UNLOCK) takes away a lock: what the process already holds in the range is replaced, and may be split by it. False
 * when another process's lock stands in the way.
 */
export function setLock(fs: FileSystem, ino: number, wanted: RecordLock): boolean {
  if (wanted.type !== LOCK_TYPE_UNLOCK && findConflict(fs, ino, wanted) !== undefined) return false;
  const kept: RecordLock[] = [];
  for (const held of locksOf.get(fs)?.get(ino) ?? []) {
    if (!sameProcess(held.owner, wanted.owner) || held.end <= wanted.start || wanted.end <= held.start) {
      kept.push(held);
      continue;
    }
    if (held.start < wanted.start) kept.push({ ...held, end: wanted.start });
    if (held.end > wanted.end) kept.push({ ...held, start: wanted.end });
  }
  if (wanted.type !== LOCK_TYPE_UNLOCK) kept.push(wanted);
  store(fs, ino, kept);
  return true;
}

/** Lets go of all that matches. */
export function releaseLocks(fs: FileSystem, ino: number, matches: (owner: LockOwner) => boolean): void {
  const held = locksOf.get(fs)?.get(ino);
  if (held?.some(({ owner }) => matches(owner))) {
    store(
      fs,
      ino,
      held.filter(({ owner }) => !matches(owner)),
    );
  }
}

export function locksThrough(fs: FileSystem, ino: number, server: object, fid: number): readonly RecordLock[] {
  const held = locksOf.get(fs)?.get(ino);
  return held?.filter(({ owner }) => owner.server === server && owner.fid === fid) ?? [];
}

/** How many locks one file may carry: a guest that locks every second byte must not fill the tab's memory. */
export const LOCKS_MAX = 4096;

export function lockCount(fs: FileSystem, ino: number): number {
  return locksOf.get(fs)?.get(ino)?.length ?? 0;
}

export function isLockType(type: number): boolean {
  return type === LOCK_TYPE_READ || type === LOCK_TYPE_WRITE || type === LOCK_TYPE_UNLOCK;
}

function store(fs: FileSystem, ino: number, locks: RecordLock[]): void {
  let files = locksOf.get(fs);
  if (files === undefined) {
    files = new Map();
    locksOf.set(fs, files);
  }
  if (locks.length === 0) files.delete(ino);
  else files.set(ino, locks);
}
