import { ENOTSUP } from "@cloudos/abi/errno";
import { fail } from "../vfs/errors.ts";
import * as attributes from "./attribute-requests.ts";
import * as data from "./data-requests.ts";
import * as locks from "./lock-requests.ts";
import * as names from "./name-requests.ts";
import * as protocol from "./protocol.ts";
import type { Handler } from "./request.ts";
import * as session from "./session-requests.ts";
import * as xattrs from "./xattr-requests.ts";

const unknown: Handler = () => fail(ENOTSUP);

/** Handlers by type. Tflush is the server's own. */
const HANDLERS: Handler[] = [];
HANDLERS[protocol.TSTATFS] = attributes.statfs;
HANDLERS[protocol.TLOPEN] = data.lopen;
HANDLERS[protocol.TLCREATE] = data.lcreate;
HANDLERS[protocol.TSYMLINK] = names.symlink;
HANDLERS[protocol.TMKNOD] = names.mknod;
HANDLERS[protocol.TRENAME] = names.rename;
HANDLERS[protocol.TREADLINK] = names.readlink;
HANDLERS[protocol.TGETATTR] = attributes.getattr;
HANDLERS[protocol.TSETATTR] = attributes.setattr;
HANDLERS[protocol.TXATTRWALK] = xattrs.xattrwalk;
HANDLERS[protocol.TXATTRCREATE] = xattrs.xattrcreate;
HANDLERS[protocol.TREADDIR] = data.readdir;
HANDLERS[protocol.TFSYNC] = data.fsync;
HANDLERS[protocol.TLOCK] = locks.lock;
HANDLERS[protocol.TGETLOCK] = locks.getlock;
HANDLERS[protocol.TLINK] = names.link;
HANDLERS[protocol.TMKDIR] = names.mkdir;
HANDLERS[protocol.TRENAMEAT] = names.renameat;
HANDLERS[protocol.TUNLINKAT] = names.unlinkat;
HANDLERS[protocol.TVERSION] = session.version;
HANDLERS[protocol.TAUTH] = session.auth;
HANDLERS[protocol.TATTACH] = session.attach;
HANDLERS[protocol.TWALK] = session.walk;
HANDLERS[protocol.TREAD] = data.read;
HANDLERS[protocol.TWRITE] = data.write;
HANDLERS[protocol.TCLUNK] = session.clunk;
HANDLERS[protocol.TREMOVE] = session.remove;

export function handlerOf(type: number): Handler {
  return HANDLERS[type] ?? unknown;
}
