import {
  EBUSY,
  ECANCELED,
  EFAULT,
  EINVAL,
  ERANGE,
  VMO_OP_PIN,
  VMO_OP_UNPIN,
  VMO_PROT_READ,
  VMO_PROT_WRITE,
  VMO_RESIZABLE,
} from "@cloudos/abi";
import { expect, test } from "vitest";
import { ChildDriver, Parent } from "./child-driver.ts";
import { DATA, type Driver } from "./fs-driver.ts";
import { MemoryFiles } from "./fs-memory.ts";
import { Host } from "./host.ts";
import { close, create, fileVmo, pattern, read, resize, write } from "./vmo-driver.ts";

const PAGE = 4096;
/** Where windows go: the second half of a driver's memory. */
const AT = 65536;
const BOTH = VMO_PROT_READ | VMO_PROT_WRITE;

async function start() {
  const files = new MemoryFiles();
  const host = new Host({ files: files.service });
  const parent = await Parent.start(host);
  return { files, host, parent, driver: parent.driver };
}
const map = (driver: Driver, vmo: number, offset: number, at: number, length: number, prot = BOTH) =>
  driver.call("cloudos_v1.vmo_map", vmo, BigInt(offset), at, length, prot);
const sync = (driver: Driver, at: number, length: number) => driver.call("cloudos_v1.vmo_msync", at, length);
const unmap = (driver: Driver, at: number) => driver.call("cloudos_v1.vmo_unmap", at);

test("a window shows the VMO; what is changed in it is written on sync and unmap, and only that", async () => {
  const { driver, host } = await start();
  const vmo = await create(driver, 8 * PAGE);
  const free = host.memoryInfo().free;
  const data = pattern(4 * PAGE);
  await write(driver, vmo, PAGE, data);
  expect(await map(driver, vmo, PAGE, AT, 3 * PAGE + 100)).toBe(0);
  expect(driver.bytes.slice(AT, AT + 3 * PAGE + 100)).toEqual(data.slice(0, 3 * PAGE + 100));
  driver.bytes.set([1, 2, 3], AT + PAGE - 1);
  driver.bytes.set([4], AT + 3 * PAGE + 99);
  // Past the window.
  driver.bytes.set([5], AT + 3 * PAGE + 100);
  // Somebody else writes elsewhere on the same page.
  await write(driver, vmo, PAGE + 10, new Uint8Array(20).fill(9));
  expect(await sync(driver, AT, 4 * PAGE)).toBe(0);
  data.set([1, 2, 3], PAGE - 1);
  data.set([4], 3 * PAGE + 99);
  data.fill(9, 10, 30);
  expect(await read(driver, vmo, PAGE, 4 * PAGE)).toEqual(data);
  // What the other wrote has come in.
  expect(driver.bytes.slice(AT, AT + 3 * PAGE + 100)).toEqual(data.slice(0, 3 * PAGE + 100));
  expect(driver.bytes[AT + 3 * PAGE + 100]).toBe(5);
  driver.bytes.fill(7, AT, AT + 5);
  expect(await unmap(driver, AT)).toBe(0);
  data.fill(7, 0, 5);
  expect(await read(driver, vmo, PAGE, 4 * PAGE)).toEqual(data);
  expect(await unmap(driver, AT)).toBe(EINVAL);
  expect(await sync(driver, AT, PAGE)).toBe(EINVAL);
  await close(driver, vmo);
  // The derivation tree keeps a node of 32 bytes for the handle until it is closed: none is left.
  expect(host.memoryInfo().free).toBe(free);
});

test("two processes share memory through windows: words of one page do not undo each other", async () => {
  const { driver, parent } = await start();
  const vmo = await create(driver, PAGE);
  const child = await ChildDriver.spawn(parent, [vmo]);
  expect(await map(driver, vmo, 0, AT, PAGE)).toBe(0);
  expect(await map(child, ChildDriver.handed(0), 0, AT, PAGE)).toBe(0);
  driver.bytes.fill(1, AT, AT + 8);
  child.bytes.fill(2, AT + 8, AT + 16);
  expect(await sync(driver, AT, PAGE)).toBe(0);
  expect(await sync(child, AT, PAGE)).toBe(0);
  expect(await sync(driver, AT, PAGE)).toBe(0);
  const expected = Uint8Array.from({ length: 16 }, (_, i) => (i < 8 ? 1 : 2));
  expect(driver.bytes.slice(AT, AT + 16)).toEqual(expected);
  expect(child.bytes.slice(AT, AT + 16)).toEqual(expected);
});

test("a window on pinned pages", async () => {
  const { driver } = await start();
  const vmo = await create(driver, PAGE);
  await write(driver, vmo, 0, pattern(PAGE));
  expect(await driver.call("cloudos_v1.vmo_op", vmo, VMO_OP_PIN, 0n, BigInt(PAGE))).toBe(0);
  expect(await map(driver, vmo, 0, AT, PAGE)).toBe(0);
  driver.bytes.fill(1, AT, AT + 16);
  expect(await sync(driver, AT, PAGE)).toBe(0);
  await write(driver, vmo, 100, pattern(8, 5));
  expect(await unmap(driver, AT)).toBe(0);
  expect(driver.bytes.slice(AT + 100, AT + 108)).toEqual(pattern(8, 5));
  expect(await read(driver, vmo, 0, 16)).toEqual(new Uint8Array(16).fill(1));
  expect(await driver.call("cloudos_v1.vmo_op", vmo, VMO_OP_UNPIN, 0n, BigInt(PAGE))).toBe(0);
});

