import {
  EBADF,
  EBUSY,
  EFAULT,
  EINVAL,
  ENOMEM,
  ENOTSUP,
  ERANGE,
  OFLAGS_CREAT,
  VMO_FILE,
  VMO_OP_COMMIT,
  VMO_OP_DECOMMIT,
  VMO_OP_PIN,
  VMO_OP_SYNC,
  VMO_OP_UNPIN,
  VMO_OP_ZERO,
  VMO_RESIZABLE,
} from "@cloudos/abi";
import { describe, expect, test } from "vitest";
import { DATA, Driver, OUT } from "./fs-driver.ts";
import { MemoryFiles } from "./fs-memory.ts";
import { Host } from "./host.ts";
import { clone, close, create, fileVmo, info, op, pattern, read, resize, write } from "./vmo-driver.ts";

const PAGE = 4096;

async function start(maxPages?: number) {
  const files = new MemoryFiles();
  const host = new Host({ files: files.service, ...(maxPages ? { maxPages } : {}) });
  const driver = await Driver.start(host);
  return { files, host, driver, before: host.memoryInfo().free };
}

/** Closes handles, and then every frame is back. */
async function expectNoLeak(
  { host, driver, before }: { host: Host; driver: Driver; before: number },
  ...vmos: number[]
) {
  for (const vmo of vmos) expect(await close(driver, vmo)).toBe(0);
  // The handle table's first page of kernel objects was made by the first handle.
  expect(host.memoryInfo().free).toBe(before);
}

