import { expect, test } from "vitest";
import { Cloudfs } from "../src/cloudfs/cloudfs.ts";
import { fsck } from "../src/cloudfs/fsck.ts";
import { settle } from "../src/vfs/errors.ts";
import { dump, readAll } from "./files.ts";
import { TestDevice } from "./memory-device.ts";
import { Random } from "./random.ts";

const long = process.env.CLOUDOS_TEST_LONG === "1";
const FILE = { type: 4, mode: 0o644 };
const PAGE = 4096;

/** A device that answers in any order, after any number of turns. */
class SlowDevice extends TestDevice {
  readonly random: Random;

  constructor(blockCount: number, atomicBlocks: number, seed: number) {
    super(blockCount, { atomicBlocks });
    this.random = new Random(seed);
  }

  override async read(block: number, out: Uint8Array): Promise<void> {
    for (let turns = this.random.below(8); turns > 0; turns--) await Promise.resolve();
    await super.read(block, out);
    for (let turns = this.random.below(8); turns > 0; turns--) await Promise.resolve();
  }
  override async flush(): Promise<void> {
    for (let turns = this.random.below(40); turns > 0; turns--) await Promise.resolve();
    await super.flush();
  }
}

test.each([
  [1, 65536],
  [2, 0],
  [3, 65536],
])("reads, writes, removals and commits at once (seed %i, atomic %i)", async (seed, atomicBlocks) => {
  const random = new Random(seed);
  const device = new SlowDevice(4096, atomicBlocks, seed);
  const fs = await Cloudfs.mount(device, { nowNs: () => 1n, format: true });
  /** What each file must hold: a fill byte for each page. */
  const model = new Map<string, { ino: number; pages: number[] }>();
  const under = new Set<Promise<void>>();
  const start = (work: Promise<void>) => {
    under.add(work);
    void work.finally(() => under.delete(work));
  };
  for (let i = 0; i < (long ? 5000 : 600); i++) {
    const name = `f${random.below(20)}`;
    const file = model.get(name);
    switch (random.below(6)) {
      case 0:
        start(fs.sync());
        break;
      case 1: {
        if (file === undefined) break;
        model.delete(name);
        const orphan = await settle(() => fs.unlink(fs.rootIno, name));
        await settle(() => fs.release(orphan));
        break;
      }
      case 2: {
        if (file === undefined) break;
        const expected = file.pages.slice();
        start(
          readAll(fs, file.ino).then(
            (data) => {
              // Writes that came later may be seen; what is seen must be whole pages some write put there.
              for (let page = 0; page < Math.min(expected.length, data.length / PAGE); page++) {
                const part = data.subarray(page * PAGE, (page + 1) * PAGE);
                expect(part.every((byte) => byte === part[0])).toBe(true);
              }
            },
            (error) => expect(model.get(name)?.ino === file.ino ? error : undefined).toBeUndefined(),
          ),
        );
        break;
      }
      default: {
        const held = file ?? { ino: await settle(() => fs.create(fs.rootIno, name, FILE)), pages: [] };
        model.set(name, held);
        const index = random.below(12);
        const fill = 1 + random.below(200);
        while (held.pages.length <= index) held.pages.push(0);
        held.pages[index] = fill;
        const pages = [{ index, bytes: new Uint8Array(PAGE).fill(fill) }];
        const size = held.pages.length * PAGE;
        start(
          fs.writeBack(held.ino, { size, mtimeNs: 1n, validSize: size, pages }).catch((error) => {
            // Removed meanwhile.
            if (model.get(name)?.ino === held.ino) throw error;
          }),
        );
      }
    }
    if (random.below(4) === 0) await Promise.resolve();
  }
  await Promise.all(under);
  await fs.sync();
  for (const { ino, pages } of model.values()) {
    const data = await readAll(fs, ino);
    expect(Array.from({ length: data.length / PAGE }, (_, page) => data[page * PAGE])).toEqual(pages);
  }
  const tree = await dump(fs);
  const copy = new TestDevice(4096, { blocks: new Map(device.blocks), atomicBlocks });
  expect(await fsck(copy)).toEqual([]);
  expect(await dump(await Cloudfs.mount(copy, { nowNs: () => 1n }))).toEqual(tree);
});
