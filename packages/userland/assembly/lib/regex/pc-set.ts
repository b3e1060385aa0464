/** An insertion-ordered set of instruction numbers, in groups by where their match began. */
export const THREAD_MARK: i32 = -1;

export class PcSet {
  private items: Array<i32> = [];
  private seen: StaticArray<i32>;
  private generation: i32 = 0;

  constructor(programLength: i32) {
    this.seen = new StaticArray<i32>(programLength);
  }

  get length(): i32 {
    return this.items.length;
  }

  get isEmpty(): bool {
    const items = this.items;
    for (let i = 0; i < items.length; i++) if (items[i] != THREAD_MARK) return false;
    return true;
  }

  @inline
  at(i: i32): i32 {
    return unchecked(this.items[i]);
  }

  clear(): void {
    this.items.length = 0;
    this.generation++;
  }

  /** False when `pc` was visited since the last clear. */
  visit(pc: i32): bool {
    if (unchecked(this.seen[pc]) == this.generation) return false;
    unchecked((this.seen[pc] = this.generation));
    return true;
  }

  push(pc: i32): void {
    this.items.push(pc);
  }

  /** What follows belongs to a later start. */
  mark(): void {
    const n = this.items.length;
    if (n > 0 && this.items[n - 1] != THREAD_MARK) this.items.push(THREAD_MARK);
  }

  /** Drops a trailing mark and sorts each group, so that equal sets look equal. */
  canonical(): Array<i32> {
    const items = this.items;
    if (items.length > 0 && items[items.length - 1] == THREAD_MARK) items.pop();
    let start = 0;
    for (let i = 0; i <= items.length; i++) {
      if (i < items.length && items[i] != THREAD_MARK) continue;
      sortRange(items, start, i);
      start = i + 1;
    }
    return items;
  }
}

/** Shell sort (gaps of Ciura 2001): in place, no allocation, quick on the short runs this sees. */
function sortRange(items: Array<i32>, start: i32, end: i32): void {
  let gap = 701;
  while (gap > 0) {
    for (let i = start + gap; i < end; i++) {
      const v = unchecked(items[i]);
      let j = i;
      while (j >= start + gap && unchecked(items[j - gap]) > v) {
        unchecked((items[j] = items[j - gap]));
        j -= gap;
      }
      unchecked((items[j] = v));
    }
    gap = gap == 701 ? 301 : gap == 301 ? 132 : gap == 132 ? 57 : gap == 57 ? 23 : gap == 23 ? 10 : gap == 10 ? 4 : gap == 4 ? 1 : 0;
  }
}