describe("anonymous", () => {
  test("reads as zeros, holds what is written, costs what was touched", async () => {
    const machine = await start();
    const { driver } = machine;
    const vmo = await create(driver, 100 * PAGE - 5);
    expect(vmo).toBeGreaterThan(4096);
    expect(await info(driver, vmo)).toEqual({
      size: 100 * PAGE,
      present: 0,
      dirty: 0,
      key: 0,
      flags: 0,
      references: 1,
    });
    expect(await read(driver, vmo, 50 * PAGE - 10, 20)).toEqual(new Uint8Array(20));
    const data = pattern(3 * PAGE);
    expect(await write(driver, vmo, 9 * PAGE + 100, data)).toBe(0);
    expect(await read(driver, vmo, 9 * PAGE + 100, data.length)).toEqual(data);
    expect(await read(driver, vmo, 9 * PAGE, 100)).toEqual(new Uint8Array(100));
    expect((await info(driver, vmo)).present).toBe(4 * PAGE);
    expect(await driver.call("cloudos_v1.vmo_size", vmo, OUT)).toBe(0);
    expect(driver.u64()).toBe(100 * PAGE);
    await expectNoLeak(machine, vmo);
  });

  test("a transfer over many chunks, unaligned", async () => {
    const machine = await start();
    const { driver } = machine;
    const vmo = await create(driver, 60 * PAGE);
    const data = pattern(100_000);
    expect(await write(driver, vmo, 70_001, data)).toBe(0);
    expect(await read(driver, vmo, 70_001, data.length)).toEqual(data);
    await expectNoLeak(machine, vmo);
  });

  test("decommit, zero and commit", async () => {
    const machine = await start();
    const { driver } = machine;
    const vmo = await create(driver, 16 * PAGE);
    const data = pattern(16 * PAGE);
    await write(driver, vmo, 0, data);
    expect(await op(driver, vmo, VMO_OP_DECOMMIT, 2 * PAGE, 3 * PAGE)).toBe(0);
    data.fill(0, 2 * PAGE, 5 * PAGE);
    expect(await read(driver, vmo, 0, data.length)).toEqual(data);
    expect((await info(driver, vmo)).present).toBe(13 * PAGE);
    expect(await op(driver, vmo, VMO_OP_ZERO, 6 * PAGE + 10, 2 * PAGE)).toBe(0);
    data.fill(0, 6 * PAGE + 10, 8 * PAGE + 10);
    expect(await op(driver, vmo, VMO_OP_ZERO, 9 * PAGE + 10, 20)).toBe(0);
    data.fill(0, 9 * PAGE + 10, 9 * PAGE + 30);
    expect(await read(driver, vmo, 0, data.length)).toEqual(data);
    expect((await info(driver, vmo)).present).toBe(12 * PAGE);
    expect(await op(driver, vmo, VMO_OP_COMMIT, 0, 16 * PAGE)).toBe(0);
    expect((await info(driver, vmo)).present).toBe(16 * PAGE);
    expect(await read(driver, vmo, 0, data.length)).toEqual(data);
    await expectNoLeak(machine, vmo);
  });

  test("resize: what is cut off is gone, what is added is zeros", async () => {
    const machine = await start();
    const { driver } = machine;
    const vmo = await create(driver, 4 * PAGE, VMO_RESIZABLE);
    await write(driver, vmo, 0, pattern(4 * PAGE));
    expect(await resize(driver, vmo, PAGE + 1)).toBe(0);
    expect((await info(driver, vmo)).size).toBe(2 * PAGE);
    expect(await read(driver, vmo, 2 * PAGE, 1)).toBe(ERANGE);
    expect(await resize(driver, vmo, 4 * PAGE)).toBe(0);
    expect(await read(driver, vmo, 0, 4 * PAGE)).toEqual(
      Uint8Array.from([...pattern(2 * PAGE), ...new Uint8Array(2 * PAGE)]),
    );
    expect(await resize(driver, vmo, 2 ** 32 + 1)).toBe(ERANGE);
    expect(await resize(driver, vmo, 2 ** 32)).toBe(0);
    expect(await write(driver, vmo, 2 ** 32 - 3, pattern(3))).toBe(0);
    expect(await read(driver, vmo, 2 ** 32 - 3, 3)).toEqual(pattern(3));
    await expectNoLeak(machine, vmo);
  });

  test("pinned pages stay until they are unpinned as often", async () => {
    const machine = await start();
    const { driver } = machine;
    const vmo = await create(driver, 4 * PAGE, VMO_RESIZABLE);
    expect(await op(driver, vmo, VMO_OP_PIN, PAGE, 2 * PAGE)).toBe(0);
    expect(await op(driver, vmo, VMO_OP_PIN, 2 * PAGE, PAGE)).toBe(0);
    expect((await info(driver, vmo)).present).toBe(2 * PAGE);
    expect(await op(driver, vmo, VMO_OP_DECOMMIT, 0, 4 * PAGE)).toBe(EBUSY);
    expect(await resize(driver, vmo, 2 * PAGE)).toBe(EBUSY);
    await write(driver, vmo, 0, pattern(4 * PAGE));
    // Pinned pages can be zeroed; they are not given back.
    expect(await op(driver, vmo, VMO_OP_ZERO, 0, 4 * PAGE)).toBe(0);
    expect(await read(driver, vmo, 0, 4 * PAGE)).toEqual(new Uint8Array(4 * PAGE));
    expect(await op(driver, vmo, VMO_OP_UNPIN, 0, 4 * PAGE)).toBe(EINVAL);
    expect(await op(driver, vmo, VMO_OP_UNPIN, PAGE, 2 * PAGE)).toBe(0);
    expect(await resize(driver, vmo, 2 * PAGE)).toBe(EBUSY);
    expect(await op(driver, vmo, VMO_OP_UNPIN, PAGE, 2 * PAGE)).toBe(EINVAL);
    expect(await op(driver, vmo, VMO_OP_UNPIN, 2 * PAGE, PAGE)).toBe(0);
    expect(await resize(driver, vmo, 0)).toBe(0);
    await expectNoLeak(machine, vmo);
  });

  test("a frame that comes from another owner is zeroed", async () => {
    const machine = await start(256);
    const { driver, host } = machine;
    const secret = new Uint8Array(16 * PAGE).fill(0x5a);
    const first = await create(driver, 64 * PAGE);
    for (let at = 0; at < 64; at += 16) await write(driver, first, at * PAGE, secret);
    await close(driver, first);
    const second = await create(driver, 512 * PAGE);
    expect(await op(driver, second, VMO_OP_COMMIT, 0, 512 * PAGE)).toBe(0);
    for (let at = 0; at < 512; at += 16) {
      expect(await read(driver, second, at * PAGE, 16 * PAGE)).toEqual(new Uint8Array(16 * PAGE));
    }
    await expectNoLeak({ host, driver, before: machine.before }, second);
  });
});

