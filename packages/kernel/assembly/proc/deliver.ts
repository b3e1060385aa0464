/** The way out of a system call. */

/** A kernel result (>= 0 or -errno) as a program sees it: 0 or a positive errno. */
// @ts-ignore: decorator
@inline
export function sysReturn(rc: i32): i32 {
  return rc >= 0 ? 0 : sysFailed(rc);
}

function sysFailed(rc: i32): i32 {
  return -rc;
}
