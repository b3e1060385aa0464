import { EBADF, EINVAL, ENOLCK } from "@cloudos/abi/errno";
import { fail } from "../vfs/errors.ts";
import type { Fid } from "./fid.ts";
import { LOCK_BLOCKED, LOCK_SUCCESS, LOCK_TYPE_UNLOCK } from "./protocol.ts";
import { findConflict, isLockType, LOCKS_MAX, lockCount, type RecordLock, setLock } from "./record-locks.ts";
import type { Handler, Request } from "./request.ts";
import type { NinePServer } from "./server.ts";

/**
 * Tlock fid[4] type[1] flags[4] start[8] length[8] proc_id[4] client_id[s] -> status[1]. Never waits: a client that would block is told so
 * and asks again.
 */
export const lock: Handler = (server, request) => {
  const fid = server.fids.get(request.fields.u32());
  const type = request.fields.u8();
  request.fields.u32();
  const wanted = readLock(server, request, fid, type);
  if (wanted.type !== LOCK_TYPE_UNLOCK && lockCount(fid.mount.fs, fid.ino) >= LOCKS_MAX) fail(ENOLCK);
  const granted = setLock(fid.mount.fs, fid.ino, wanted);
  if (granted && type !== LOCK_TYPE_UNLOCK) fid.hasLocks = true;
  server.fidChanged(fid.number);
  return server
    .reply(request)
    .u8(granted ? LOCK_SUCCESS : LOCK_BLOCKED)
    .finish();
};

/** Tgetlock fid[4] type[1] start[8] length[8] proc_id[4] client_id[s] -> the same fields of a lock in the way, or type UNLOCK. */
export const getlock: Handler = (server, request) => {
  const fid = server.fids.get(request.fields.u32());
  const type = request.fields.u8();
  const wanted = readLock(server, request, fid, type);
  const found = findConflict(fid.mount.fs, fid.ino, wanted);
  const shown = found ?? { ...wanted, type: LOCK_TYPE_UNLOCK };
  return server
    .reply(request)
    .u8(shown.type)
    .u64(shown.start)
    .u64(shown.end === Number.POSITIVE_INFINITY ? 0 : shown.end - shown.start)
    .u32(shown.owner.processId)
    .string(shown.owner.clientId)
    .finish();
};

/** The fields from `start` on. A length of 0 reaches to the end of the file. */
function readLock(server: NinePServer, { fields }: Request, fid: Fid, type: number): RecordLock {
  const start = fields.u64();
  const length = fields.u64();
  const processId = fields.u32();
  const clientId = fields.string();
  fields.end();
  if (!fid.isOpen) fail(EBADF);
  if (!isLockType(type) || start > Number.MAX_SAFE_INTEGER) fail(EINVAL);
  const end = length === 0 || start + length > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : start + length;
  return { type, start, end, owner: { server, clientId, processId, fid: fid.number } };
}
