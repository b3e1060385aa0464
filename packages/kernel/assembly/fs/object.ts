/** Open file descriptions: what a descriptor of a file or directory refers to, shared by its duplicates. */
import { OBJECT_DIR, OBJECT_FILE } from "../../../abi/src/kernel-interface";
import { slabFree } from "../mem/slab";
import { objectAlloc, objectUnref } from "../obj/object";
import { Vnode, vnodePut } from "./vnode";

/** The process's root, whichever process uses the descriptor. */
export const DIR_ROOT: u32 = 1;
/** The process's current directory, likewise. */
export const DIR_CWD: u32 = 2;
/** Paths from here may not leave it. */
export const DIR_CONFINED: u32 = 4;

/**
 *   0..15 KObject | 16 vnode | 20 next page | 24 offset u64 | 32 window | 36 flags | 40 node u64 | 48 stamped in f64
 */
@unmanaged
export class File {
  type: u32;
  refs: u32;
  lock: u32;
  aux: u32;
  /** OBJECT_FILE: Vnode address, a reference. Written once. */
  vnode: u32;
  /** Read-ahead: where a sequential reader will miss next, and how many pages it then gets. Guarded by Vnode.lock. */
  nextPage: u32;
  /** Guarded by Vnode.lock. */
  offset: u64;
  window: u32;
  /** OBJECT_DIR: DIR_*. Written once. */
  flags: u32;
  /** Written once. Of a DIR_ROOT or DIR_CWD it is 0: the using process knows. */
  node: u64;
  /** End of the time slice in which a write through this description last stamped the vnode. Guarded by Vnode.lock. */
  stampedUs: f64;
}

// @ts-ignore: decorator
@inline
export function vnodeOf(file: File): Vnode {
  return changetype<Vnode>(file.vnode);
}

/** Takes over a reference to the vnode. Address or 0, and the reference is still the caller's. */
export function fileCreate(vnode: Vnode): usize {
  const object = objectAlloc(OBJECT_FILE, offsetof<File>());
  if (object == 0) return 0;
  const file = changetype<File>(object);
  file.vnode = changetype<u32>(vnode);
  file.node = vnode.node;
  return object;
}

/** Address or 0. */
export function dirCreate(node: u64, flags: u32): usize {
  const object = objectAlloc(OBJECT_DIR, offsetof<File>());
  if (object == 0) return 0;
  changetype<File>(object).node = node;
  changetype<File>(object).flags = flags;
  return object;
}

/** A handle was closed. */
export function filesRelease(type: u32, object: usize): void {
  if (!objectUnref(object)) return;
  if (type == OBJECT_FILE) vnodePut(vnodeOf(changetype<File>(object)));
  slabFree(object);
}