describe("clones", () => {
  test("writes on either side do not show on the other", async () => {
    const machine = await start();
    const { driver } = machine;
    const parent = await create(driver, 8 * PAGE);
    const data = pattern(8 * PAGE);
    await write(driver, parent, 0, data);
    const copy = await clone(driver, parent, 0, 8 * PAGE);
    await write(driver, parent, 10, new Uint8Array(PAGE).fill(1));
    expect(await read(driver, copy, 0, 8 * PAGE)).toEqual(data);
    await write(driver, copy, 4 * PAGE + 10, new Uint8Array(PAGE).fill(2));
    const changed = data.slice();
    changed.fill(1, 10, PAGE + 10);
    expect(await read(driver, parent, 0, 8 * PAGE)).toEqual(changed);
    data.fill(2, 4 * PAGE + 10, 5 * PAGE + 10);
    expect(await read(driver, copy, 0, 8 * PAGE)).toEqual(data);
    await expectNoLeak(machine, parent, copy);
  });

  test("of 64 MiB takes no frames but for its table", async () => {
    const machine = await start(4096);
    const { driver, host } = machine;
    const vmo = await create(driver, 64 << 20);
    expect(await op(driver, vmo, VMO_OP_COMMIT, 0, 64 << 20)).toBe(0);
    const free = host.memoryInfo().free;
    const copy = await clone(driver, vmo, 0, 64 << 20);
    expect(free - host.memoryInfo().free).toBeLessThanOrEqual(18 * PAGE);
    await expectNoLeak(machine, vmo, copy);
  });

  test("a tree of them outlives the parent, in any order", async () => {
    const machine = await start();
    const { driver } = machine;
    const root = await create(driver, 4 * PAGE);
    await write(driver, root, 0, new Uint8Array(4 * PAGE).fill(1));
    const a = await clone(driver, root, 0, 4 * PAGE, VMO_RESIZABLE);
    await write(driver, root, 0, new Uint8Array(PAGE).fill(9));
    const b = await clone(driver, root, PAGE, 3 * PAGE);
    const aa = await clone(driver, a, 0, 2 * PAGE);
    await close(driver, root);
    await write(driver, a, 0, new Uint8Array(PAGE).fill(2));
    expect(await resize(driver, a, 0)).toBe(0);
    expect(await read(driver, aa, 0, 2 * PAGE)).toEqual(new Uint8Array(2 * PAGE).fill(1));
    expect(await read(driver, b, 0, 3 * PAGE)).toEqual(new Uint8Array(3 * PAGE).fill(1));
    await close(driver, b);
    expect(await op(driver, aa, VMO_OP_DECOMMIT, 0, PAGE)).toBe(0);
    expect(await read(driver, aa, 0, 2 * PAGE)).toEqual(
      Uint8Array.from({ length: 2 * PAGE }, (_, i) => (i < PAGE ? 0 : 1)),
    );
    await expectNoLeak(machine, a, aa);
  });

  test("pinning gives a page of its own first", async () => {
    const machine = await start();
    const { driver } = machine;
    const parent = await create(driver, PAGE);
    await write(driver, parent, 0, pattern(PAGE));
    const copy = await clone(driver, parent, 0, PAGE);
    expect(await op(driver, copy, VMO_OP_PIN, 0, PAGE)).toBe(0);
    expect(await op(driver, parent, VMO_OP_DECOMMIT, 0, PAGE)).toBe(0);
    expect(await read(driver, copy, 0, PAGE)).toEqual(pattern(PAGE));
    expect(await op(driver, copy, VMO_OP_UNPIN, 0, PAGE)).toBe(0);
    await expectNoLeak(machine, parent, copy);
  });

  test("a pinned page stays in its frame: it is the clone that gets a copy", async () => {
    const machine = await start();
    const { driver } = machine;
    const vmo = await create(driver, 2 * PAGE);
    await write(driver, vmo, 0, pattern(2 * PAGE));
    expect(await op(driver, vmo, VMO_OP_PIN, 0, PAGE)).toBe(0);
    const copy = await clone(driver, vmo, 0, 2 * PAGE);
    await write(driver, vmo, 0, pattern(2 * PAGE, 7));
    expect(await read(driver, copy, 0, 2 * PAGE)).toEqual(pattern(2 * PAGE));
    expect(await op(driver, vmo, VMO_OP_UNPIN, 0, PAGE)).toBe(0);
    await expectNoLeak(machine, vmo, copy);
  });

  test("random histories of a family agree with a model", async () => {
    const machine = await start();
    const { driver } = machine;
    let seed = 20261;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const family: { handle: number; model: Uint8Array }[] = [];
    const pick = () => family[random(family.length)]!;
    family.push({ handle: await create(driver, 20 * PAGE, VMO_RESIZABLE), model: new Uint8Array(20 * PAGE) });
    for (let step = 0; step < 600; step++) {
      const { handle, model } = pick();
      const pages = model.length / PAGE;
      const offset = random(model.length + 1);
      const length = random(Math.min(model.length - offset, 3 * PAGE) + 1);
      switch (random(8)) {
        case 0:
        case 1: {
          const data = pattern(length, step);
          expect(await write(driver, handle, offset, data)).toBe(0);
          model.set(data, offset);
          break;
        }
        case 2:
          expect(await read(driver, handle, offset, length)).toEqual(model.slice(offset, offset + length));
          break;
        case 3: {
          if (family.length > 7) break;
          const first = random(pages + 1);
          const count = random(pages - first + 1);
          const made = await clone(driver, handle, first * PAGE, count * PAGE, VMO_RESIZABLE);
          expect(made, `step ${step}`).toBeGreaterThan(0);
          family.push({ handle: made, model: model.slice(first * PAGE, (first + count) * PAGE) });
          break;
        }
        case 4: {
          if (family.length < 2) break;
          const [gone] = family.splice(random(family.length), 1);
          expect(await close(driver, gone!.handle)).toBe(0);
          break;
        }
        case 5: {
          const size = random(30) * PAGE;
          expect(await resize(driver, handle, size)).toBe(0);
          const resized = new Uint8Array(size);
          resized.set(model.subarray(0, size));
          family.find((member) => member.handle === handle)!.model = resized;
          break;
        }
        case 6:
          expect(await op(driver, handle, VMO_OP_ZERO, offset, length)).toBe(0);
          model.fill(0, offset, offset + length);
          break;
        default: {
          const first = random(pages + 1);
          const count = random(pages - first + 1);
          expect(await op(driver, handle, VMO_OP_DECOMMIT, first * PAGE, count * PAGE)).toBe(0);
          model.fill(0, first * PAGE, (first + count) * PAGE);
        }
      }
    }
    for (const { handle, model } of family) {
      for (let at = 0; at < model.length; at += PAGE) {
        expect(await read(driver, handle, at, PAGE)).toEqual(model.slice(at, at + PAGE));
      }
    }
    await expectNoLeak(machine, ...family.map(({ handle }) => handle));
  });
});

