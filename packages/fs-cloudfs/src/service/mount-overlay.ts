import { EBUSY, EINVAL, ENOTDIR, EROFS } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { Overlay } from "../overlay/overlay.ts";
import { MAY_EXEC, MAY_READ, requireAccess, requireOwner } from "../vfs/access.ts";
import { fail, settle } from "../vfs/errors.ts";
import * as operations from "../vfs/operations.ts";
import { Place } from "../vfs/walk.ts";
import { type Context, resolveFrom } from "./requests.ts";
import type { Slot } from "./slot.ts";

/**
 * mount -t overlay: `lowerdir=HIGH:...:LOW,upperdir=DIR` as Linux has it; `workdir` is accepted and not needed. What lies in the upper directory
 * is the overlay's own format (docs/cloudfs/OVERLAY.md).
 */
export function mountOverlay(
  context: Context,
  slot: Slot,
  options: ReadonlyMap<string, string>,
  point: Place,
): Promise<void> {
  const place = (path: string) => {
    const found = new Place();
    resolveFrom(context, slot, path, found);
    if (operations.existing(found).type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
    // The content of its files is the kernel's alone: an overlay would read zeros.
    if (found.mount.fs.type === "tmpfs") fail(EINVAL);
    return found;
  };
  const lower = (options.get("lowerdir") ?? fail(EINVAL)).split(":").map(place).reverse();
  const upper = place(options.get("upperdir") ?? fail(EINVAL));
  for (const each of lower) requireAccess(operations.existing(each), MAY_READ | MAY_EXEC);
  requireOwner(operations.existing(upper));
  if (upper.mount.readOnly) fail(EROFS);
  const target = Object.assign(new Place(), point);
  const readOnly = options.has("ro");
  return context.writeBack.all().then(async () => {
    const fs = await Overlay.open({
      lower: lower.map(({ mount, ino }) => ({ fs: mount.fs, ino })),
      upper: { fs: upper.mount.fs, ino: upper.ino },
    });
    await settle(() => {
      if (target.mount.children.has(target.ino)) fail(EBUSY);
      context.vfs.attach(fs, fs.rootIno, target, readOnly);
    });
  });
}
