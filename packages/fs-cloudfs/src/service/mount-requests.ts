import { EBUSY, EINVAL, ENOTDIR } from "@cloudos/abi/errno";
import { SLOT_O_BUF2, SLOT_O_LEN2 } from "@cloudos/abi/vfs-protocol";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { requireOwner } from "../vfs/access.ts";
import { fail } from "../vfs/errors.ts";
import * as operations from "../vfs/operations.ts";
import { mountOverlay } from "./mount-overlay.ts";
import { first, type Handler, resolveFirst, resolveFrom, second } from "./requests.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** mount(2): "tmpfs" makes a fresh tree, "bind" shows a directory a second time, "overlay" merges some; option "ro" for all. */
export const mount: Handler = (context, slot) => {
  const [type = "", source = "", options = ""] = decoder.decode(slot.bytes(SLOT_O_LEN2, SLOT_O_BUF2)).split("\0");
  const readOnly = options.split(",").includes("ro");
  if (type === "bind") {
    resolveFrom(context, slot, source, second);
    if (operations.existing(second).type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
  }
  resolveFirst(context, slot, first);
  const point = operations.existing(first);
  if (point.type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
  requireOwner(point);
  if (type === "bind") {
    context.vfs.attach(second.mount.fs, second.ino, first, readOnly || second.mount.readOnly);
    return;
  }
  if (type === "overlay") return mountOverlay(context, slot, optionsOf(options), first);
  const fs = context.makeFileSystem(type);
  context.vfs.attach(fs, fs.rootIno, first, readOnly);
};

/** NAME=VALUE or NAME, with commas between. */
function optionsOf(text: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const option of text.split(",")) {
    const equals = option.indexOf("=");
    if (equals < 0) options.set(option, "");
    else options.set(option.slice(0, equals), option.slice(equals + 1));
  }
  return options;
}

/** umount(2). Mounts of the system stay. */
export const umount: Handler = (context, slot) => {
  resolveFirst(context, slot, first);
  const mounted = context.vfs.mountAt(first);
  if (mounted.system) fail(EBUSY);
  if (mounted.parent === undefined) fail(EINVAL);
  return context.unmount(mounted);
};
