import { ENOMEM, VMO_OP_COMMIT, VMO_OP_DECOMMIT, VMO_PROT_READ, VMO_PROT_WRITE, VMO_RESIZABLE } from "@cloudos/abi";
import { expect, test } from "vitest";
import { DATA, Driver, OUT } from "./fs-driver.ts";
import { MemoryFiles } from "./fs-memory.ts";
import { Host } from "./host.ts";
import {
  clone,
  close,
  create,
  createPaged,
  createPager,
  fileVmo,
  info,
  op,
  pattern,
  read,
  write,
} from "./vmo-driver.ts";

const PAGE = 4096;
/** Enough for a leaf in the page table. */
const PAGES = 24;
const WINDOW = 65536;

/** A machine in which exactly `n` frames can be had. */
async function start() {
  const files = new MemoryFiles();
  files.add("f", pattern(PAGES * PAGE));
  const host = new Host({ files: files.service, maxPages: 256 });
  const driver = await Driver.start(host);
  const hog = await create(driver, 2 ** 32);
  const free = () => host.memoryInfo().free / PAGE;
  return {
    host,
    driver,
    /** Frames in use, but for those the page cache gives back when asked. */
    used: () => (host.memoryInfo().total - host.memoryInfo().free - host.memoryInfo().cache) / PAGE,
    /** Takes all memory but `n` frames. */
    async leave(n: number) {
      let next = 0;
      while (free() > n) {
        let take = Math.max(1, Math.floor((free() - n) / 2));
        while ((await op(driver, hog, VMO_OP_COMMIT, next * PAGE, take * PAGE)) !== 0) take = Math.ceil(take / 2);
        next += take;
      }
    },
    async giveBack() {
      expect(await op(driver, hog, VMO_OP_DECOMMIT, 0, 2 ** 32)).toBe(0);
    },
  };
}

/**
 * Runs `operation` with 0, 1, 2 ... frames to spare until it succeeds: each failure is ENOMEM and leaves things as `observe` saw them;
 * `undo` takes back a success. Returns how many failures there were.
 */
async function exhaust(
  machine: Awaited<ReturnType<typeof start>>,
  operation: () => Promise<number>,
  observe: () => Promise<unknown>,
  undo: () => Promise<void>,
): Promise<number> {
  // Once with plenty, so that what stays for good is there.
  expect(await operation()).toBe(0);
  await undo();
  await machine.leave(0);
  await machine.giveBack();
  const before = await observe();
  const frames = machine.used();
  for (let spare = 0; ; spare++) {
    await machine.leave(spare);
    const errno = await operation();
    if (errno !== 0) expect(errno).toBe(ENOMEM);
    else await undo();
    expect(await observe()).toEqual(before);
    await machine.giveBack();
    // A page table's root and leaf stay with it once they are made.
    expect(frames - machine.used()).toBeGreaterThanOrEqual(-2);
    if (errno === 0) return spare;
  }
}

test("clones", async () => {
  const machine = await start();
  const { driver } = machine;
  const vmo = await create(driver, PAGES * PAGE);
  await write(driver, vmo, 0, pattern(PAGES * PAGE));
  let made = 0;
  const failures = await exhaust(
    machine,
    async () => {
      made = await clone(driver, vmo, 0, PAGES * PAGE);
      return made > 0 ? 0 : -made;
    },
    async () => [await info(driver, vmo), await read(driver, vmo, 0, PAGES * PAGE)],
    async () => void (await close(driver, made)),
  );
  expect(failures).toBeGreaterThan(0);
});

test("copies of shared pages", async () => {
  const machine = await start();
  const { driver } = machine;
  const vmo = await create(driver, PAGES * PAGE);
  await write(driver, vmo, 0, pattern(PAGES * PAGE));
  let copy = await clone(driver, vmo, 0, PAGES * PAGE);
  const failures = await exhaust(
    machine,
    () => driver.call("cloudos_v1.vmo_write", copy, 5n, DATA, 20 * PAGE),
    async () => [await read(driver, vmo, 0, PAGES * PAGE), await read(driver, copy, 0, PAGES * PAGE)],
    async () => {
      await close(driver, copy);
      copy = await clone(driver, vmo, 0, PAGES * PAGE);
    },
  );
  expect(failures).toBe(21);
});

test("frames for a pager's pages", async () => {
  const machine = await start();
  const { driver } = machine;
  const pager = await createPager(driver);
  const source = await create(driver, PAGES * PAGE);
  let vmo = await createPaged(driver, pager, PAGES * PAGE, 1, VMO_RESIZABLE);
  const failures = await exhaust(
    machine,
    () => driver.call("cloudos_v1.pager_supply", pager, 1n, 0n, BigInt(PAGES * PAGE), source, 0n),
    async () => [(await info(driver, vmo)).present, (await info(driver, source)).present],
    async () => {
      await close(driver, vmo);
      vmo = await createPaged(driver, pager, PAGES * PAGE, 1, VMO_RESIZABLE);
    },
  );
  expect(failures).toBeGreaterThanOrEqual(PAGES);
});

test("windows on VMOs and files", async () => {
  const machine = await start();
  const { driver } = machine;
  const vmo = await create(driver, PAGES * PAGE);
  await write(driver, vmo, 0, pattern(16 * PAGE));
  const fd = await driver.open("f");
  expect(await driver.read(fd, 1, 0)).toEqual(pattern(1));
  const file = await fileVmo(driver, fd);
  for (const [object, bytes] of [
    [vmo, 16 * PAGE],
    [file, 8 * PAGE],
  ] as const) {
    const map = () => driver.call("cloudos_v1.vmo_map", object, 0n, WINDOW, bytes, VMO_PROT_READ | VMO_PROT_WRITE);
    const failures = await exhaust(
      machine,
      map,
      // A window that was not made is no window.
      async () => [await driver.call("cloudos_v1.vmo_unmap", WINDOW), (await info(driver, object)).references],
      async () => void expect(await driver.call("cloudos_v1.vmo_unmap", WINDOW)).toBe(0),
    );
    expect(failures).toBeGreaterThan(0);
  }
});

test("objects", async () => {
  const machine = await start();
  const { driver } = machine;
  const pager = await createPager(driver);
  const fd = await driver.open("f");
  const calls = [
    () => driver.call("cloudos_v1.vmo_create", 4096n, 0, OUT),
    () => driver.call("cloudos_v1.pager_create", OUT),
    (key: number) => driver.call("cloudos_v1.vmo_create_paged", pager, 4096n, BigInt(key), 0, OUT),
    () => driver.call("cloudos_v1.fd_vmo", fd, OUT),
  ];
  for (const call of calls) {
    await machine.leave(0);
    // Until the slab's last frame is full.
    const made: number[] = [];
    let errno = 0;
    while (made.length < 200) {
      errno = await call(made.length);
      if (errno !== 0) break;
      made.push(driver.u32(OUT));
    }
    expect(errno).toBe(ENOMEM);
    for (const handle of made) expect(await close(driver, handle)).toBe(0);
    await machine.giveBack();
    expect(await call(0)).toBe(0);
    await close(driver, driver.u32(OUT));
  }
});
