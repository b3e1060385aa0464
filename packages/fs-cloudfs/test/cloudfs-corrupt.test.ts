import { EIO } from "@cloudos/abi/errno";
import { describe, expect, test } from "vitest";
import { Cloudfs } from "../src/cloudfs/cloudfs.ts";
import { fsck } from "../src/cloudfs/fsck.ts";
import { settle } from "../src/vfs/errors.ts";
import { dump, readAll, writeAll } from "./files.ts";
import { TestDevice } from "./memory-device.ts";
import { Random } from "./random.ts";

const long = process.env.CLOUDOS_TEST_LONG === "1";
const FILE = { type: 4, mode: 0o644 };

async function sample(): Promise<{ device: TestDevice; tree: string[]; ino: number }> {
  const device = new TestDevice(1024);
  const fs = await Cloudfs.mount(device, { nowNs: () => 1n, format: true });
  let ino = 0;
  for (let i = 0; i < 40; i++) {
    ino = await settle(() => fs.create(fs.rootIno, `file-${i}`, FILE));
    await writeAll(fs, ino, new Uint8Array(5000 + i).fill(i + 1));
    // Several commits, so that the device holds old versions too.
    if (i % 10 === 0) await fs.sync();
  }
  await fs.sync();
  return { device, tree: await dump(fs), ino };
}

function flipped(device: TestDevice, block: number, bit: number): TestDevice {
  const blocks = new Map(device.blocks);
  const bytes = blocks.get(block)!.slice();
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  blocks.set(block, bytes);
  return new TestDevice(device.blockCount, { blocks });
}

describe("cloudfs on a disk that loses bits", () => {
  test("a flipped bit anywhere is found or harmless, never wrong data", async () => {
    const { device, tree } = await sample();
    const random = new Random(7);
    const rounds = long ? 4000 : 300;
    let found = 0;
    for (let round = 0; round < rounds; round++) {
      const block = random.pick([...device.blocks.keys()]);
      const bit = random.below(4096 * 8);
      const damaged = flipped(device, block, bit);
      let now: string[];
      try {
        now = await dump(await Cloudfs.mount(damaged, { nowNs: () => 1n }));
      } catch (error) {
        expect(error).toMatchObject({ errno: EIO });
        found++;
        continue;
      }
      // One of the two superblocks gone means the state before; everything else must be as it was.
      if (block > 1) expect(now).toEqual(tree);
    }
    expect(found).toBeGreaterThan(rounds / 10);
  });

  test("damaged data is EIO and says where; other files stay readable", async () => {
    const { device, ino } = await sample();
    const last = (bytes: Uint8Array) => bytes[0] === 40 && bytes[4095] === 40;
    const [block] = [...device.blocks].find(([, bytes]) => last(bytes))!;
    const damaged = flipped(device, block, 12345);
    const fs = await Cloudfs.mount(damaged, { nowNs: () => 1n });
    await expect(readAll(fs, ino)).rejects.toMatchObject({ errno: EIO });
    await expect(readAll(fs, ino)).rejects.toThrow(
      new RegExp(`^Cannot read page 0 of inode ${ino} at block ${block}: its hash is 0x[0-9a-f]{8}, expected 0x`),
    );
    const other = await settle(() => fs.lookup(fs.rootIno, "file-3"));
    expect((await readAll(fs, other))[0]).toBe(4);
    expect(await fsck(damaged)).toHaveLength(1);
  });

  test("a bitmap that is damaged is made anew from the tree", async () => {
    const { device, tree } = await sample();
    const damaged = flipped(flipped(device, 2, 9000), 3, 9000);
    const fs = await Cloudfs.mount(damaged, { nowNs: () => 1n });
    expect(await dump(fs)).toEqual(tree);
    const ino = await settle(() => fs.create(fs.rootIno, "new", FILE));
    await writeAll(fs, ino, new Uint8Array(100_000).fill(77));
    await fs.sync();
    expect(await fsck(damaged)).toEqual([]);
    expect((await dump(fs)).length).toBe(tree.length + 1);
  });
});
