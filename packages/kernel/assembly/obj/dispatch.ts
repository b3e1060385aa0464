/** What differs by type when handles come and go. The object types' own files do the work. */
import { OBJECT_DIR, OBJECT_FILE } from "../../../abi/src/kernel-interface";
import { objectRef } from "./object";
import { filesRelease } from "../fs/object";

/** A handle to the object was made. */
export function dispatchRetain(type: u32, object: usize): void {
  objectRef(object);
}

/** A handle to the object was closed. */
export function dispatchRelease(type: u32, object: usize): void {
  if (type == OBJECT_FILE || type == OBJECT_DIR) filesRelease(type, object);
}
