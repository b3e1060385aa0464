/**
 * The page table of a memory object (a vnode, a VMO): a two-level table of 4 KiB frames, so that an object of up to 4 GiB
 * costs what it has in memory. Everything here wants the object's lock held.
 *
 *     page 0..6 -> direct                                     entry: frame address | PAGE_* bits, 0 = no page
 *     others    -> root[page >> 10] -> leaf[page & 1023]
 */
import { PAGE_SIZE } from "../../../abi/src/params";
import { frameAlloc, frameFree } from "./frames";

/** Entry bits: the page has content. */
export const PAGE_PRESENT: u32 = 1;
/** To be written back. */
export const PAGE_DIRTY: u32 = 2;
/** Asked for, not here yet. */
export const PAGE_LOADING: u32 = 4;
/** Being written back. */
export const PAGE_WRITING: u32 = 8;
/** Touched since reclaim last came by. */
export const PAGE_USED: u32 = 16;
export const PAGE_BITS: u32 = PAGE_SIZE - 1;

export const PAGES_MAX: u32 = 1 << 20;
export const PAGE_NONE: u32 = 0xffffffff;

/** 0 root | 4..31 direct entries. Embedded in objects; all zero is an empty table. */
@unmanaged
export class PageTable {
  /** Frame of 1024 addresses of leaf frames, each with 1024 page entries; 0 while DIRECT_PAGES are enough. */
  root: u32;
  direct: u32;
  direct1: u32;
  direct2: u32;
  direct3: u32;
  direct4: u32;
  direct5: u32;
  direct6: u32;
}
export const DIRECT_PAGES: u32 = 7;
export const LEAF_SHIFT: u32 = 10;
export const LEAF_MASK: u32 = 1023;

// @ts-ignore: decorator
@inline
export function frameOfEntry(entry: u32): usize {
  return <usize>(entry & ~PAGE_BITS);
}

/** Where the entry of a page is, or 0 when its leaf does not exist. */
// @ts-ignore: decorator
@inline
export function pageSlot(table: usize, page: u32): usize {
  if (page < DIRECT_PAGES) return table + offsetof<PageTable>("direct") + (page << 2);
  const root = <usize>load<u32>(table);
  if (root == 0) return 0;
  const leaf = <usize>load<u32>(root + ((page >> LEAF_SHIFT) << 2));
  return leaf == 0 ? 0 : leaf + ((page & LEAF_MASK) << 2);
}

/** The entry of a page, 0 for none. */
// @ts-ignore: decorator
@inline
export function pageEntry(table: usize, page: u32): u32 {
  const slot = pageSlot(table, page);
  return slot == 0 ? 0 : load<u32>(slot);
}

/** Like pageSlot, but makes the leaf. 0 when memory is out. */
export function pageSlotMake(table: usize, page: u32): usize {
  const slot = pageSlot(table, page);
  if (slot != 0) return slot;
  if (load<u32>(table) == 0) {
    const root = frameAlloc();
    if (root == 0) return 0;
    store<u32>(table, <u32>root);
  }
  const leaf = frameAlloc();
  if (leaf == 0) return 0;
  store<u32>(<usize>load<u32>(table) + ((page >> LEAF_SHIFT) << 2), <u32>leaf);
  return leaf + ((page & LEAF_MASK) << 2);
}

/** The first page at or after `from` that has an entry, or PAGE_NONE. */
export function pageNext(table: usize, from: u32): u32 {
  let page = from;
  while (page < PAGES_MAX) {
    const slot = pageSlot(table, page);
    if (slot == 0) {
      if (load<u32>(table) == 0) break;
      page = (page | LEAF_MASK) + 1;
      continue;
    }
    if (load<u32>(slot) != 0) return page;
    page++;
  }
  return PAGE_NONE;
}

/** Frees the leaves that hold only pages from `first` on, none of which has an entry. */
export function tableTrim(table: usize, first: u32): void {
  const root = <usize>load<u32>(table);
  if (root == 0) return;
  for (let leaf = (first + LEAF_MASK) >> LEAF_SHIFT; leaf <= LEAF_MASK; leaf++) {
    const address = load<u32>(root + (leaf << 2));
    if (address == 0) continue;
    store<u32>(root + (leaf << 2), 0);
    frameFree(address);
  }
  if (first == 0) {
    store<u32>(table, 0);
    frameFree(root);
  }
}
