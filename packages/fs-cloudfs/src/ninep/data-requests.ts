import { EBADF, EEXIST, EINVAL, EISDIR, ELOOP, ENOTDIR } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { fail, settle } from "../vfs/errors.ts";
import { Fid, type FidPlace } from "./fid.ts";
import { linuxEntryType, O_ACCMODE, O_DIRECTORY, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from "./linux.ts";
import { covering, entryName, putQid, requireDirectory } from "./nodes.ts";
import { READ_OVERHEAD } from "./protocol.ts";
import type { Handler, Reply, Request } from "./request.ts";
import type { NinePServer } from "./server.ts";
import type { MessageWriter } from "./wire.ts";

/** Offsets of "." and ".." in a directory; those of entries are the file system's cookies, which begin at 3. */
const OFFSET_DOT = 1;
const OFFSET_DOT_DOT = 2;

/** Tlopen fid[4] flags[4] -> qid[13] iounit[4] */
export const lopen: Handler = (server, request) => {
  const fid = server.fids.get(request.fields.u32());
  const flags = request.fields.u32();
  request.fields.end();
  if (fid.isOpen || fid.xattr !== undefined) fail(EBADF);
  return openFid(server, request, fid, flags);
};

/** Tlcreate fid[4] name[s] flags[4] mode[4] gid[4] -> qid[13] iounit[4]. The directory's fid becomes the new file's. */
export const lcreate: Handler = (server, request) => {
  const { fields } = request;
  const dir = server.fids.get(fields.u32());
  const name = entryName(fields.string());
  const flags = fields.u32();
  const mode = fields.u32();
  const gid = fields.u32();
  fields.end();
  if (dir.isOpen || dir.xattr !== undefined) fail(EBADF);
  requireDirectory(dir);
  const { fs } = dir.mount;
  const existing = fs.lookup(dir.ino, name);
  if (existing !== 0 && (flags & O_EXCL) !== 0) fail(EEXIST);
  let ino = existing;
  if (existing === 0) {
    server.requireWritable(dir.mount);
    ino = fs.create(dir.ino, name, { type: FILETYPE_REGULAR_FILE, mode: mode & 0o7777, uid: dir.uid, gid });
  }
  const place: FidPlace = { ...covering(dir.mount, ino), parentMount: dir.mount, parentIno: dir.ino, name };
  const fid = new Fid(dir.number, dir.uid, place);
  const opened = openFid(server, request, fid, existing === 0 ? flags & ~O_TRUNC : flags);
  server.dropFid(dir);
  server.putFid(fid, place.mount.fs.attributes(place.ino).type);
  return opened;
};

function openFid(server: NinePServer, request: Request, fid: Fid, flags: number): Reply | Promise<Reply> {
  const { mount } = fid;
  const inode = mount.fs.attributes(fid.ino);
  const { type } = inode;
  const access = flags & O_ACCMODE;
  const truncates = (flags & O_TRUNC) !== 0 && type === FILETYPE_REGULAR_FILE;
  if (access === O_ACCMODE) fail(EINVAL);
  if (type === FILETYPE_SYMBOLIC_LINK) fail(ELOOP);
  if (type !== FILETYPE_DIRECTORY && (flags & O_DIRECTORY) !== 0) fail(ENOTDIR);
  if (type === FILETYPE_DIRECTORY && access !== O_RDONLY) fail(EISDIR);
  if ((access !== O_RDONLY || truncates) && type === FILETYPE_REGULAR_FILE) server.requireWritable(mount);
  const openIno = mount.fs.open(fid.ino);
  const opened = () => {
    fid.openIno = openIno;
    fid.access = access;
    server.fidChanged(fid.number);
    return putQid(server.reply(request), mount, fid.ino, type).u32(server.ioUnit).finish();
  };
  const pending = truncates && inode.size > 0 ? server.bytes.truncate(mount, fid.ino, 0) : undefined;
  return pending === undefined ? opened() : pending.then(opened);
}

/** Tread fid[4] offset[8] count[4] -> count[4] data[count] */
export const read: Handler = (server, request) => {
  const fid = server.fids.get(request.fields.u32());
  const offset = request.fields.u64();
  const wanted = request.fields.u32();
  request.fields.end();
  const count = Math.min(wanted, server.msize - READ_OVERHEAD);
  if (fid.xattr !== undefined) return readXattr(request, fid, offset, count);
  if (!fid.isOpen || fid.access === O_WRONLY) fail(EBADF);
  if (offset > Number.MAX_SAFE_INTEGER) fail(EINVAL);
  const { bytes } = server;
  const left = Math.max(0, bytes.size(fid.mount, fid.openIno) - offset);
  const message = new Uint8Array(READ_OVERHEAD + Math.min(count, left));
  const got = bytes.read(fid.mount, fid.openIno, offset, message.subarray(READ_OVERHEAD));
  return typeof got === "number"
    ? finishRead(request, message, got)
    : got.then((length) => finishRead(request, message, length));
};

function finishRead({ type, tag }: Request, message: Reply, length: number): Reply {
  const whole = READ_OVERHEAD + length === message.length ? message : message.slice(0, READ_OVERHEAD + length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, whole.length, true);
  view.setUint8(4, type + 1);
  view.setUint16(5, tag, true);
  view.setUint32(7, length, true);
  return whole;
}

function readXattr(request: Request, fid: Fid, offset: number, count: number): Reply {
  const { xattr } = fid;
  if (xattr?.mode !== "read") fail(EBADF);
  const from = Math.min(offset, xattr.bytes.length);
  const data = xattr.bytes.subarray(from, from + count);
  const message = new Uint8Array(READ_OVERHEAD + data.length);
  message.set(data, READ_OVERHEAD);
  return finishRead(request, message, data.length);
}

/** Twrite fid[4] offset[8] count[4] data[count] -> count[4] */
export const write: Handler = (server, request) => {
  const { fields } = request;
  const fid = server.fids.get(fields.u32());
  const offset = fields.u64();
  const count = fields.u32();
  const data = fields.data(count);
  fields.end();
  if (fid.xattr !== undefined) {
    const { xattr } = fid;
    if (xattr.mode !== "write") fail(EBADF);
    // The value comes in order and no longer than announced.
    if (offset !== xattr.written || offset + count > xattr.bytes.length) fail(EINVAL);
    xattr.bytes.set(data, offset);
    xattr.written += count;
    server.fidChanged(fid.number);
    return server.reply(request).u32(count).finish();
  }
  if (!fid.isOpen || fid.access === O_RDONLY) fail(EBADF);
  if (offset > Number.MAX_SAFE_INTEGER) fail(EINVAL);
  const done = () => server.reply(request).u32(count).finish();
  if (count === 0) return done();
  const pending = server.bytes.write(fid.mount, fid.openIno, offset, data);
  return pending === undefined ? done() : pending.then(done);
};

/** Tfsync fid[4] datasync[4] */
export const fsync: Handler = (server, request) => {
  const fid = server.fids.get(request.fields.u32());
  // Linux before 2.6.39 sent no second field.
  if (request.fields.bytes.length > 11) request.fields.u32();
  request.fields.end();
  return settle(() => server.bytes.sync(fid.mount, fid.ino)).then(() => server.reply(request).finish());
};

/** Treaddir fid[4] offset[8] count[4] -> count[4] count*(qid[13] offset[8] type[1] name[s]). Entries come whole; no entry is the end. */
export const readdir: Handler = (server, request) => {
  const fid = server.fids.get(request.fields.u32());
  const after = request.fields.u64();
  const wanted = request.fields.u32();
  request.fields.end();
  if (!fid.isOpen) fail(EBADF);
  requireDirectory(fid);
  if (after > Number.MAX_SAFE_INTEGER) fail(EINVAL);
  const { mount } = fid;
  const limit = READ_OVERHEAD + Math.min(wanted, server.msize - READ_OVERHEAD);
  const reply = server.reply(request).u32(0);
  let full = false;
  const take = (name: string, at: { mount: typeof mount; ino: number }, type: number, next: number): boolean => {
    const before = reply.length;
    if (before + ENTRY_FIXED > limit) full = true;
    else {
      putEntry(reply, name, at, type, next);
      if (reply.length > limit) {
        reply.rewind(before);
        full = true;
      }
    }
    return !full;
  };
  const within = (name: string, ino: number, type: number, next: number) => {
    const at = mount.children.size > 0 && type === FILETYPE_DIRECTORY ? covering(mount, ino) : { mount, ino };
    return take(name, at, type, next);
  };
  if (after < OFFSET_DOT) take(".", fid, FILETYPE_DIRECTORY, OFFSET_DOT);
  if (!full && after < OFFSET_DOT_DOT) take("..", parentQid(server, fid), FILETYPE_DIRECTORY, OFFSET_DOT_DOT);
  if (!full) mount.fs.readdir(fid.ino, after, within);
  const length = reply.length - READ_OVERHEAD;
  // A count no entry fits in would look like the end of the directory.
  if (length === 0 && full) fail(EINVAL);
  reply.setU32(READ_OVERHEAD - 4, length);
  return reply.finish();
};

/** qid, offset, type and the length of the name. */
const ENTRY_FIXED = 13 + 8 + 1 + 2;

function putEntry(
  reply: MessageWriter,
  name: string,
  at: Pick<FidPlace, "mount" | "ino">,
  type: number,
  next: number,
): void {
  putQid(reply, at.mount, at.ino, type).u64(next).u8(linuxEntryType(type)).string(name);
}

function parentQid(server: NinePServer, fid: Fid): Pick<FidPlace, "mount" | "ino"> {
  if (fid.ino === server.root.ino && fid.mount === server.root.mount) return fid;
  const { mount, ino } = fid;
  if (ino !== mount.rootIno || mount.parent === undefined) return { mount, ino: mount.fs.parent(ino) };
  return { mount: mount.parent, ino: mount.parent.fs.parent(mount.pointIno) };
}
