import { EINVAL, EISDIR } from "@cloudos/abi/errno";
import { NAME_MAX, PAGE_SIZE } from "@cloudos/abi/params";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { fail, settle } from "../vfs/errors.ts";
import type { Attributes } from "../vfs/file-system.ts";
import type { Fid } from "./fid.ts";
import { linuxMode } from "./linux.ts";
import { putQid } from "./nodes.ts";
import {
  GETATTR_BASIC,
  SETATTR_ATIME,
  SETATTR_ATIME_SET,
  SETATTR_GID,
  SETATTR_MODE,
  SETATTR_MTIME,
  SETATTR_MTIME_SET,
  SETATTR_SIZE,
  SETATTR_UID,
  STATFS_MAGIC,
} from "./protocol.ts";
import type { Handler } from "./request.ts";
import type { NinePServer } from "./server.ts";

/** st_blksize: what stdio reads at a time. Each read is a round trip. */
const PREFERRED_IO = 65536;
const SECTOR = 512;

/**
 * Tgetattr fid[4] request_mask[8] -> valid[8] qid[13] mode[4] uid[4] gid[4] nlink[8] rdev[8] size[8] blksize[8] blocks[8] then
 * atime, mtime, ctime, btime as sec[8] nsec[8], gen[8] data_version[8]. All basic fields are there whatever was asked for.
 */
export const getattr: Handler = (server, request) => {
  const fid = server.fids.get(request.fields.u32());
  request.fields.u64();
  request.fields.end();
  const { mount } = fid;
  const inode = mount.fs.attributes(fid.ino);
  const regular = inode.type === FILETYPE_REGULAR_FILE;
  const size = regular ? server.bytes.size(mount, fid.isOpen ? fid.openIno : fid.ino) : inode.size;
  const reply = server.reply(request).u64(GETATTR_BASIC);
  return putQid(reply, mount, fid.ino, inode.type)
    .u32(linuxMode(inode.type, inode.mode))
    .u32(inode.uid)
    .u32(inode.gid)
    .u64(inode.nlink)
    .u64(inode.rdev)
    .u64(size)
    .u64(PREFERRED_IO)
    .u64(inode.blocks !== 0 || !regular ? inode.blocks : Math.ceil(size / PAGE_SIZE) * (PAGE_SIZE / SECTOR))
    .time(inode.atimeNs)
    .time(regular ? server.bytes.mtimeNs(mount, fid.ino) : inode.mtimeNs)
    .time(inode.ctimeNs)
    .time(0n)
    .u64(0)
    .u64(0)
    .finish();
};

/** Tsetattr fid[4] valid[4] mode[4] uid[4] gid[4] size[8] atime_sec[8] atime_nsec[8] mtime_sec[8] mtime_nsec[8] */
export const setattr: Handler = (server, request) => {
  const { fields } = request;
  const fid = server.fids.get(fields.u32());
  const valid = fields.u32();
  const mode = fields.u32();
  const uid = fields.u32();
  const gid = fields.u32();
  const size = fields.u64();
  const atimeNs = clampTime(fields.time());
  const mtimeNs = clampTime(fields.time());
  fields.end();
  const inode = fid.mount.fs.attributes(fid.ino);
  server.requireWritable(fid.mount);
  const has = (bit: number) => (valid & bit) !== 0;
  if (has(SETATTR_SIZE)) requireSizable(inode, size);

  const now = server.nowNs();
  const change = () => {
    const { fs } = fid.mount;
    if (has(SETATTR_UID | SETATTR_GID)) {
      fs.setOwner(fid.ino, has(SETATTR_UID) ? uid : undefined, has(SETATTR_GID) ? gid : undefined);
    }
    if (has(SETATTR_MODE)) fs.setMode(fid.ino, mode & 0o7777);
    if (has(SETATTR_ATIME | SETATTR_MTIME)) {
      fs.setTimes(
        fid.ino,
        has(SETATTR_ATIME) ? (has(SETATTR_ATIME_SET) ? atimeNs : now) : undefined,
        has(SETATTR_MTIME) ? (has(SETATTR_MTIME_SET) ? mtimeNs : now) : undefined,
      );
    }
    return server.reply(request).finish();
  };
  const pending = has(SETATTR_SIZE) ? resize(server, fid, size) : undefined;
  return pending === undefined ? change() : pending.then(() => settle(change));
};

function requireSizable(inode: Attributes, size: number): void {
  if (inode.type === FILETYPE_DIRECTORY) fail(EISDIR);
  if (inode.type !== FILETYPE_REGULAR_FILE || size > Number.MAX_SAFE_INTEGER) fail(EINVAL);
}

function resize(server: NinePServer, fid: Fid, size: number): void | Promise<void> {
  return server.bytes.truncate(fid.mount, fid.ino, size);
}

/** What fits 64 signed bits of nanoseconds: the years 1677 to 2262. */
function clampTime(ns: bigint): bigint {
  return ns > I64_MAX ? I64_MAX : ns < -I64_MAX ? -I64_MAX : ns;
}

const I64_MAX = 2n ** 63n - 1n;

/** Tstatfs fid[4] -> type[4] bsize[4] blocks[8] bfree[8] bavail[8] files[8] ffree[8] fsid[8] namelen[4] */
export const statfs: Handler = (server, request) => {
  const fid = server.fids.get(request.fields.u32());
  request.fields.end();
  const { totalBytes, freeBytes, files, freeFiles } = fid.mount.fs.statistics();
  const blocks = (bytes: number) => Math.floor(bytes / PAGE_SIZE);
  return server
    .reply(request)
    .u32(STATFS_MAGIC)
    .u32(PAGE_SIZE)
    .u64(blocks(totalBytes))
    .u64(blocks(freeBytes))
    .u64(blocks(freeBytes))
    .u64(files + freeFiles)
    .u64(freeFiles)
    .u64(fid.mount.fsId)
    .u32(NAME_MAX)
    .finish();
};
