/** Open files and directories. */
import { objectUnref } from "../obj/object";
import { slabFree } from "../mem/slab";

/** A handle was closed. */
export function filesRelease(type: u32, object: usize): void {
  if (objectUnref(object)) slabFree(object);
}
