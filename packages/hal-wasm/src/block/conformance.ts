/**
 * What every block device must do (packages/abi/src/ports.ts), as cases that run anywhere: under Vitest (test/block.test.ts) and in a
 * browser page or worker (`runBlockDeviceCases`).
 */
import { type BlockDevice, BlockError, type BlockErrorCode } from "@cloudos/abi";

export interface BlockDeviceMaker {
  /** Opens the device of that name, creating it empty. At least 64 blocks. */
  open(name: string): Promise<BlockDevice>;
  /** Contents outlive `close`. */
  readonly persistent: boolean;
}

export interface BlockDeviceCase {
  readonly name: string;
  /** Why the case says nothing about this device. */
  skip?(maker: BlockDeviceMaker): string | undefined;
  run(maker: BlockDeviceMaker, name: string): Promise<void>;
}

function block(fill: number, count = 1): Uint8Array {
  return new Uint8Array(4096 * count).fill(fill);
}

async function expectBytes(device: BlockDevice, at: number, ...fills: number[]): Promise<void> {
  const out = block(0xee, fills.length);
  await device.read(at, out);
  for (const [index, fill] of fills.entries()) {
    const part = out.subarray(index * 4096, (index + 1) * 4096);
    const wrong = part.findIndex((byte) => byte !== fill);
    if (wrong >= 0) throw new Error(`block ${at + index} byte ${wrong} is ${part[wrong]}, expected ${fill}`);
  }
}

async function expectError(code: BlockErrorCode, operation: () => Promise<unknown>): Promise<void> {
  try {
    await operation();
  } catch (error) {
    if (error instanceof BlockError && error.code === code) return;
    throw new Error(`expected BlockError "${code}", got ${String(error)}`, { cause: error });
  }
  throw new Error(`expected BlockError "${code}", but it succeeded`);
}

const onOpen = (run: (device: BlockDevice) => Promise<void>) => async (maker: BlockDeviceMaker, name: string) => {
  const device = await maker.open(name);
  try {
    await run(device);
  } finally {
    await device.close();
  }
};

