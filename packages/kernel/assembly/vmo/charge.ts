/** Who pays for pages of VMOs: the job of the process that made the VMO, and the jobs that one is in. */
import { PAGE_SHIFT } from "../../../abi/src/params";
import { Globals, globals } from "../globals";
import { jobCharge, jobUncharge } from "../proc/job";

function count(pages: i32): void {
  atomic.add<i32>(changetype<usize>(globals()) + offsetof<Globals>("vmoPages"), pages);
}

/** `pages` more for a job. False when that is more than its limit. */
export function memoryCharge(job: usize, pages: u32): bool {
  if (!jobCharge(job, pages << PAGE_SHIFT)) return false;
  count(pages);
  return true;
}

export function memoryUncharge(job: usize, pages: u32): void {
  jobUncharge(job, pages << PAGE_SHIFT);
  count(-<i32>pages);
}
