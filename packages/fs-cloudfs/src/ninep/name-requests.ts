import { EBUSY, EEXIST, EINVAL, EISDIR, ENAMETOOLONG, ENOENT, ENOTDIR, EPERM, EXDEV } from "@cloudos/abi/errno";
import { PATH_MAX } from "@cloudos/abi/params";
import { FILETYPE_DIRECTORY, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { fail } from "../vfs/errors.ts";
import { deviceNumber, type NewInode } from "../vfs/file-system.ts";
import type { Mount } from "../vfs/mounts.ts";
import { nameBytes } from "../vfs/names.ts";
import type { Fid, FidPlace } from "./fid.ts";
import { AT_REMOVEDIR, typeOfMode } from "./linux.ts";
import { entryName, isSame, putQid, renameFids, requireDirectory, requireNoMount } from "./nodes.ts";
import type { Handler, Reply, Request } from "./request.ts";
import type { NinePServer } from "./server.ts";

/** Tmkdir dfid[4] name[s] mode[4] gid[4] -> qid[13] */
export const mkdir: Handler = (server, request) => {
  const { fields } = request;
  const dir = server.fids.get(fields.u32());
  const name = fields.string();
  const mode = fields.u32();
  const gid = fields.u32();
  fields.end();
  return make(server, request, dir, name, { type: FILETYPE_DIRECTORY, mode: mode & 0o7777, gid });
};

/** Tsymlink dfid[4] name[s] symtgt[s] gid[4] -> qid[13] */
export const symlink: Handler = (server, request) => {
  const { fields } = request;
  const dir = server.fids.get(fields.u32());
  const name = fields.string();
  const target = fields.string();
  const gid = fields.u32();
  fields.end();
  if (target === "") fail(ENOENT);
  if (nameBytes(target) >= PATH_MAX) fail(ENAMETOOLONG);
  return make(server, request, dir, name, { type: FILETYPE_SYMBOLIC_LINK, mode: 0o777, gid, target });
};

/** Tmknod dfid[4] name[s] mode[4] major[4] minor[4] gid[4] -> qid[13]. Device files are kept for the guest, whose kernel drives them. */
export const mknod: Handler = (server, request) => {
  const { fields } = request;
  const dir = server.fids.get(fields.u32());
  const name = fields.string();
  const mode = fields.u32();
  const major = fields.u32();
  const minor = fields.u32();
  const gid = fields.u32();
  fields.end();
  const type = typeOfMode(mode) ?? fail(EINVAL);
  if (type === FILETYPE_DIRECTORY || type === FILETYPE_SYMBOLIC_LINK) fail(EINVAL);
  return make(server, request, dir, name, { type, mode: mode & 0o7777, gid, rdev: deviceNumber(major, minor) });
};

function make(server: NinePServer, request: Request, dir: Fid, name: string, what: NewInode): Reply {
  entryName(name);
  requireDirectory(dir);
  server.requireWritable(dir.mount);
  const ino = dir.mount.fs.create(dir.ino, name, { ...what, uid: dir.uid });
  return putQid(server.reply(request), dir.mount, ino, what.type).finish();
}

/** Tlink dfid[4] fid[4] name[s] */
export const link: Handler = (server, request) => {
  const { fields } = request;
  const dir = server.fids.get(fields.u32());
  const fid = server.fids.get(fields.u32());
  const name = entryName(fields.string());
  fields.end();
  requireDirectory(dir);
  server.requireWritable(dir.mount);
  if (fid.mount !== dir.mount) fail(EXDEV);
  if (fid.mount.fs.attributes(fid.ino).type === FILETYPE_DIRECTORY) fail(EPERM);
  dir.mount.fs.link(dir.ino, name, fid.ino);
  return server.reply(request).finish();
};

/** Treadlink fid[4] -> target[s] */
export const readlink: Handler = (server, request) => {
  const fid = server.fids.get(request.fields.u32());
  request.fields.end();
  return server.reply(request).string(fid.mount.fs.readlink(fid.ino)).finish();
};

/** Tunlinkat dirfd[4] name[s] flags[4] */
export const unlinkat: Handler = (server, request) => {
  const { fields } = request;
  const dir = server.fids.get(fields.u32());
  const name = fields.string();
  const flags = fields.u32();
  fields.end();
  requireDirectory(dir);
  removeEntry(server, dir.mount, dir.ino, name, (flags & AT_REMOVEDIR) !== 0);
  return server.reply(request).finish();
};

/** Removes a name: an empty directory's, or any other's. */
export function removeEntry(server: NinePServer, mount: Mount, dir: number, name: string, isDirectory: boolean): void {
  if (name === ".") fail(EINVAL);
  entryName(name);
  server.requireWritable(mount);
  const { fs } = mount;
  const ino = fs.lookup(dir, name);
  if (ino === 0) fail(ENOENT);
  requireNoMount(mount, ino);
  const { type } = fs.attributes(ino);
  if (isDirectory && type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
  if (!isDirectory && type === FILETYPE_DIRECTORY) fail(EISDIR);
  // The guest's root, shown by a bind mount as well, would leave fids behind that lead nowhere.
  if (mount.fs === server.root.mount.fs && ino === server.root.ino) fail(EBUSY);
  if (isDirectory) fs.rmdir(dir, name);
  else server.orphaned(mount, fs.unlink(dir, name));
  for (const fid of server.fids) {
    if (fid.parentIno !== dir || fid.name !== name || fid.parentMount !== mount) continue;
    fid.name = "";
    server.fidChanged(fid.number);
  }
}

/** Trename fid[4] dfid[4] name[s] */
export const rename: Handler = (server, request) => {
  const { fields } = request;
  const fid = server.fids.get(fields.u32());
  const dir = server.fids.get(fields.u32());
  const name = fields.string();
  fields.end();
  if (fid.name === "") fail(isSame(fid, server.root) ? EBUSY : ENOENT);
  move(server, { mount: fid.parentMount, ino: fid.parentIno }, fid.name, dir, name);
  return server.reply(request).finish();
};

/** Trenameat olddirfid[4] oldname[s] newdirfid[4] newname[s] */
export const renameat: Handler = (server, request) => {
  const { fields } = request;
  const fromDir = server.fids.get(fields.u32());
  const from = fields.string();
  const toDir = server.fids.get(fields.u32());
  const to = fields.string();
  fields.end();
  requireDirectory(fromDir);
  move(server, fromDir, from, toDir, to);
  return server.reply(request).finish();
};

function move(server: NinePServer, fromDir: Directory, from: string, toDir: FidPlace, to: string): void {
  entryName(from);
  entryName(to);
  requireDirectory(toDir);
  const { mount } = fromDir;
  if (mount !== toDir.mount) fail(EXDEV);
  server.requireWritable(mount);
  const { fs } = mount;
  const ino = fs.lookup(fromDir.ino, from);
  if (ino === 0) fail(ENOENT);
  const replaced = fs.lookup(toDir.ino, to);
  requireNoMount(mount, ino);
  if (replaced !== 0) requireNoMount(mount, replaced);
  if (fs === server.root.mount.fs && (ino === server.root.ino || replaced === server.root.ino)) fail(EBUSY);
  // Linux answers so when the target is above the source.
  if (replaced !== 0 && replaced !== ino && replaced === fromDir.ino) {
    fail(fs.attributes(ino).type === FILETYPE_DIRECTORY ? EEXIST : EISDIR);
  }
  const isDirectory = fs.attributes(ino).type === FILETYPE_DIRECTORY;
  const orphan = fs.rename(fromDir.ino, from, toDir.ino, to);
  if (replaced === ino) return;
  if (replaced !== 0)
    for (const fid of renameFids(server.fids, fs, replaced, nowhere(mount))) server.fidChanged(fid.number);
  const place = { mount, ino, parentMount: mount, parentIno: toDir.ino, name: to };
  for (const fid of renameFids(server.fids, fs, ino, place)) server.fidChanged(fid.number);
  // Whatever lies below a directory has another path now.
  if (isDirectory) for (const fid of server.fids) server.fidChanged(fid.number);
  server.orphaned(mount, orphan);
}

interface Directory {
  readonly mount: Mount;
  readonly ino: number;
}

function nowhere(mount: Mount): FidPlace {
  return { mount, ino: 0, parentMount: mount, parentIno: 0, name: "" };
}
