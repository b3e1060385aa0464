/**
 * Argument and environment blocks: NUL-terminated strings, up to ARG_MAX bytes, in frames that need not be adjacent. The first page is a
 * slab object of the size that is needed, as most blocks are short and every process has two.
 */
import { E2BIG, EINVAL, ENOMEM } from "../../../abi/src/errno";
import { ARG_MAX, PAGE_SHIFT, PAGE_SIZE } from "../../../abi/src/params";
import { frameAlloc, frameFree } from "../mem/frames";
import { slabAlloc, slabFree, slotSizeFor } from "../mem/slab";
import { copyIn, copyOut } from "../user";

/**
 *   0 length | 4 strings | 8 index: frame of page addresses | 12 first page, of `firstSize`
 * Written by its maker, then read-only.
 */
@unmanaged
export class Block {
  length: u32;
  count: u32;
  index: u32;
  first: u32;
}

/** An empty block, or 0. */
export function blockCreate(): usize {
  return slabAlloc(<u32>offsetof<Block>());
}

export function blockFree(address: usize): void {
  if (address == 0) return;
  const block = changetype<Block>(address);
  const pages = (block.length + PAGE_SIZE - 1) >> PAGE_SHIFT;
  for (let page: u32 = 1; page < pages; page++) frameFree(pageOf(block, page));
  if (block.first != 0) slabFree(block.first);
  if (block.index != 0) frameFree(block.index);
  slabFree(address);
}

/** The frame with byte `page * PAGE_SIZE`. */
function pageOf(block: Block, page: u32): usize {
  return page == 0 ? <usize>block.first : <usize>load<u32>(<usize>block.index + (page << 2));
}

/** The first page has room for `size` bytes from now on. False: memory is out. */
function growFirst(block: Block, size: u32): bool {
  if (block.first != 0 && size <= slotSizeFor(block.length)) return true;
  const larger = slabAlloc(size);
  if (larger == 0) return false;
  if (block.first != 0) {
    memory.copy(larger, block.first, block.length);
    slabFree(block.first);
  }
  block.first = <u32>larger;
  return true;
}

function addPage(block: Block, page: u32): bool {
  if (block.index == 0) {
    block.index = <u32>frameAlloc();
    if (block.index == 0) return false;
  }
  const frame = frameAlloc();
  if (frame == 0) return false;
  store<u32>(<usize>block.index + (page << 2), <u32>frame);
  return true;
}

/** Appends bytes of the kernel's memory, or of the current process when `user`. 0, -ENOMEM, -E2BIG or -EFAULT. */
export function blockAppend(address: usize, from: usize, length: u32, user: bool): i32 {
  const block = changetype<Block>(address);
  if (<u64>block.length + length > <u64>ARG_MAX) return -E2BIG;
  while (length > 0) {
    const at = block.length & (PAGE_SIZE - 1);
    const page = block.length >> PAGE_SHIFT;
    const part = min<u32>(length, PAGE_SIZE - at);
    if (page == 0) {
      if (!growFirst(block, at + part)) return -ENOMEM;
    } else if (at == 0 && !addPage(block, page)) return -ENOMEM;
    const to = pageOf(block, page) + at;
    // The page belongs to the block before the copy can fail.
    block.length += part;
    if (user) {
      const rc = copyIn(to, <u32>from, part);
      if (rc < 0) return rc;
    } else {
      memory.copy(to, from, part);
    }
    for (let i: u32 = 0; i < part; i++) block.count += <u32>(load<u8>(to + i) == 0);
    from += part;
    length -= part;
  }
  return 0;
}

/** Appends the strings of another block from byte `offset` on. */
export function blockAppendBlock(address: usize, other: usize, offset: u32): i32 {
  const source = changetype<Block>(other);
  while (offset < source.length) {
    const at = offset & (PAGE_SIZE - 1);
    const part = min<u32>(PAGE_SIZE - at, source.length - offset);
    const rc = blockAppend(address, pageOf(source, offset >> PAGE_SHIFT) + at, part, false);
    if (rc < 0) return rc;
    offset += part;
  }
  return 0;
}

/** Is it a sequence of whole strings? 0 or -EINVAL. */
export function blockCheck(address: usize): i32 {
  const block = changetype<Block>(address);
  return block.length == 0 || blockByte(block, block.length - 1) == 0 ? 0 : -EINVAL;
}

export function blockByte(block: Block, offset: u32): u32 {
  return load<u8>(pageOf(block, offset >> PAGE_SHIFT) + (offset & (PAGE_SIZE - 1)));
}

/** Length of the string at `offset`, without its NUL. */
export function blockStringLength(block: Block, offset: u32): u32 {
  let end = offset;
  while (end < block.length && blockByte(block, end) != 0) end++;
  return end - offset;
}

/** Copies bytes to the kernel's memory; returns how many there were. */
export function blockRead(address: usize, offset: u32, to: usize, capacity: u32): u32 {
  const block = changetype<Block>(address);
  let done: u32 = 0;
  while (done < capacity && offset < block.length) {
    const at = offset & (PAGE_SIZE - 1);
    const part = min<u32>(min<u32>(PAGE_SIZE - at, block.length - offset), capacity - done);
    memory.copy(to + done, pageOf(block, offset >> PAGE_SHIFT) + at, part);
    done += part;
    offset += part;
  }
  return done;
}

/** The whole block to the current process. 0 or -EFAULT. */
export function blockCopyOut(address: usize, to: u32): i32 {
  const block = changetype<Block>(address);
  for (let offset: u32 = 0; offset < block.length; offset += PAGE_SIZE) {
    const part = min<u32>(PAGE_SIZE, block.length - offset);
    const rc = copyOut(to + offset, pageOf(block, offset >> PAGE_SHIFT), part);
    if (rc < 0) return rc;
  }
  return 0;
}

/** Offset of the value of `NAME=`; `name` is up to 8 ASCII bytes with the '='. -1 when absent. */
export function blockFind(address: usize, name: u64, nameLength: u32): i32 {
  const block = changetype<Block>(address);
  let offset: u32 = 0;
  while (offset < block.length) {
    let i: u32 = 0;
    while (i < nameLength && offset + i < block.length && blockByte(block, offset + i) == <u32>((name >> (i << 3)) & 0xff)) i++;
    if (i == nameLength) return <i32>(offset + i);
    offset += blockStringLength(block, offset) + 1;
  }
  return -1;
}