describe("files", () => {
  test("fd_vmo is coherent with read and write", async () => {
    const { files, driver } = await start();
    files.add("f", pattern(3 * PAGE + 7));
    const fd = await driver.open("f");
    const vmo = await fileVmo(driver, fd);
    expect((await info(driver, vmo)).flags).toBe(VMO_FILE);
    expect((await info(driver, vmo)).size).toBe(3 * PAGE + 7);
    expect(await read(driver, vmo, PAGE - 3, PAGE)).toEqual(pattern(3 * PAGE + 7).slice(PAGE - 3, 2 * PAGE - 3));
    expect(await write(driver, vmo, 5, new Uint8Array(10).fill(0x41))).toBe(0);
    expect(await driver.read(fd, 16, 0)).toEqual(
      Uint8Array.from(pattern(16).map((byte, i) => (i >= 5 && i < 15 ? 0x41 : byte))),
    );
    expect(await op(driver, vmo, VMO_OP_SYNC, 0, 0)).toBe(0);
    expect(files.content("f").slice(5, 15)).toEqual(new Uint8Array(10).fill(0x41));
    // The handle keeps the file open; the descriptor may be closed.
    await driver.close(fd);
    expect(await read(driver, vmo, 5, 10)).toEqual(new Uint8Array(10).fill(0x41));
    expect(await read(driver, vmo, 3 * PAGE, 8)).toBe(ERANGE);
    expect(await op(driver, vmo, VMO_OP_DECOMMIT, 0, PAGE)).toBe(ENOTSUP);
  });

  test("a clone of a file is a copy of what it was", async () => {
    const { files, driver } = await start();
    const data = pattern(10 * PAGE + 7);
    files.add("f", data);
    const fd = await driver.open("f");
    const vmo = await fileVmo(driver, fd);
    const copy = await clone(driver, vmo, PAGE, 9 * PAGE + 7);
    await driver.write(fd, new Uint8Array(100).fill(3), PAGE);
    expect(await read(driver, copy, 0, 9 * PAGE + 7)).toEqual(data.slice(PAGE));
    expect(await write(driver, copy, 0, new Uint8Array(100).fill(4))).toBe(0);
    expect(await driver.read(fd, 100, PAGE)).toEqual(new Uint8Array(100).fill(3));
  });

  test("a descriptor for reading gives a VMO for reading", async () => {
    const { driver } = await start();
    const fd = await driver.open("new", { oflags: OFLAGS_CREAT, rights: 0x8a00026n });
    const vmo = await fileVmo(driver, fd);
    expect(await write(driver, vmo, 0, pattern(1))).not.toBe(0);
    expect(await fileVmo(driver, 0)).toBe(-EINVAL);
    expect(await fileVmo(driver, 77)).toBe(-EBADF);
  });
});

