import { STATE_PAGE_SIZE, type StateParts, type StateSpace } from "@cloudos/abi/saved-state";
import { describe, expect, it } from "vitest";
import { checkSnapshot } from "../src/snapshot/check-snapshot.ts";
import { concat } from "../src/snapshot/compress.ts";
import { SnapshotError } from "../src/snapshot/malformed.ts";
import { readSnapshot, readSnapshotHeader } from "../src/snapshot/read-snapshot.ts";
import { writeSnapshot } from "../src/snapshot/write-snapshot.ts";
import { Random } from "./random.ts";

const header = {
  hardware: "pc-1:memory=64",
  memoryMiB: 64,
  base: null as string | null,
  image: { name: "debian", id: "abc" },
  name: "m",
  savedAtMs: 1000,
  generation: "g1",
};

async function write(state: StateParts, base: StateParts | null, fids: Uint8Array<ArrayBuffer> | null = null) {
  const pieces: Uint8Array[] = [];
  const content = { header: { ...header, base: base === null ? null : "base-id" }, state, base, fids };
  const written = await writeSnapshot(content, (piece) => void pieces.push(piece));
  return { ...written, bytes: concat(pieces, written.sizeBytes) };
}

/** Cut at places that have nothing to do with the format's own. */
function* chunks(bytes: Uint8Array, random: Random): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random.below(70_000);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function space(random: Random, sizePages: number): StateSpace {
  const pages = Array.from({ length: sizePages }, (_, page) => page).filter(() => random.below(3) > 0);
  const bytes = new Uint8Array(pages.length * STATE_PAGE_SIZE);
  for (let i = 0; i < pages.length; i++) {
    const content = bytes.subarray(i * STATE_PAGE_SIZE, (i + 1) * STATE_PAGE_SIZE);
    // Few kinds of pages, so that equal ones occur; never all zeros.
    content.fill(1 + random.below(6));
    if (random.below(2) > 0) content[random.below(STATE_PAGE_SIZE)] = random.below(256);
  }
  return { sizeBytes: sizePages * STATE_PAGE_SIZE - random.below(2) * 100, pages: Uint32Array.from(pages), bytes };
}

/** A later state of the same machine: pages changed, appeared and became zeros. */
function later(random: Random, from: StateSpace): StateSpace {
  const pages = new Map<number, Uint8Array>();
  for (const [i, page] of from.pages.entries()) {
    if (random.below(10) === 0) continue;
    const content = from.bytes.slice(i * STATE_PAGE_SIZE, (i + 1) * STATE_PAGE_SIZE);
    if (random.below(5) === 0) content[random.below(STATE_PAGE_SIZE)]! ^= 0x80;
    pages.set(page, content);
  }
  const last = Math.ceil(from.sizeBytes / STATE_PAGE_SIZE);
  for (let n = random.below(4); n > 0; n--) pages.set(random.below(last), new Uint8Array(STATE_PAGE_SIZE).fill(7));
  const numbers = [...pages.keys()].sort((a, b) => a - b);
  return {
    sizeBytes: from.sizeBytes,
    pages: Uint32Array.from(numbers),
    bytes: concat(
      numbers.map((page) => pages.get(page)!),
      numbers.length * STATE_PAGE_SIZE,
    ),
  };
}

const state = (random: Random): StateParts => ({
  emulator: "v86-6",
  info: random.bytes(random.below(5000)),
  spaces: [space(random, 40 + random.below(2000)), space(random, random.below(20)), space(random, 3)],
});

