import { BlockError, type BlockWrite } from "@cloudos/abi";

/** Matches a page of the kernel and a page of a disk; IndexedDB's cost per record is 80 us, its cost per byte small. */
export const BLOCK_SIZE = 4096;

export interface Geometry {
  readonly blockCount: number;
  readonly readOnly: boolean;
}

/** Refuses ranges that do not lie on the device. */
export function checkRange(geometry: Geometry, block: number, bytes: number): void {
  const count = bytes / BLOCK_SIZE;
  if (!Number.isInteger(count) || count < 1) {
    throw new BlockError(
      "out-of-range",
      `Cannot transfer ${bytes} bytes: expected a positive multiple of ${BLOCK_SIZE}`,
    );
  }
  if (!Number.isInteger(block) || block < 0 || block + count > geometry.blockCount) {
    const last = block + count - 1;
    throw new BlockError(
      "out-of-range",
      `Cannot reach blocks ${block} to ${last}: the device has ${geometry.blockCount}`,
    );
  }
}

export function checkWrites(geometry: Geometry, writes: readonly BlockWrite[]): void {
  if (geometry.readOnly) throw new BlockError("read-only", "Cannot write: the device is read-only");
  for (const { block, data } of writes) checkRange(geometry, block, data.length);
}

/** Blocks of a list of writes, each with a copy of its bytes. */
export function* eachBlock(writes: readonly BlockWrite[]): Generator<[block: number, bytes: Uint8Array<ArrayBuffer>]> {
  for (const { block, data } of writes) {
    for (let at = 0; at < data.length; at += BLOCK_SIZE) {
      // A copy of its own for each: a structured clone takes the whole buffer behind a view.
      const bytes = new Uint8Array(BLOCK_SIZE);
      bytes.set(data.subarray(at, at + BLOCK_SIZE));
      yield [block + at / BLOCK_SIZE, bytes];
    }
  }
}