export const BLOCK_DEVICE_CASES: readonly BlockDeviceCase[] = [
  {
    name: "reads zeros where nothing was written",
    run: onOpen(async (device) => {
      await expectBytes(device, 0, 0);
      await expectBytes(device, device.blockCount - 3, 0, 0, 0);
    }),
  },
  {
    name: "reads what was written, next to what was not",
    run: onOpen(async (device) => {
      await device.write([{ block: 5, data: block(1) }]);
      await device.write([
        { block: 7, data: block(2, 2) },
        { block: 20, data: block(3) },
      ]);
      await expectBytes(device, 4, 0, 1, 0, 2, 2, 0);
      await expectBytes(device, 20, 3);
      await expectBytes(device, 8, 2);
    }),
  },
  {
    name: "takes writes to one block in the order of the calls",
    run: onOpen(async (device) => {
      await Promise.all([1, 2, 3, 4].map((fill) => device.write([{ block: 9, data: block(fill) }])));
      await expectBytes(device, 9, 4);
      const twice = [1, 2].map((fill) => ({ block: 9, data: block(fill) }));
      await device.write(twice);
      await expectBytes(device, 9, 2);
    }),
  },
  {
    name: "copies the data before the call returns",
    run: onOpen(async (device) => {
      const data = block(7);
      const done = device.write([{ block: 1, data }]);
      data.fill(8);
      await done;
      await expectBytes(device, 1, 7);
    }),
  },
  {
    name: "writes atomically, or says that it cannot",
    run: onOpen(async (device) => {
      const writes = [
        { block: 2, data: block(1) },
        { block: 30, data: block(2, 3) },
      ];
      if (device.atomicBlocks === 0) {
        await expectError("out-of-range", () => device.writeAtomic(writes));
        return;
      }
      await device.writeAtomic(writes);
      await expectBytes(device, 2, 1);
      await expectBytes(device, 30, 2, 2, 2);
    }),
  },
  {
    name: "forgets discarded blocks",
    run: onOpen(async (device) => {
      await device.write([{ block: 10, data: block(9, 6) }]);
      await device.discard(11, 2);
      await expectBytes(device, 10, 9, 0, 0, 9, 9, 9);
      await device.discard(13, 3);
      await expectBytes(device, 10, 9, 0, 0, 0, 0, 0);
      await device.write([{ block: 14, data: block(5) }]);
      await expectBytes(device, 13, 0, 5, 0);
    }),
  },
  {
    name: "orders a write after a discard of the same block",
    run: onOpen(async (device) => {
      await device.write([{ block: 3, data: block(1) }]);
      await Promise.all([device.discard(3, 1), device.write([{ block: 3, data: block(2) }])]);
      await expectBytes(device, 3, 2);
    }),
  },
  {
    name: "refuses ranges that are not on the device, and stays as it was",
    run: onOpen(async (device) => {
      await expectError("out-of-range", () => device.read(device.blockCount, block(0)));
      await expectError("out-of-range", () => device.read(device.blockCount - 1, block(0, 2)));
      await expectError("out-of-range", () => device.read(-1, block(0)));
      await expectError("out-of-range", () => device.read(0, new Uint8Array(100)));
      await expectError("out-of-range", () => device.read(0, new Uint8Array(0)));
      const writes = [
        { block: 1, data: block(1) },
        { block: device.blockCount, data: block(1) },
      ];
      await expectError("out-of-range", () => device.write(writes));
      await expectBytes(device, 1, 0);
      await expectError("out-of-range", () => device.discard(device.blockCount - 1, 2));
    }),
  },
  {
    name: "flushes with and without anything to flush",
    run: onOpen(async (device) => {
      await device.flush();
      await device.write([{ block: 0, data: block(1) }]);
      await device.flush();
      await device.flush();
      await Promise.all([device.write([{ block: 0, data: block(2) }]), device.flush()]);
      await expectBytes(device, 0, 2);
    }),
  },
  {
    name: "refuses everything once it is closed",
    async run(maker, name) {
      const device = await maker.open(name);
      await device.close();
      await expectError("closed", () => device.read(0, block(0)));
      await expectError("closed", () => device.write([{ block: 0, data: block(0) }]));
      await expectError("closed", () => device.flush());
      await expectError("closed", () => device.discard(0, 1));
      await device.close();
    },
  },
  {
    name: "keeps its contents and size when it is opened again",
    skip: (maker) => (maker.persistent ? undefined : "contents end with the object"),
    async run(maker, name) {
      const first = await maker.open(name);
      await first.write([{ block: 6, data: block(6, 2) }]);
      await first.flush();
      await first.close();
      const second = await maker.open(name);
      await expectBytes(second, 5, 0, 6, 6, 0);
      if (second.blockCount !== first.blockCount) throw new Error(`blockCount is ${second.blockCount}`);
      await second.close();
    },
  },
  {
    name: "holds many blocks in one call",
    run: onOpen(async (device) => {
      const count = Math.min(1000, device.blockCount);
      const writes = Array.from({ length: count }, (_, index) => ({ block: index, data: block(index & 0xff) }));
      await device.write(writes);
      await device.flush();
      await expectBytes(device, 0, ...writes.map((_, index) => index & 0xff));
    }),
  },
];

export interface CaseResult {
  readonly name: string;
  readonly outcome: "passed" | "skipped" | "failed";
  readonly reason?: string;
}

/** Runs all cases one after the other; for pages and workers without a test runner. */
export async function runBlockDeviceCases(maker: BlockDeviceMaker, prefix: string): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const [index, { name, skip, run }] of BLOCK_DEVICE_CASES.entries()) {
    const reason = skip?.(maker);
    if (reason !== undefined) {
      results.push({ name, outcome: "skipped", reason });
      continue;
    }
    try {
      await run(maker, `${prefix}-${index}`);
      results.push({ name, outcome: "passed" });
    } catch (error) {
      results.push({ name, outcome: "failed", reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
}