describe("snapshots", () => {
  it.each([1, 2, 3, 4, 5, 6])("give back what was saved, alone and against a base (seed %i)", async (seed) => {
    const random = new Random(seed);
    const base = state(random);
    const alone = await write(base, null, random.bytes(100));
    const read = await readSnapshot(chunks(alone.bytes, random), { base: () => Promise.reject(new Error("no base")) });
    expect(read.state).toEqual(base);
    expect(read.fids).toHaveLength(100);
    expect(read.id).toBe(alone.id);

    const next = { ...base, info: random.bytes(10), spaces: base.spaces.map((each) => later(random, each)) };
    const clone = await write(next, base);
    const resumed = await readSnapshot(chunks(clone.bytes, random), { base: async () => base });
    expect(resumed.state).toEqual(next);
    expect(resumed.fids).toBeNull();
    expect(resumed.header).toMatchObject({ name: "m", base: "base-id", emulator: "v86-6" });
  });

  it("of a clone hold its dirty pages only", async () => {
    const random = new Random(7);
    const pages = Uint32Array.from({ length: 4096 }, (_, i) => i);
    const bytes = random.bytes(4096 * STATE_PAGE_SIZE);
    const base = { emulator: "v86-6", info: new Uint8Array(10), spaces: [{ sizeBytes: bytes.length, pages, bytes }] };
    const dirty = bytes.slice();
    for (const page of [3, 1000, 4095]) dirty.set(random.bytes(STATE_PAGE_SIZE), page * STATE_PAGE_SIZE);
    const clone = await write({ ...base, spaces: [{ sizeBytes: bytes.length, pages, bytes: dirty }] }, base);
    expect(clone.pages).toEqual({ literal: 3, same: 0, zeroed: 0 });
    expect(clone.sizeBytes).toBeLessThan(4 * STATE_PAGE_SIZE);
    const unchanged = await write(base, base);
    expect(unchanged.pages).toEqual({ literal: 0, same: 0, zeroed: 0 });
  });

  it("with any byte changed, cut or added are refused as foreign, of another version or corrupt", async () => {
    const random = new Random(8);
    const { bytes } = await write(state(random), null, random.bytes(50));
    const read = (changed: Uint8Array) =>
      readSnapshot([changed], { base: () => Promise.reject(new Error("base asked")) });
    const codes = new Set<string>();
    const refused = async (changed: Uint8Array) => {
      const error = await read(changed).then(
        () => null,
        (reason) => reason,
      );
      expect(error).toBeInstanceOf(SnapshotError);
      codes.add(error.code);
    };
    for (let round = 0; round < 150; round++) {
      const changed = bytes.slice();
      changed[round < 20 ? round % 16 : random.below(bytes.length)]! ^= 1 << random.below(8);
      await refused(changed);
    }
    for (let round = 0; round < 30; round++) await refused(bytes.subarray(0, random.below(bytes.length)));
    await refused(concat([bytes, new Uint8Array(1)], bytes.length + 1));
    expect([...codes].sort()).toEqual(["corrupt", "foreign", "version"]);
    expect((await read(bytes)).header.name).toBe("m");
  });

  it("of other files are named foreign", async () => {
    const gzip = new Uint8Array([0x1f, 0x8b, 8, 0, ...new Array(40).fill(0)]);
    await expect(readSnapshotHeader([gzip])).rejects.toMatchObject({ code: "foreign" });
  });

  it("are refused with the reason when emulator, hardware or base differ", () => {
    const saved = { ...header, emulator: "v86-6", spaces: [4096], base: "b1" };
    const target = { emulator: "v86-6", hardware: header.hardware, base: "b1" };
    expect(() => checkSnapshot(saved, target)).not.toThrow();
    const refusals = [
      [{ ...target, emulator: "v86-7" }, "emulator", /emulator is v86-6, expected v86-7/],
      [{ ...target, hardware: "pc-1:memory=128" }, "hardware", /memory=64, expected pc-1:memory=128/],
      [{ ...target, base: "b2" }, "base", /image "debian" has changed/],
      [{ ...target, base: null }, "base", /image "debian" is not built here/],
    ] as const;
    for (const [other, code, message] of refusals) {
      expect(() => checkSnapshot(saved, other)).toThrow(
        expect.objectContaining({ code, message: expect.stringMatching(message) }),
      );
    }
  });
});
