import { describe, expect, test } from "vitest";
import { Cloudfs } from "../src/cloudfs/cloudfs.ts";
import { fsck } from "../src/cloudfs/fsck.ts";
import { settle } from "../src/vfs/errors.ts";
import { FaultyBlockDevice } from "./faulty-device.ts";
import { dump, list, writeAll } from "./files.ts";
import type { TestDevice } from "./memory-device.ts";
import { Random } from "./random.ts";

const long = process.env.CLOUDOS_TEST_LONG === "1";
const SEEDS = long ? [1, 2, 3, 4] : [1, 2];
const OPERATIONS = long ? 300 : 120;
const FILE = { type: 4, mode: 0o644 };
const DIR = { type: 3, mode: 0o755 };
const LINK = { type: 7, mode: 0o777, target: "elsewhere" };

interface History {
  readonly device: FaultyBlockDevice;
  /** The tree after each sync, and how many device steps there were by then. */
  readonly synced: { readonly steps: number; readonly tree: string }[];
}

/** A seeded history of operations with a sync now and then. */
async function play(seed: number, atomicBlocks: number): Promise<History> {
  const random = new Random(seed);
  let now = 0n;
  const device = new FaultyBlockDevice(2048, atomicBlocks);
  const fs = await Cloudfs.mount(device, { nowNs: () => ++now, format: true });
  const synced: History["synced"] = [];
  const sync = async () => {
    await fs.sync();
    synced.push({ steps: device.steps.length, tree: (await dump(fs)).join("\n") });
  };
  await sync();
  const dirs = [fs.rootIno];
  for (let i = 0; i < OPERATIONS; i++) {
    const dir = random.pick(dirs);
    const names = await list(fs, dir);
    const some = names.length > 0 ? random.pick(names) : undefined;
    const name = `n${random.below(40)}`;
    try {
      switch (random.below(9)) {
        case 0:
        case 1:
        case 2: {
          const ino = await settle(() => fs.create(dir, name, FILE));
          await writeAll(fs, ino, new Uint8Array(random.below(60_000)).fill(i), BigInt(i));
          break;
        }
        case 3:
          if (dirs.length < 6) dirs.push(await settle(() => fs.create(dir, `d${i}`, DIR)));
          break;
        case 4: {
          const orphan = some?.type === 4 ? await settle(() => fs.unlink(dir, some.name)) : 0;
          if (orphan !== 0) await settle(() => fs.release(orphan));
          break;
        }
        case 5: {
          if (some?.type !== 4) break;
          const orphan = await settle(() => fs.rename(dir, some.name, random.pick(dirs), name));
          if (orphan !== 0) await settle(() => fs.release(orphan));
          break;
        }
        case 6: {
          if (some?.type !== 4) break;
          const pages = [{ index: random.below(30), bytes: new Uint8Array(4096).fill(i) }];
          const { size } = await settle(() => fs.attributes(some.ino));
          const validSize = random.below(2) === 0 ? size : random.below(size + 1);
          const grown = Math.max(size, (pages[0]!.index + 1) * 4096);
          await fs.writeBack(some.ino, { size: grown, mtimeNs: BigInt(i), validSize, pages });
          break;
        }
        case 7:
          if (some?.type === 4) await settle(() => fs.link(random.pick(dirs), name, some.ino));
          else await settle(() => fs.create(dir, name, LINK));
          break;
        default:
          await sync();
      }
    } catch (error) {
      // A name that is there already: the history goes on.
      if ((error as { errno?: number }).errno === undefined) throw error;
    }
  }
  await sync();
  return { device, synced };
}

/** What is mounted must be a synced state, and none older than the last sync before the crash. */
async function expectPrefix(history: History, crashed: TestDevice, steps: number, what: string): Promise<void> {
  const oldest = history.synced.findLastIndex((state) => state.steps <= steps);
  if (oldest < 0) return;
  const problems = await fsck(crashed);
  if (problems.length > 0) throw new Error(`${what}: ${problems.join("; ")}`);
  const fs = await Cloudfs.mount(crashed, { nowNs: () => 0n });
  const tree = (await dump(fs)).join("\n");
  const allowed = history.synced.slice(oldest, oldest + 2).map((state) => state.tree);
  if (!allowed.includes(tree)) throw new Error(`${what}: the tree is no state that was synced`);
}

describe.each([
  ["atomic writes", 65536],
  ["ordered writes", 0],
])("cloudfs after a crash, %s", (_title, atomicBlocks) => {
  test.each(SEEDS)("mounts a synced state, wherever the power went (seed %i)", async (seed) => {
    const history = await play(seed, atomicBlocks);
    const { steps } = history.device;
    const random = new Random(seed + 1000);
    expect(history.synced.length).toBeGreaterThan(5);
    for (let at = history.synced[0]!.steps; at <= steps.length; at++) {
      if (!long && steps.length > 300 && random.below(steps.length / 150) !== 0) continue;
      await expectPrefix(history, history.device.crashed(at), at, `seed ${seed}, cut after step ${at}`);
      const torn = 1 + random.below(4095);
      await expectPrefix(history, history.device.crashed(at, torn), at, `seed ${seed}, step ${at} torn at ${torn}`);
      const mask = random.below(2 ** 30);
      const keep = (index: number) => ((mask >>> (index % 30)) & 1) === 1;
      await expectPrefix(history, history.device.reordered(at, keep), at, `seed ${seed}, ${at} reordered by ${mask}`);
    }
  });
});
