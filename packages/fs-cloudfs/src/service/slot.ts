import { EINVAL, ENAMETOOLONG } from "@cloudos/abi/errno";
import { vfsSlot } from "@cloudos/abi/layout";
import { PATH_MAX } from "@cloudos/abi/params";
import {
  SLOT_BUF_SIZE,
  SLOT_O_ATIME,
  SLOT_O_BLOCKS,
  SLOT_O_CTIME,
  SLOT_O_DEV,
  SLOT_O_DEVICE,
  SLOT_O_ERRNO,
  SLOT_O_FLAGS,
  SLOT_O_GID,
  SLOT_O_LEN1,
  SLOT_O_MTIME,
  SLOT_O_NLINK,
  SLOT_O_NODE,
  SLOT_O_OP,
  SLOT_O_PID,
  SLOT_O_RMODE,
  SLOT_O_SIZE,
  SLOT_O_TYPE,
  SLOT_O_UID,
} from "@cloudos/abi/vfs-protocol";
import { fail } from "../vfs/errors.ts";
import { type Attributes, programFileType } from "../vfs/file-system.ts";
import { decodeName } from "../vfs/names.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** A request slot (vfs-protocol.ts) in kernel memory. One object per slot for the life of the service. */
export class Slot {
  readonly index: number;
  readonly base: number;
  readonly #memory: KernelMemory;

  constructor(memory: KernelMemory, index: number) {
    this.#memory = memory;
    this.index = index;
    this.base = vfsSlot(index);
  }

  get op(): number {
    return this.u32(SLOT_O_OP);
  }
  get pid(): number {
    return this.u32(SLOT_O_PID);
  }
  get flags(): number {
    return this.u32(SLOT_O_FLAGS);
  }

  u32(offset: number): number {
    return this.#memory.view.getUint32(this.base + offset, true);
  }

  u64(offset: number): bigint {
    return this.#memory.view.getBigUint64(this.base + offset, true);
  }

  /** A u64 that is a count or a size. */
  count(offset: number): number {
    const low = this.#memory.view.getUint32(this.base + offset, true);
    const high = this.#memory.view.getUint32(this.base + offset + 4, true);
    if (high >= 0x200000) fail(EINVAL);
    return high * 0x1_0000_0000 + low;
  }

  /** Upper 16 bits of a node id. */
  nodeSpace(offset: number): number {
    return this.#memory.view.getUint16(this.base + offset + 6, true);
  }

  /** Lower 48 bits of a node id. */
  nodeIno(offset: number): number {
    const low = this.#memory.view.getUint32(this.base + offset, true);
    return this.#memory.view.getUint16(this.base + offset + 4, true) * 0x1_0000_0000 + low;
  }

  setU32(offset: number, value: number): void {
    this.#memory.view.setUint32(this.base + offset, value, true);
  }

  setU64(offset: number, value: bigint): void {
    this.#memory.view.setBigUint64(this.base + offset, BigInt.asUintN(64, value), true);
  }

  setCount(offset: number, value: number): void {
    this.#memory.view.setUint32(this.base + offset, value % 0x1_0000_0000, true);
    this.#memory.view.setUint32(this.base + offset + 4, Math.floor(value / 0x1_0000_0000), true);
  }

  setNode(offset: number, space: number, ino: number): void {
    this.#memory.view.setUint32(this.base + offset, ino % 0x1_0000_0000, true);
    this.#memory.view.setUint32(this.base + offset + 4, Math.floor(ino / 0x1_0000_0000) + space * 0x10000, true);
  }

  /** The text in a buffer: `lengthAt` is the field with its length. */
  text(lengthAt: number, bufferAt: number): string {
    const length = this.u32(lengthAt);
    if (length >= PATH_MAX) fail(ENAMETOOLONG);
    return decodeName(this.#memory.bytes, this.base + bufferAt, this.base + bufferAt + length);
  }

  /** Raw bytes of a buffer, copied. */
  bytes(lengthAt: number, bufferAt: number): Uint8Array {
    const length = this.u32(lengthAt);
    if (length > SLOT_BUF_SIZE) fail(EINVAL);
    return this.#memory.bytes.slice(this.base + bufferAt, this.base + bufferAt + length);
  }

  putBytes(lengthAt: number, bufferAt: number, bytes: Uint8Array): void {
    if (bytes.length > SLOT_BUF_SIZE) fail(ENAMETOOLONG);
    this.#memory.bytes.set(bytes, this.base + bufferAt);
    this.setU32(lengthAt, bytes.length);
  }

  /** As `putBytes`, but may run on through the second buffer, which follows the first. */
  putRun(lengthAt: number, bufferAt: number, bytes: Uint8Array): void {
    if (bytes.length > 2 * SLOT_BUF_SIZE) fail(ENAMETOOLONG);
    this.#memory.bytes.set(bytes, this.base + bufferAt);
    this.setU32(lengthAt, bytes.length);
  }

  putAttributes(inode: Attributes, space: number, deviceId: number): void {
    this.setNode(SLOT_O_NODE, space, inode.ino);
    this.setCount(SLOT_O_DEV, deviceId);
    this.setU32(SLOT_O_TYPE, programFileType(inode.type));
    this.setCount(SLOT_O_SIZE, inode.size);
    this.setU64(SLOT_O_ATIME, inode.atimeNs);
    this.setU64(SLOT_O_MTIME, inode.mtimeNs);
    this.setU64(SLOT_O_CTIME, inode.ctimeNs);
    this.setCount(SLOT_O_NLINK, inode.nlink);
    this.setU32(SLOT_O_RMODE, inode.mode);
    this.setU32(SLOT_O_UID, inode.uid);
    this.setU32(SLOT_O_GID, inode.gid);
    this.setU32(SLOT_O_DEVICE, inode.device);
    this.setCount(SLOT_O_BLOCKS, inode.blocks);
  }

  finish(errno: number): void {
    this.setU32(SLOT_O_ERRNO, errno);
    if (errno !== 0) this.setU32(SLOT_O_LEN1, 0);
  }
}