test("a window on a file writes to the file", async () => {
  const { driver, files } = await start();
  const data = pattern(2 * PAGE + 50);
  files.add("f", data);
  const fd = await driver.open("f");
  const vmo = await fileVmo(driver, fd);
  expect(await map(driver, vmo, 0, AT, 2 * PAGE + 50)).toBe(0);
  expect(driver.bytes.slice(AT, AT + data.length)).toEqual(data);
  driver.bytes.set([1, 2, 3, 4], AT + 2 * PAGE + 40);
  await driver.close(fd);
  expect(await unmap(driver, AT)).toBe(0);
  data.set([1, 2, 3, 4], 2 * PAGE + 40);
  expect(await read(driver, vmo, 0, data.length)).toEqual(data);
});

test("a window for reading is refreshed, never written back", async () => {
  const { driver } = await start();
  const vmo = await create(driver, PAGE);
  await write(driver, vmo, 0, pattern(PAGE));
  expect(await map(driver, vmo, 0, AT, PAGE, VMO_PROT_READ)).toBe(0);
  driver.bytes.fill(0, AT, AT + PAGE);
  await write(driver, vmo, 0, pattern(10, 5));
  expect(await sync(driver, AT, PAGE)).toBe(0);
  const now = pattern(PAGE);
  now.set(pattern(10, 5));
  expect(driver.bytes.slice(AT, AT + PAGE)).toEqual(now);
  expect(await read(driver, vmo, 0, PAGE)).toEqual(now);
});

test("a process that ends gives back what its windows held", async () => {
  const { driver, host, parent } = await start();
  const vmo = await create(driver, 4 * PAGE);
  await write(driver, vmo, 0, pattern(4 * PAGE));
  const rounds: number[] = [];
  for (let round = 0; round < 3; round++) {
    const child = await ChildDriver.spawn(parent, [vmo]);
    expect(await map(child, ChildDriver.handed(0), 0, AT, 4 * PAGE)).toBe(0);
    await write(driver, vmo, 0, pattern(4 * PAGE, round));
    await child.bury();
    rounds.push(host.memoryInfo().free);
  }
  // The first one made tables that stay.
  expect(rounds[2]).toBe(rounds[1]);
});

test("a revoked handle ends the window: nothing is written any more", async () => {
  const { driver, parent } = await start();
  const vmo = await create(driver, PAGE);
  await write(driver, vmo, 0, pattern(PAGE));
  const child = await ChildDriver.spawn(parent, [vmo]);
  expect(await map(child, ChildDriver.handed(0), 0, AT, PAGE)).toBe(0);
  child.bytes.fill(0, AT, AT + PAGE);
  expect(await driver.call("cloudos_v1.handle_revoke", vmo)).toBe(0);
  expect(await sync(child, AT, PAGE)).toBe(ECANCELED);
  expect(await unmap(child, AT)).toBe(ECANCELED);
  expect(await unmap(child, AT)).toBe(EINVAL);
  expect(await read(driver, vmo, 0, PAGE)).toEqual(pattern(PAGE));
});

test("bad input", async () => {
  const { driver } = await start();
  const vmo = await create(driver, 4 * PAGE, VMO_RESIZABLE);
  expect(await map(driver, vmo, 1, AT, PAGE)).toBe(EINVAL);
  expect(await map(driver, vmo, 0, AT + 8, PAGE)).toBe(EINVAL);
  expect(await map(driver, vmo, 0, AT, 0)).toBe(EINVAL);
  expect(await map(driver, vmo, 0, AT, PAGE, VMO_PROT_WRITE)).toBe(EINVAL);
  expect(await map(driver, vmo, 0, AT, PAGE, 5)).toBe(EINVAL);
  expect(await map(driver, vmo, 0, AT, 5 * PAGE)).toBe(ERANGE);
  expect(await map(driver, vmo, -PAGE, AT, PAGE)).toBe(ERANGE);
  expect(await map(driver, vmo, 0, AT + 64 * 1024 - PAGE, 2 * PAGE)).toBe(EFAULT);
  expect(await map(driver, vmo, 0, 2 ** 32 - PAGE, 2 * PAGE)).toBe(EFAULT);
  expect(await map(driver, 0, 0, AT, PAGE)).toBe(EINVAL);
  expect(await map(driver, vmo, 0, AT, 2 * PAGE)).toBe(0);
  expect(await map(driver, vmo, 0, AT + PAGE, PAGE)).toBe(EBUSY);
  expect(await map(driver, vmo, 0, AT + 2 * PAGE, PAGE)).toBe(0);
  expect(await sync(driver, AT + 1, PAGE)).toBe(EINVAL);
  expect(await sync(driver, AT, 0)).toBe(EINVAL);
  expect(await sync(driver, DATA, 0xffffffff)).toBe(0);
  // The VMO shrinks below a window: what is left of it syncs, the rest says so.
  expect(await resize(driver, vmo, PAGE)).toBe(0);
  driver.bytes.fill(1, AT, AT + 8);
  expect(await sync(driver, AT, PAGE)).toBe(0);
  driver.bytes.fill(1, AT + PAGE, AT + PAGE + 8);
  expect(await sync(driver, AT + PAGE, PAGE)).toBe(ERANGE);
});
