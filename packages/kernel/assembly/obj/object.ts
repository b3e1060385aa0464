/**
 * The header every object behind a handle starts with. Objects live in slabs; handles (and kernel code in the middle of
 * a call) count as references. A process's own handles stay open while its fiber is in a call, so a handle found in
 * the table may be used without a reference of its own: only its process closes it, and it has one fiber.
 */
import { slabAlloc } from "../mem/slab";

/**
 *   0 type | 4 references | 8 lock | 12 aux (the type's own)
 */
@unmanaged
export class KObject {
  /** OBJECT_*, the reading end's type for pipes and rings. Written once. */
  type: u32;
  /** Atomic. */
  refs: u32;
  lock: u32;
  aux: u32;
}

/** A new object of `size` bytes with one reference, or 0. */
export function objectAlloc(type: u32, size: u32): usize {
  const object = slabAlloc(size);
  if (object == 0) return 0;
  changetype<KObject>(object).type = type;
  changetype<KObject>(object).refs = 1;
  return object;
}

export function objectRef(object: usize): void {
  atomic.add<u32>(object + offsetof<KObject>("refs"), 1);
}

/** Drop a reference. True when it was the last: the caller destroys the object. */
export function objectUnref(object: usize): bool {
  return atomic.sub<u32>(object + offsetof<KObject>("refs"), 1) == 1;
}
