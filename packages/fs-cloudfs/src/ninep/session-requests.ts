import { EBADF, EBUSY, EINVAL, ENOENT, ENOTSUP, ESTALE } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { FsError, fail, Miss } from "../vfs/errors.ts";
import { Fid, type FidPlace } from "./fid.ts";
import { LINUX_EPROTO } from "./linux.ts";
import { removeEntry } from "./name-requests.ts";
import { isSame, putQid, requireDirectory, step } from "./nodes.ts";
import { HEADER_SIZE, NO_UID, NOFID, VERSION_TEXT, WALK_NAMES_MAX } from "./protocol.ts";
import type { Handler } from "./request.ts";
import { LinuxError } from "./request.ts";
import { MSIZE_MIN } from "./server.ts";
import { commitXattr } from "./xattr-requests.ts";

/** Tversion msize[4] version[s] -> msize[4] version[s]. Begins a session: fids of an earlier one are gone. */
export const version: Handler = (server, request) => {
  const msize = request.fields.u32();
  const text = request.fields.string();
  request.fields.end();
  if (msize < MSIZE_MIN) throw new LinuxError(LINUX_EPROTO, `Cannot talk in messages of ${msize} bytes`);
  server.reset();
  const granted = Math.min(msize, server.msizeMax);
  const known = text.startsWith(VERSION_TEXT);
  if (known) server.msize = granted;
  return server
    .reply(request)
    .u32(granted)
    .string(known ? VERSION_TEXT : "unknown")
    .finish();
};

/** Tauth: nobody needs to prove anything; the channel belongs to the machine. */
export const auth: Handler = () => fail(ENOTSUP);

/** Tattach fid[4] afid[4] uname[s] aname[s] n_uname[4] -> qid[13]. `aname` is a directory below the root, "" and "/" the root itself. */
export const attach: Handler = (server, request) => {
  const { fields } = request;
  const number = fields.u32();
  const afid = fields.u32();
  fields.string();
  const aname = fields.string();
  const uid = fields.u32();
  fields.end();
  if (afid !== NOFID) fail(EINVAL);
  server.fids.requireFree(number);
  let place: FidPlace = server.root;
  for (const name of aname.split("/")) place = step(server, place, name);
  const inode = requireDirectory(place);

  const fid = new Fid(number, uid === NO_UID ? server.defaultUid : uid, place);
  server.putFid(fid, inode.type);
  return putQid(server.reply(request), place.mount, place.ino, inode.type).finish();
};

/** Twalk fid[4] newfid[4] nwname[2] nwname*(wname[s]) -> nwqid[2] nwqid*(qid[13]). `newfid` is made only when all names were found. */
export const walk: Handler = (server, request) => {
  const { fields } = request;
  const from = server.fids.get(fields.u32());
  const number = fields.u32();
  const count = fields.u16();
  if (count > WALK_NAMES_MAX) fail(EINVAL);
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push(fields.string());
  fields.end();
  if (number !== from.number) server.fids.requireFree(number);
  else if (from.isOpen || from.xattr !== undefined) fail(EINVAL);

  const reply = server.reply(request).u16(0);
  let place: FidPlace = from;
  let found = 0;
  try {
    for (const name of names) {
      place = step(server, place, name);
      putQid(reply, place.mount, place.ino, place.mount.fs.attributes(place.ino).type);
      found++;
    }
  } catch (error) {
    // The first name decides between an error and a walk that got only so far.
    if (found === 0 || error instanceof Miss || !(error instanceof FsError)) throw error;
  }
  if (found === names.length) {
    const type = place.mount.fs.attributes(place.ino).type;
    const fid = new Fid(number, from.uid, place);
    // Held before the old one lets go: a clone of a file without a name keeps it.
    fid.hold(type);
    if (number === from.number) server.dropFid(from);
    server.putFid(fid, type);
  }
  reply.setU16(HEADER_SIZE, found);
  return reply.finish();
};

/** Tclunk fid[4]. The fid is gone whatever the answer. A value of an extended attribute is set now. */
export const clunk: Handler = (server, request) => {
  const number = request.fields.u32();
  request.fields.end();
  const fid = server.fids.find(number) ?? fail(EBADF);
  try {
    if (fid.xattr?.mode === "write" && !fid.stale) commitXattr(server, fid);
  } catch (error) {
    if (!(error instanceof Miss)) server.dropFid(fid);
    throw error;
  }
  server.dropFid(fid);
  return server.reply(request).finish();
};

/** Tremove fid[4]: removes the file or empty directory; the fid is gone whatever the answer. */
export const remove: Handler = (server, request) => {
  const number = request.fields.u32();
  request.fields.end();
  const fid = server.fids.find(number) ?? fail(EBADF);
  try {
    if (fid.stale) fail(ESTALE);
    if (fid.name === "") fail(isSame(fid, server.root) ? EBUSY : ENOENT);
    const isDirectory = fid.mount.fs.attributes(fid.ino).type === FILETYPE_DIRECTORY;
    removeEntry(server, fid.parentMount, fid.parentIno, fid.name, isDirectory);
  } catch (error) {
    if (!(error instanceof Miss)) server.dropFid(fid);
    throw error;
  }
  server.dropFid(fid);
  return server.reply(request).finish();
};
