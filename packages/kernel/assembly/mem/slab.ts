/**
 * Kernel objects: eight size classes of 32 bytes to 4 KiB, each a list of frames with free slots. Objects come zeroed.
 */
import { Globals, globals } from "../globals";
import { PAGE_SIZE } from "../../../abi/src/params";
import { spinLock, spinUnlock } from "../lock";
import { Frame, frameAddress, frameAlloc, frameFree, frameOf } from "./frames";

// A slab frame's record: owner = first free slot (address), info = class << 16 | used slots, next/prev = partial list.
// Guarded by slabLock.

function classOf(size: u32): u32 {
  return size <= 32 ? 0 : 27 - clz(size - 1);
}

function slotSize(slabClass: u32): u32 {
  return <u32>32 << slabClass;
}

/** Bytes an object of `size` really has. */
export function slotSizeFor(size: u32): u32 {
  return slotSize(classOf(size));
}

function listOf(slabClass: u32): usize {
  return changetype<usize>(globals()) + offsetof<Globals>("slab0") + (slabClass << 2);
}

function lockWord(): usize {
  return changetype<usize>(globals()) + offsetof<Globals>("slabLock");
}

function link(frame: Frame, list: usize): void {
  const head = load<u32>(list);
  frame.next = head;
  frame.prev = 0;
  if (head != 0) changetype<Frame>(head).prev = changetype<u32>(frame);
  store<u32>(list, changetype<u32>(frame));
}

function unlink(frame: Frame, list: usize): void {
  if (frame.next != 0) changetype<Frame>(frame.next).prev = frame.prev;
  if (frame.prev != 0) changetype<Frame>(frame.prev).next = frame.next;
  else store<u32>(list, frame.next);
}

/** A zeroed object of at least `size` bytes (at most 4096), or 0. */
export function slabAlloc(size: u32): usize {
  const slabClass = classOf(size);
  const list = listOf(slabClass);
  spinLock(lockWord());
  if (load<u32>(list) == 0) {
    // frameAlloc may reclaim and so take locks of the page cache, which come before slabLock.
    spinUnlock(lockWord());
    const page = frameAlloc();
    if (page == 0) return 0;
    const fresh = frameOf(page);
    thread(page, slotSize(slabClass));
    fresh.owner = <u32>page;
    fresh.info = slabClass << 16;
    spinLock(lockWord());
    link(fresh, list);
  }
  const frame = changetype<Frame>(load<u32>(list));
  const slot = <usize>frame.owner;
  frame.owner = load<u32>(slot);
  frame.info++;
  if (frame.owner == 0) unlink(frame, list);
  spinUnlock(lockWord());
  memory.fill(slot, 0, slotSize(slabClass));
  atomic.add<u32>(changetype<usize>(globals()) + offsetof<Globals>("objects"), 1);
  return slot;
}

/** Chains the slots of a fresh frame; the last link is 0. */
function thread(page: usize, size: u32): void {
  for (let slot = page; slot + size < page + PAGE_SIZE; slot += size) store<u32>(slot, <u32>(slot + size));
}

export function slabFree(slot: usize): void {
  const frame = frameOf(slot);
  spinLock(lockWord());
  const list = listOf(frame.info >> 16);
  const used = (--frame.info) & 0xffff;
  if (frame.owner == 0) link(frame, list);
  store<u32>(slot, frame.owner);
  frame.owner = <u32>slot;
  if (used == 0) unlink(frame, list);
  spinUnlock(lockWord());
  if (used == 0) frameFree(frameAddress(frame));
  atomic.sub<u32>(changetype<usize>(globals()) + offsetof<Globals>("objects"), 1);
}
