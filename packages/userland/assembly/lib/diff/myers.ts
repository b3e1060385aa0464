/** Shortest edit scripts: Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), in linear space. */

/** Edit distance at which a part is cut in two without looking for the best place: bounds the time on unlike files. */
const TOO_EXPENSIVE: i32 = 4096;

export class Script {
  /** Lines of the first file that are deleted, lines of the second that are inserted. */
  deleted: StaticArray<bool>;
  inserted: StaticArray<bool>;
  private forward: StaticArray<i32>;
  private backward: StaticArray<i32>;
  private offset: i32;
  private middleX: i32 = 0;
  private middleY: i32 = 0;

  constructor(
    private a: Array<i32>,
    private b: Array<i32>,
  ) {
    const n = a.length;
    const m = b.length;
    this.deleted = new StaticArray<bool>(n + 1);
    this.inserted = new StaticArray<bool>(m + 1);
    this.forward = new StaticArray<i32>(n + m + 3);
    this.backward = new StaticArray<i32>(n + m + 3);
    this.offset = m + 1;
    this.compare(0, n, 0, m);
    this.slide(this.deleted, this.inserted, a);
    this.slide(this.inserted, this.deleted, b);
  }

  private compare(x0: i32, x1: i32, y0: i32, y1: i32): void {
    while (x0 < x1 && y0 < y1 && this.a[x0] == this.b[y0]) {
      x0++;
      y0++;
    }
    while (x0 < x1 && y0 < y1 && this.a[x1 - 1] == this.b[y1 - 1]) {
      x1--;
      y1--;
    }
    if (x0 == x1) for (let y = y0; y < y1; y++) this.inserted[y] = true;
    else if (y0 == y1) for (let x = x0; x < x1; x++) this.deleted[x] = true;
    else {
      this.findMiddle(x0, x1, y0, y1);
      const x = this.middleX;
      const y = this.middleY;
      this.compare(x0, x, y0, y);
      this.compare(x, x1, y, y1);
    }
  }

  /** A point on a shortest path, met half way from both ends. */
  private findMiddle(x0: i32, x1: i32, y0: i32, y1: i32): void {
    const a = this.a;
    const b = this.b;
    const fd = this.forward;
    const bd = this.backward;
    const o = this.offset;
    const fmid = x0 - y0;
    const bmid = x1 - y1;
    const dmin = x0 - y1;
    const dmax = x1 - y0;
    const odd = ((fmid - bmid) & 1) != 0;
    let fmin = fmid;
    let fmax = fmid;
    let bmin = bmid;
    let bmax = bmid;
    fd[o + fmid] = x0;
    bd[o + bmid] = x1;
    for (let cost = 1; ; cost++) {
      if (fmin > dmin) fd[o + --fmin - 1] = -1;
      else fmin++;
      if (fmax < dmax) fd[o + ++fmax + 1] = -1;
      else fmax--;
      for (let d = fmax; d >= fmin; d -= 2) {
        const low = unchecked(fd[o + d - 1]);
        const high = unchecked(fd[o + d + 1]);
        let x = low < high ? high : low + 1;
        let y = x - d;
        while (x < x1 && y < y1 && unchecked(a[x]) == unchecked(b[y])) {
          x++;
          y++;
        }
        unchecked((fd[o + d] = x));
        if (odd && bmin <= d && d <= bmax && unchecked(bd[o + d]) <= x) {
          this.middleX = x;
          this.middleY = y;
          return;
        }
      }
      if (bmin > dmin) bd[o + --bmin - 1] = i32.MAX_VALUE;
      else bmin++;
      if (bmax < dmax) bd[o + ++bmax + 1] = i32.MAX_VALUE;
      else bmax--;
      for (let d = bmax; d >= bmin; d -= 2) {
        const low = unchecked(bd[o + d - 1]);
        const high = unchecked(bd[o + d + 1]);
        let x = low < high ? low : high - 1;
        let y = x - d;
        while (x0 < x && y0 < y && unchecked(a[x - 1]) == unchecked(b[y - 1])) {
          x--;
          y--;
        }
        unchecked((bd[o + d] = x));
        if (!odd && fmin <= d && d <= fmax && x <= unchecked(fd[o + d])) {
          this.middleX = x;
          this.middleY = y;
          return;
        }
      }
      if (cost >= TOO_EXPENSIVE) {
        this.farthest(fmin, fmax, x1, y1);
        return;
      }
    }
  }

  /** The forward path that came farthest. */
  private farthest(fmin: i32, fmax: i32, x1: i32, y1: i32): void {
    let best = -1;
    for (let d = fmax; d >= fmin; d -= 2) {
      const x = min(this.forward[this.offset + d], x1);
      const y = x - d;
      const column = y > y1 ? y1 + d : x;
      const row = y > y1 ? y1 : y;
      if (column + row <= best) continue;
      best = column + row;
      this.middleX = column;
      this.middleY = row;
    }
  }

  /**
   * Which of several equal lines counts as changed is free: moves every run of changed lines as far down as it goes,
   * joining runs that meet, and then back to where the other file has a change too, if it passed such a place.
   * `there` is the place in the other file that corresponds to `end`, the end of the run.
   */
  private slide(changed: StaticArray<bool>, other: StaticArray<bool>, classes: Array<i32>): void {
    const count = classes.length;
    let end = 0;
    let there = 0;
    while (true) {
      for (; end < count && !changed[end]; end++) there = after(other, there);
      if (end == count) return;
      let start = end;
      while (flag(changed, end)) end++;
      while (flag(other, there)) there++;
      let opposite = count;
      let length = 0;
      do {
        length = end - start;
        while (start > 0 && classes[start - 1] == classes[end - 1]) {
          changed[--start] = true;
          changed[--end] = false;
          while (flag(changed, start - 1)) start--;
          there = before(other, there);
        }
        opposite = flag(other, there - 1) ? end : count;
        while (end < count && classes[start] == classes[end]) {
          changed[start++] = false;
          changed[end++] = true;
          while (flag(changed, end)) end++;
          there++;
          for (; flag(other, there); there++) opposite = end;
        }
      } while (length != end - start);
      while (opposite < end) {
        changed[--start] = true;
        changed[--end] = false;
        there = before(other, there);
      }
    }
  }
}

/** Lines outside a file are unchanged. */
function flag(flags: StaticArray<bool>, line: i32): bool {
  return line >= 0 && line < flags.length && flags[line];
}

/** Behind the next unchanged line from `line` on. */
function after(flags: StaticArray<bool>, line: i32): i32 {
  while (flag(flags, line)) line++;
  return line + 1;
}

/** The last unchanged line before `line`. */
function before(flags: StaticArray<bool>, line: i32): i32 {
  line--;
  while (flag(flags, line)) line--;
  return line;
}
