// The file mode creation mask. The kernel has none: it is applied to the files that redirections create.
import { LOOKUP_SYMLINK_FOLLOW } from "../../../../abi/src/wasi";
import { toBytes } from "../../lib/bytes";
import { AT_CWD, path_chmod } from "../../lib/cloudos";

/** What the kernel's own modes of new files correspond to. */
export const DEFAULT_MASK: i32 = 0o022;
let mask: i32 = DEFAULT_MASK;

export function creationMask(): i32 {
  return mask;
}

export function setCreationMask(value: i32): void {
  mask = value & 0o777;
}

/** Gives a file just created the mode the mask leaves. */
export function applyMask(path: string): void {
  const bytes = toBytes(path);
  path_chmod(AT_CWD, LOOKUP_SYMLINK_FOLLOW, changetype<usize>(bytes), bytes.length, 0o666 & ~mask);
}