describe("bad input", () => {
  test("handles: wrong type, stale, plain numbers, missing", async () => {
    const { driver } = await start();
    const vmo = await create(driver, PAGE);
    expect(await read(driver, 0, 0, 1)).toBe(EINVAL);
    expect(await read(driver, vmo & 0xfff, 0, 1)).toBe(EBADF);
    expect(await read(driver, vmo + 4096, 0, 1)).toBe(EBADF);
    expect(await read(driver, 4095, 0, 1)).toBe(EBADF);
    await close(driver, vmo);
    expect(await read(driver, vmo, 0, 1)).toBe(EBADF);
    const next = await create(driver, PAGE);
    expect(next & 0xfff).toBe(vmo & 0xfff);
    expect(await read(driver, vmo, 0, 1)).toBe(EBADF);
  });

  test("ranges: past the end, wrapping, misaligned, empty, maximal", async () => {
    const machine = await start();
    const { driver } = machine;
    const vmo = await create(driver, 2 * PAGE);
    const call = (offset: bigint, length: number) => driver.call("cloudos_v1.vmo_read", vmo, offset, DATA, length);
    expect(await call(8192n, 0)).toBe(0);
    expect(await call(8193n, 0)).toBe(ERANGE);
    expect(await call(8191n, 2)).toBe(ERANGE);
    expect(await call(-1n, 1)).toBe(ERANGE);
    expect(await call(-1n, 2)).toBe(ERANGE);
    expect(await call(0n, 0xffffffff)).toBe(ERANGE);
    for (const which of [VMO_OP_COMMIT, VMO_OP_DECOMMIT, VMO_OP_PIN, VMO_OP_UNPIN]) {
      expect(await op(driver, vmo, which, 1, PAGE)).toBe(EINVAL);
      expect(await op(driver, vmo, which, 0, PAGE - 1)).toBe(EINVAL);
      expect(await op(driver, vmo, which, -PAGE, PAGE)).toBe(ERANGE);
      expect(await op(driver, vmo, which, PAGE, -PAGE)).toBe(ERANGE);
    }
    expect(await op(driver, vmo, VMO_OP_COMMIT, PAGE, 2 * PAGE)).toBe(ERANGE);
    expect(await op(driver, vmo, VMO_OP_ZERO, PAGE, PAGE + 1)).toBe(ERANGE);
    expect(await op(driver, vmo, 99, 0, 0)).toBe(EINVAL);
    expect(await resize(driver, vmo, PAGE)).toBe(EINVAL);
    expect(await clone(driver, vmo, 1, PAGE)).toBe(-EINVAL);
    expect(await clone(driver, vmo, 2 * PAGE, PAGE)).toBe(-ERANGE);
    expect(await clone(driver, vmo, 0, PAGE, 64)).toBe(-EINVAL);
    expect(await create(driver, 2 ** 32 + 1)).toBe(-ERANGE);
    expect(await create(driver, 1, 2)).toBe(-EINVAL);
    const empty = await clone(driver, vmo, 2 * PAGE, 0);
    expect(empty).toBeGreaterThan(0);
    const largest = await create(driver, 2 ** 32);
    expect(await read(driver, largest, 2 ** 32 - 1, 1)).toEqual(new Uint8Array(1));
    await expectNoLeak(machine, vmo, empty, largest);
  });

  test("addresses outside the program's memory", async () => {
    const machine = await start();
    const { driver } = machine;
    expect(await driver.call("cloudos_v1.vmo_create", 4096n, 0, 2 ** 32 - 2)).toBe(EFAULT);
    const vmo = await create(driver, 64 * PAGE);
    const end = driver.bytes.length;
    expect(await driver.call("cloudos_v1.vmo_write", vmo, 0n, end - 4, 5)).toBe(EFAULT);
    expect(await driver.call("cloudos_v1.vmo_read", vmo, 0n, 2 ** 32 - 4, 5)).toBe(EFAULT);
    expect(await driver.call("cloudos_v1.vmo_info", vmo, end - 8)).toBe(EFAULT);
    expect(await driver.call("cloudos_v1.vmo_clone", vmo, 0n, 4096n, 0, end - 2)).toBe(EFAULT);
    expect((await info(driver, vmo)).present).toBe(0);
    await expectNoLeak(machine, vmo);
  });
});

