/**
 * The states of a lazy DFA and their transition table. A state's name is the offset of its row, so that following a
 * transition is one load.
 */
import { PcSet } from "./pc-set";

const UNKNOWN: u32 = 0xffffffff;
/** Table entries and stored items (4 bytes each) before the cache counts as full. */
const MAX_ENTRIES: i32 = 1 << 20;
const MAX_ITEMS: i32 = 1 << 21;

export class StateTable {
  private rows: StaticArray<u32> = new StaticArray<u32>(1024);
  private used: i32 = 0;
  private firsts: Array<i32> = [];
  private sizes: Array<i32> = [];
  private flagsOf: Array<i32> = [];
  private items: Array<i32> = [];
  /** Open addressing over state numbers + 1. */
  private slots: StaticArray<i32> = new StaticArray<i32>(256);
  /** Counts clearings: a row from before one is stale. */
  epoch: i32 = 0;

  constructor(private stride: i32) {}

  get table(): usize {
    return changetype<usize>(this.rows);
  }

  get length(): i32 {
    return this.firsts.length;
  }

  get full(): bool {
    return this.used + this.stride > MAX_ENTRIES || this.items.length > MAX_ITEMS;
  }

  clear(): void {
    this.used = 0;
    this.firsts.length = 0;
    this.sizes.length = 0;
    this.flagsOf.length = 0;
    this.items.length = 0;
    memory.fill(changetype<usize>(this.slots), 0, this.slots.length << 2);
    this.epoch++;
  }

  flags(row: u32): i32 {
    return this.flagsOf[row / this.stride];
  }

  first(row: u32): i32 {
    return this.firsts[row / this.stride];
  }

  size(row: u32): i32 {
    return this.sizes[row / this.stride];
  }

  item(i: i32): i32 {
    return unchecked(this.items[i]);
  }

  /** The row of the state with these instructions and flags, made when new. */
  add(set: PcSet, flags: i32): u32 {
    const pcs = set.canonical();
    let hash: u32 = 0x811c9dc5 ^ flags;
    for (let i = 0; i < pcs.length; i++) hash = (hash ^ unchecked(pcs[i])) * 0x01000193;
    hash ^= hash >> 15;
    let mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] != 0) {
      const id = this.slots[slot] - 1;
      if (this.same(id, pcs, flags)) return id * this.stride;
      slot = (slot + 1) & mask;
    }
    const id = this.firsts.length;
    this.slots[slot] = id + 1;
    this.firsts.push(this.items.length);
    this.sizes.push(pcs.length);
    this.flagsOf.push(flags);
    for (let i = 0; i < pcs.length; i++) this.items.push(unchecked(pcs[i]));
    this.growRows();
    if (this.firsts.length * 2 > this.slots.length) this.growSlots();
    return id * this.stride;
  }

  connect(row: u32, byteClass: i32, target: u32): void {
    unchecked((this.rows[row + byteClass] = target));
  }

  private same(id: i32, pcs: Array<i32>, flags: i32): bool {
    if (this.flagsOf[id] != flags || this.sizes[id] != pcs.length) return false;
    const first = this.firsts[id];
    for (let i = 0; i < pcs.length; i++) if (unchecked(this.items[first + i]) != unchecked(pcs[i])) return false;
    return true;
  }

  private growRows(): void {
    const need = this.used + this.stride;
    if (need > this.rows.length) {
      const grown = new StaticArray<u32>(max(need, this.rows.length * 2));
      memory.copy(changetype<usize>(grown), changetype<usize>(this.rows), <usize>this.used << 2);
      this.rows = grown;
    }
    memory.fill(changetype<usize>(this.rows) + ((<usize>this.used) << 2), 0xff, (<usize>this.stride) << 2);
    this.used = need;
  }

  private growSlots(): void {
    const old = this.slots;
    const grown = new StaticArray<i32>(old.length * 2);
    const mask = grown.length - 1;
    for (let id = 0; id < this.firsts.length; id++) {
      let hash: u32 = 0x811c9dc5 ^ this.flagsOf[id];
      const first = this.firsts[id];
      for (let i = 0; i < this.sizes[id]; i++) hash = (hash ^ unchecked(this.items[first + i])) * 0x01000193;
      hash ^= hash >> 15;
      let slot = hash & mask;
      while (grown[slot] != 0) slot = (slot + 1) & mask;
      grown[slot] = id + 1;
    }
    this.slots = grown;
  }
}
