import { describe, expect, onTestFinished, test } from "vitest";
import { Cloudfs } from "../src/cloudfs/cloudfs.ts";
import { fsck } from "../src/cloudfs/fsck.ts";
import { TestDevice } from "./memory-device.ts";
import { newTmpfs, nowNs } from "./ninep-machine.ts";
import { fill, type Layout, layer, overlayOn } from "./overlay-layers.ts";
import { Random } from "./random.ts";
import {
  FileSystemParty,
  HostParty,
  mountLinuxOverlay,
  randomOperation,
  sameError,
  type TreeOperation,
} from "./tree-parties.ts";

const BIG = "0123456789abcdef".repeat(600);
const LOW: Layout = {
  a: null,
  "a/a": null,
  "a/a/f": BIG,
  "a/f": "low f",
  "a/g": "low g",
  b: null,
  "b/f": "= a/f",
  "b/g": "-> no/where",
  c: "a file below, a directory above",
  f: BIG,
};
const HIGH: Layout = {
  a: null,
  "a/a": null,
  "a/a/g": "high",
  "a/b": null,
  "a/b/c": "deep",
  "a/g": "high g",
  c: null,
  "c/f": "in",
};
/** What the two make together, without layers. */
const MERGED: Layout = {
  a: null,
  "a/a": null,
  "a/a/f": BIG,
  "a/a/g": "high",
  "a/b": null,
  "a/b/c": "deep",
  "a/f": "low f",
  "a/g": "high g",
  b: null,
  "b/f": "= a/f",
  "b/g": "-> no/where",
  c: null,
  "c/f": "in",
  f: BIG,
};

/** Why Linux's overlayfs cannot be asked here. */
const linuxSays = ((): string | undefined => {
  const mounted = mountLinuxOverlay([{}]);
  if (typeof mounted === "string") return mounted;
  mounted.unmount();
  return undefined;
})();

const SEEDS = process.env.CLOUDOS_TEST_LONG === "1" ? Array.from({ length: 200 }, (_, i) => i + 1) : [1, 2, 3, 4, 5, 6];

describe("a random history on an overlay", () => {
  test.each(SEEDS)("is what it is on a plain file system, across mounts (seed %i)", async (seed) => {
    const random = new Random(seed);
    const lower = [await layer(LOW), await layer(HIGH)];
    let device = new TestDevice(8192);
    const mount = async () => overlayOn(await Cloudfs.mount(device, { format: true, nowNs }), lower);
    const overlay = new FileSystemParty("overlay", await mount());
    const plain = new FileSystemParty("plain", newTmpfs());
    await fill(plain.fs, MERGED);
    const history: TreeOperation[] = [];
    for (let step = 0; step < 400; step++) {
      const operation = randomOperation(random);
      history.push(operation);
      const [got, expected] = [await overlay.apply(operation), await plain.apply(operation)];
      if (got !== expected) expect({ history, got }).toEqual({ history, got: expected });
      if (step % 40 !== 39) continue;
      expect(await overlay.dump()).toEqual(await plain.dump());
      await overlay.fs.sync();
      device = new TestDevice(device.blockCount, { blocks: new Map(device.blocks) });
      expect(await fsck(device)).toEqual([]);
      overlay.fs = await mount();
      expect(await overlay.dump()).toEqual(await plain.dump());
    }
  });

  const onLinux = linuxSays === undefined ? test : test.skip;
  const title = linuxSays === undefined ? "" : ` (skipped: ${linuxSays})`;
  onLinux.each(SEEDS.slice(0, 3))(`is what it is on Linux's overlayfs (seed %i)${title}`, async (seed) => {
    const mounted = mountLinuxOverlay([LOW, HIGH]);
    if (typeof mounted === "string") throw new Error(mounted);
    onTestFinished(mounted.unmount);
    const random = new Random(1000 + seed);
    const linux = new HostParty(mounted.root);
    const overlay = new FileSystemParty("overlay", await overlayOn(newTmpfs(), [await layer(LOW), await layer(HIGH)]));
    const history: string[] = [];
    expect(await overlay.dump()).toEqual(await linux.dump());
    for (let step = 0; step < 300; step++) {
      const operation = randomOperation(random);
      const [got, expected] = [await overlay.apply(operation), await linux.apply(operation)];
      history.push(`${JSON.stringify(operation)} ${got} ${expected}`);
      if (!sameError(got, expected)) expect(history.join("\n")).toBe("");
      if (step % 30 === 29) expect(await overlay.dump()).toEqual(await linux.dump());
    }
  });
});