describe("memory is out", () => {
  test("a request for more than there is does not drive out the page cache", async () => {
    const { files, driver, host } = await start(256);
    files.add("f", pattern(50 * PAGE));
    const fd = await driver.open("f");
    for (let at = 0; at < 50; at += 10) await driver.read(fd, 10 * PAGE);
    const { cache } = host.memoryInfo();
    expect(cache).toBe(50 * PAGE);
    const vmo = await create(driver, 2 ** 32);
    expect(await op(driver, vmo, VMO_OP_COMMIT, 0, 64 << 20)).toBe(ENOMEM);
    expect(host.memoryInfo().cache).toBe(cache);
  });

  test("in the middle of each operation: it has not happened, and nothing leaks", async () => {
    const machine = await start(256);
    const { driver, host } = machine;
    const victim = await create(driver, 40 * PAGE, VMO_RESIZABLE);
    await write(driver, victim, 3 * PAGE, pattern(4 * PAGE));
    const hog = await create(driver, 2 ** 32);
    const frames = host.memoryInfo().free / PAGE;
    // Leave n frames, from none on, until everything succeeds.
    let done = 0;
    for (let spare = 0; done < 3; spare++) {
      expect(spare).toBeLessThan(64);
      await op(driver, hog, VMO_OP_DECOMMIT, 0, 2 ** 32);
      const room = host.memoryInfo().free / PAGE;
      let take = Math.max(0, room - spare - 4);
      while (take > 0 && (await op(driver, hog, VMO_OP_COMMIT, 0, take * PAGE)) !== 0) take--;
      while (host.memoryInfo().free / PAGE > spare) {
        expect(await op(driver, hog, VMO_OP_COMMIT, take * PAGE, PAGE)).toBe(0);
        take++;
      }
      const free = host.memoryInfo().free;
      done = 0;
      const before = await info(driver, victim);
      const cloned = await clone(driver, victim, 0, 40 * PAGE);
      if (cloned > 0) {
        done++;
        // With a shared page the next write needs a copy.
        const errno = await write(driver, victim, 3 * PAGE, pattern(PAGE));
        expect([0, ENOMEM]).toContain(errno);
        await close(driver, cloned);
      } else expect(cloned).toBe(-ENOMEM);
      expect(await info(driver, victim)).toEqual(before);
      const errno = await op(driver, victim, VMO_OP_COMMIT, 0, 40 * PAGE);
      if (errno === 0) {
        done++;
        expect(await op(driver, victim, VMO_OP_DECOMMIT, 0, 3 * PAGE)).toBe(0);
        expect(await op(driver, victim, VMO_OP_DECOMMIT, 7 * PAGE, 33 * PAGE)).toBe(0);
      } else expect(errno).toBe(ENOMEM);
      expect(await info(driver, victim)).toEqual(before);
      const wrote = await write(driver, victim, 12 * PAGE + 1, pattern(18 * PAGE));
      if (wrote === 0) {
        done++;
        expect(await op(driver, victim, VMO_OP_DECOMMIT, 12 * PAGE, 19 * PAGE)).toBe(0);
      } else expect(wrote).toBe(ENOMEM);
      expect(await info(driver, victim)).toEqual(before);
      expect(await read(driver, victim, 12 * PAGE, 20 * PAGE)).toEqual(new Uint8Array(20 * PAGE));
      // Leaves of the page table stay once made.
      expect(free - host.memoryInfo().free).toBeLessThanOrEqual(2 * PAGE);
    }
    expect(await read(driver, victim, 3 * PAGE, 4 * PAGE)).toEqual(pattern(4 * PAGE));
    expect(frames).toBeGreaterThan(64);
    await expectNoLeak(machine, victim, hog);
  });
});
