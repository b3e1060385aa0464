import { EBADF, EEXIST, EINVAL, ENAMETOOLONG, ENOTSUP, ERANGE } from "@cloudos/abi/errno";
import { fail } from "../vfs/errors.ts";
import { nameBytes } from "../vfs/names.ts";
import { Fid } from "./fid.ts";
import { LINUX_ENODATA, XATTR_CREATE, XATTR_NAME_MAX, XATTR_REPLACE, XATTR_SIZE_MAX } from "./linux.ts";
import { type Handler, LinuxError } from "./request.ts";
import type { NinePServer } from "./server.ts";

/** Names a guest may use. ACLs are not kept: the guest would rely on a check that its kernel makes from our answer only at mount. */
const NAMESPACES = ["user.", "trusted.", "security."] as const;
/** Marks of file systems of ours, not the guest's to see or change. */
export const OWN_NAMESPACE = "trusted.overlay.";

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

function isGuests(name: string): boolean {
  return NAMESPACES.some((prefix) => name.startsWith(prefix)) && !name.startsWith(OWN_NAMESPACE);
}

/** Txattrwalk fid[4] newfid[4] name[s] -> size[8]. `newfid` reads the value, or with an empty name the list of names, each with a NUL. */
export const xattrwalk: Handler = (server, request) => {
  const { fields } = request;
  const fid = server.fids.get(fields.u32());
  const number = fields.u32();
  const name = fields.string();
  fields.end();
  const value = name === "" ? listNames(fid) : attributeOf(fid, name);
  server.fids.requireFree(number);
  const reader = new Fid(number, fid.uid, fid);
  reader.xattr = { mode: "read", name, bytes: value, flags: 0, written: 0 };
  server.putFid(reader, fid.mount.fs.attributes(fid.ino).type);
  return server.reply(request).u64(value.length).finish();
};

function attributeOf(fid: Fid, name: string): Uint8Array {
  if (!isGuests(name)) fail(ENOTSUP);
  const value = fid.mount.fs.xattrs(fid.ino).get(name);
  if (value === undefined) throw NO_DATA;
  return value.slice();
}

/** Asked for at every exec and write (security.capability): no stack is captured for each. */
const NO_DATA = new LinuxError(LINUX_ENODATA, "There is no such extended attribute");

function listNames(fid: Fid): Uint8Array {
  const names = [...fid.mount.fs.xattrs(fid.ino).keys()].filter(isGuests);
  return names.length === 0 ? NOTHING : encoder.encode(`${names.join("\0")}\0`);
}

/** Txattrcreate fid[4] name[s] attr_size[8] flags[4]. The fid takes the value by Twrite and sets it at Tclunk. */
export const xattrcreate: Handler = (server, request) => {
  const { fields } = request;
  const fid = server.fids.get(fields.u32());
  const name = fields.string();
  const size = fields.u64();
  const flags = fields.u32();
  fields.end();
  if (fid.isOpen || fid.xattr !== undefined) fail(EBADF);
  if (!isGuests(name)) fail(ENOTSUP);
  if (nameBytes(name) > XATTR_NAME_MAX) fail(ENAMETOOLONG);
  if (size > XATTR_SIZE_MAX) fail(ERANGE);
  if ((flags & ~(XATTR_CREATE | XATTR_REPLACE)) !== 0) fail(EINVAL);
  server.requireWritable(fid.mount);
  fid.xattr = { mode: "write", name, bytes: new Uint8Array(size), flags, written: 0 };
  server.fidChanged(fid.number);
  return server.reply(request).finish();
};

/** Sets what was written. Linux removes an attribute by replacing it with nothing. */
export function commitXattr(server: NinePServer, fid: Fid): void {
  const { xattr } = fid;
  if (xattr === undefined) return;
  if (xattr.written !== xattr.bytes.length) fail(EINVAL);
  server.requireWritable(fid.mount);
  const exists = fid.mount.fs.xattrs(fid.ino).has(xattr.name);
  if (exists && (xattr.flags & XATTR_CREATE) !== 0) fail(EEXIST);
  if (!exists && (xattr.flags & XATTR_REPLACE) !== 0) throw NO_DATA;
  const removes = xattr.bytes.length === 0 && (xattr.flags & XATTR_REPLACE) !== 0;
  fid.mount.fs.setXattr(fid.ino, xattr.name, removes ? undefined : xattr.bytes);
}
