/** Jobs: what one host_spawn started, and the limit on how many processes it may be at once. */
import { slabAlloc, slabFree } from "../mem/slab";

/** 0 processes (atomic; zombies count, they hold a pid) */
@unmanaged
export class Job {
  processes: u32;
}

/** A new job with no member, or 0. */
export function jobCreate(): usize {
  return slabAlloc(<u32>offsetof<Job>());
}

/** Join, unless the job has `limit` members already. */
export function jobJoin(job: usize, limit: u32): bool {
  const word = job + offsetof<Job>("processes");
  if (atomic.add<u32>(word, 1) < limit) return true;
  atomic.sub<u32>(word, 1);
  return false;
}

export function jobLeave(job: usize): void {
  if (atomic.sub<u32>(job + offsetof<Job>("processes"), 1) == 1) slabFree(job);
}
