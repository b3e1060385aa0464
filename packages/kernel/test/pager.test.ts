import {
  EAGAIN,
  ECANCELED,
  EFAULT,
  EINTR,
  EINVAL,
  EIO,
  ENOSPC,
  ERANGE,
  ETIMEDOUT,
  PAGER_PAGES,
  PAGER_WRITE_BACK,
  SIGNAL_READABLE,
  VMO_OP_COMMIT,
  VMO_OP_DECOMMIT,
  VMO_OP_PIN,
  VMO_OP_SYNC,
  VMO_OP_UNPIN,
  VMO_OP_ZERO,
  VMO_PAGED,
  VMO_RESIZABLE,
} from "@cloudos/abi";
import { describe, expect, test } from "vitest";
import { ChildDriver, Parent } from "./child-driver.ts";
import { DATA, type Driver, OUT } from "./fs-driver.ts";
import { MemoryFiles } from "./fs-memory.ts";
import { Host } from "./host.ts";
import { leakGate } from "./leak/gate.ts";
import {
  clone,
  close,
  create,
  createPaged,
  createPager,
  info,
  op,
  pattern,
  read,
  resize,
  write,
} from "./vmo-driver.ts";

const watch = leakGate();

const PAGE = 4096;
const KEY = 77;

interface Request {
  readonly op: number;
  readonly key: number;
  readonly offset: number;
  readonly length: number;
}

/** The next request, or the errno. */
async function wait(driver: Driver, pager: number, deadline = 0n): Promise<Request | number> {
  driver.bytes.fill(0xee, OUT, OUT + 32);
  const errno = await driver.call("cloudos_v1.pager_wait", pager, deadline, OUT);
  if (errno !== 0) return errno;
  return {
    op: driver.u32(OUT),
    key: driver.u64(OUT + 8),
    offset: driver.u64(OUT + 16),
    length: driver.u64(OUT + 24),
  };
}
const asked = (first: number, pages: number): Request => ({
  op: PAGER_PAGES,
  key: KEY,
  offset: first * PAGE,
  length: pages * PAGE,
});

async function start(options: { pages?: number; maxPages?: number; flags?: number } = {}) {
  const files = new MemoryFiles();
  const host = watch(new Host({ files: files.service, ...(options.maxPages ? { maxPages: options.maxPages } : {}) }));
  const parent = await Parent.start(host);
  const { driver } = parent;
  const pager = await createPager(driver);
  const vmo = await createPaged(driver, pager, (options.pages ?? 64) * PAGE, KEY, options.flags ?? 0);
  const source = await create(driver, 64 * PAGE);
  const client = await ChildDriver.spawn(parent, [vmo]);
  /** Supplies pages [first, first + count) with a pattern each. */
  const supply = async (first: number, count: number, at = 0): Promise<number> => {
    for (let i = 0; i < count; i++) await write(driver, source, (at + i) * PAGE, pattern(PAGE, first + i));
    const errno = await driver.call(
      "cloudos_v1.pager_supply",
      ...[pager, BigInt(KEY), BigInt(first * PAGE), BigInt(count * PAGE), source, BigInt(at * PAGE)],
    );
    return errno;
  };
  return { host, parent, driver, pager, vmo, source, client, supply, shared: ChildDriver.handed(0) };
}
/** What `supply` put at page `first` and the next ones. */
function pageOf(first: number, from: number, length: number): Uint8Array {
  const pages = Array.from({ length: Math.ceil((from + length) / PAGE) }, (_, i) => [...pattern(PAGE, first + i)]);
  return Uint8Array.from(pages.flat().slice(from, from + length));
}

describe("demand paging", () => {
  test("a reader waits for the page it touches; what is supplied is there without asking", async () => {
    const { driver, pager, vmo, client, supply, shared } = await start();
    expect((await info(driver, vmo)).flags).toBe(VMO_PAGED);
    expect(await wait(driver, pager)).toBe(EAGAIN);
    await client.go("cloudos_v1.vmo_read", shared, BigInt(5 * PAGE + 10), DATA, 20);
    expect(client.answer()).toBeUndefined();
    expect(await wait(driver, pager)).toEqual(asked(5, 1));
    expect(await wait(driver, pager)).toBe(EAGAIN);
    expect(await supply(5, 1)).toBe(0);
    expect(client.answer()).toBe(0);
    expect(client.bytes.slice(DATA, DATA + 20)).toEqual(pageOf(5, 10, 20));
    expect(await read(client, shared, 5 * PAGE, 30)).toEqual(pageOf(5, 0, 30));
    // Ahead of any request.
    expect(await supply(7, 2)).toBe(0);
    expect(await read(client, shared, 7 * PAGE, PAGE)).toEqual(pageOf(7, 0, PAGE));
  });

  test("sequential reading reads ahead, more and more", async () => {
    const { driver, pager, client, supply, shared } = await start();
    for (const [first, count] of [
      [0, 8],
      [8, 16],
      [24, 32],
      [56, 8],
    ] as const) {
      await client.go("cloudos_v1.vmo_read", shared, BigInt(first * PAGE), DATA, 4);
      expect(await wait(driver, pager)).toEqual(asked(first, count));
      expect(await supply(first, count)).toBe(0);
      expect(client.answer()).toBe(0);
    }
  });

  test("frames move: the source has them no more, none is copied or lost", async () => {
    const { driver, host, source, vmo, supply } = await start();
    await op(driver, source, VMO_OP_COMMIT, 0, 8 * PAGE);
    await supply(60, 1, 20);
    const free = host.memoryInfo().free;
    expect(await supply(0, 8)).toBe(0);
    expect((await info(driver, source)).present).toBe(0);
    expect((await info(driver, vmo)).present).toBe(9 * PAGE);
    expect(host.memoryInfo().free).toBe(free);
    // A page that is there keeps its content.
    await write(driver, vmo, 0, pattern(PAGE, 99));
    expect(await supply(0, 2)).toBe(0);
    expect(await read(driver, vmo, 0, PAGE)).toEqual(pattern(PAGE, 99));
    expect(host.memoryInfo().free).toBe(free);
  });

  test("a source that is cloned is not changed by what becomes of the pages", async () => {
    const { driver, source, vmo, supply } = await start();
    await write(driver, source, 0, pattern(PAGE, 3));
    const copy = await clone(driver, source, 0, PAGE);
    expect(await supply(3, 1)).toBe(0);
    await write(driver, vmo, 3 * PAGE, pattern(PAGE, 50));
    expect(await read(driver, copy, 0, PAGE)).toEqual(pattern(PAGE, 3));
  });

  test("failure reaches who waits, and only them; the next one asks again", async () => {
    const { driver, pager, client, supply, shared } = await start();
    await client.go("cloudos_v1.vmo_read", shared, BigInt(9 * PAGE), DATA, 4);
    expect(await wait(driver, pager)).toEqual(asked(9, 1));
    const fail = (errno: number) =>
      driver.call("cloudos_v1.pager_fail", pager, BigInt(KEY), 0n, BigInt(64 * PAGE), errno);
    expect(await fail(0)).toBe(EINVAL);
    expect(await fail(256)).toBe(EINVAL);
    expect(await fail(ENOSPC)).toBe(0);
    expect(client.answer()).toBe(ENOSPC);
    await client.go("cloudos_v1.vmo_read", shared, BigInt(9 * PAGE), DATA, 4);
    expect(await wait(driver, pager)).toEqual(asked(9, 1));
    expect(await supply(9, 1)).toBe(0);
    expect(client.answer()).toBe(0);
  });

  test("several readers of one page, one request; of different pages, one after the other", async () => {
    const { driver, pager, parent, vmo, client, supply, shared } = await start();
    const other = await ChildDriver.spawn(parent, [vmo]);
    await client.go("cloudos_v1.vmo_read", shared, BigInt(5 * PAGE), DATA, 4);
    await other.go("cloudos_v1.vmo_read", shared, BigInt(5 * PAGE), DATA, 4);
    expect(await wait(driver, pager)).toEqual(asked(5, 1));
    expect(await wait(driver, pager)).toBe(EAGAIN);
    await supply(5, 1);
    expect([client.answer(), client.answer()]).toEqual([0, 0]);
    await client.go("cloudos_v1.vmo_read", shared, BigInt(20 * PAGE), DATA, 4);
    await other.go("cloudos_v1.vmo_read", shared, BigInt(30 * PAGE), DATA, 4);
    expect(await wait(driver, pager)).toEqual(asked(20, 1));
    expect(await wait(driver, pager)).toEqual(asked(30, 1));
    await supply(30, 1);
    expect(client.answer()).toBe(0);
    await supply(20, 1);
    expect(client.answer()).toBe(0);
  });

  test("a pager that dies leaves nobody waiting", async () => {
    const { driver, pager, vmo, client, supply, shared } = await start();
    await supply(1, 1);
    await client.go("cloudos_v1.vmo_read", shared, BigInt(9 * PAGE), DATA, 4);
    expect(client.answer()).toBeUndefined();
    expect(await close(driver, pager)).toBe(0);
    expect(client.answer()).toBe(EIO);
    expect(await read(client, shared, 9 * PAGE, 4)).toBe(EIO);
    expect(await read(client, shared, PAGE, 4)).toEqual(pageOf(1, 0, 4));
    expect(await op(driver, vmo, VMO_OP_COMMIT, 0, 4 * PAGE)).toBe(EIO);
    expect(await clone(driver, vmo, 0, 4 * PAGE)).toBe(-EIO);
    await write(driver, vmo, PAGE, pattern(4));
    expect(await op(driver, vmo, VMO_OP_SYNC, 0, 0)).toBe(EIO);
  });

  test("a reader that is killed leaves the request; the page comes all the same", async () => {
    const { driver, pager, client, vmo, supply, shared } = await start();
    await client.go("cloudos_v1.vmo_read", shared, BigInt(9 * PAGE), DATA, 4);
    expect(await driver.call("cloudos_v1.proc_kill", client.pid, 9)).toBe(0);
    expect(await wait(driver, pager)).toEqual(asked(9, 1));
    expect(await supply(9, 1)).toBe(0);
    expect(await read(driver, vmo, 9 * PAGE, 4)).toEqual(pageOf(9, 0, 4));
  });

  test("a VMO that goes takes its request with it", async () => {
    const { driver, pager, client, vmo, shared } = await start();
    await client.go("cloudos_v1.vmo_read", shared, BigInt(9 * PAGE), DATA, 4);
    await close(driver, vmo);
    expect(await driver.call("cloudos_v1.proc_kill", client.pid, 9)).toBe(0);
    expect(await wait(driver, pager)).toBe(EAGAIN);
    expect(await driver.call("cloudos_v1.pager_fail", pager, BigInt(KEY), 0n, BigInt(PAGE), EIO)).toBe(EINVAL);
  });

  test("a clone is a snapshot: its pages are brought in first", async () => {
    const { driver, pager, vmo, client, supply, shared } = await start({ pages: 4 });
    await client.go("cloudos_v1.vmo_clone", shared, 0n, BigInt(4 * PAGE), 0, OUT);
    expect(await wait(driver, pager)).toEqual(asked(0, 4));
    await supply(0, 4);
    expect(client.answer()).toBe(0);
    const copy = client.u32();
    await write(driver, vmo, 0, new Uint8Array(PAGE));
    expect(await read(client, copy, 0, 4 * PAGE)).toEqual(pageOf(0, 0, 4 * PAGE));
    expect((await info(client, copy)).flags).toBe(0);
  });

  test("pager_wait wakes up, times out and is interrupted", async () => {
    const { driver, host, parent, pager } = await start();
    const service = await ChildDriver.spawn(parent, [pager]);
    const vmo = await createPaged(driver, pager, PAGE, 5);
    const reader = await ChildDriver.spawn(parent, [vmo]);
    const deadline = BigInt(Math.round(host.nowUs * 1000)) + 5_000_000n;
    await service.go("cloudos_v1.pager_wait", ChildDriver.handed(0), deadline, OUT);
    await host.sleep(4000);
    expect(service.answer()).toBeUndefined();
    await host.sleep(2000);
    expect(service.answer()).toBe(ETIMEDOUT);
    await service.go("cloudos_v1.pager_wait", ChildDriver.handed(0), -1n, OUT);
    await reader.go("cloudos_v1.vmo_read", ChildDriver.handed(0), 0n, DATA, 4);
    expect(service.answer()).toBe(0);
    expect([service.u32(OUT), service.u64(OUT + 8)]).toEqual([PAGER_PAGES, 5]);
    // Queued, the signal ends the wait.
    await reader.go("cloudos_v1.vmo_size", 0, OUT);
    expect(await service.call("cloudos_v1.sig_action", 15, 2, 0)).toBe(0);
    await service.go("cloudos_v1.pager_wait", ChildDriver.handed(0), -1n, OUT);
    expect(await driver.call("cloudos_v1.proc_kill", service.pid, 15)).toBe(0);
    expect(service.answer()).toBe(EINTR);
  });
});

test("revoking the handle ends the wait for a page, and for a request", async () => {
  const { driver, parent, pager, vmo, client, shared } = await start();
  const service = await ChildDriver.spawn(parent, [pager]);
  await client.go("cloudos_v1.vmo_read", shared, BigInt(5 * PAGE), DATA, 4);
  expect(await driver.call("cloudos_v1.handle_revoke", vmo)).toBe(0);
  expect(client.answer()).toBe(ECANCELED);
  expect(await read(client, shared, 0, 4)).not.toEqual(new Uint8Array(4));
  // The request was made and stays.
  expect(await wait(driver, pager)).toEqual(asked(5, 1));
  await service.go("cloudos_v1.pager_wait", ChildDriver.handed(0), -1n, OUT);
  expect(service.answer()).toBeUndefined();
  expect(await driver.call("cloudos_v1.handle_revoke", pager)).toBe(0);
  expect(service.answer()).toBe(ECANCELED);
});

test("a port tells that a pager has requests", async () => {
  const { driver, pager, client, supply, shared } = await start();
  expect(await driver.call("cloudos_v1.port_create", OUT)).toBe(0);
  const port = driver.u32();
  expect(await driver.call("cloudos_v1.port_bind", port, pager, SIGNAL_READABLE, 9n)).toBe(0);
  const packets = () => driver.call("cloudos_v1.port_wait", port, 0n, OUT + 64, 1, OUT);
  expect(await packets()).toBe(EAGAIN);
  await client.go("cloudos_v1.vmo_read", shared, BigInt(5 * PAGE), DATA, 4);
  expect(await packets()).toBe(0);
  expect([driver.u64(OUT + 64), driver.u32(OUT + 72)]).toEqual([9, SIGNAL_READABLE]);
  expect(await wait(driver, pager)).toEqual(asked(5, 1));
  expect(await packets()).toBe(EAGAIN);
  expect(await supply(5, 1)).toBe(0);
  expect(client.answer()).toBe(0);
});

test("agents have VMOs and pagers too; what would wait says so", () => {
  const host = new Host();
  const buffer = host.agent.agent_attach() as unknown as number;
  const call = (name: string, ...values: (number | bigint)[]) =>
    (host.agent as unknown as Record<string, (...v: (number | bigint)[]) => number>)[`c1_${name}`]!(...values);
  const made = (name: string, ...values: (number | bigint)[]) => {
    expect(call(name, ...values, buffer)).toBe(0);
    return host.view.getUint32(buffer, true);
  };
  const vmo = made("vmo_create", 8192n, 0);
  host.bytes.fill(7, buffer + 64, buffer + 164);
  expect(call("vmo_write", vmo, 4000n, buffer + 64, 100)).toBe(0);
  expect(call("vmo_read", vmo, 4050n, buffer + 200, 50)).toBe(0);
  expect(host.bytes.slice(buffer + 200, buffer + 250)).toEqual(new Uint8Array(50).fill(7));
  const pager = made("pager_create");
  const paged = made("vmo_create_paged", pager, 8192n, 1n, 0);
  expect(call("vmo_read", paged, 0n, buffer + 200, 8)).toBe(EAGAIN);
  expect(call("vmo_op", paged, VMO_OP_COMMIT, 0n, 4096n)).toBe(EAGAIN);
  expect(call("pager_wait", pager, -1n, buffer + 300)).toBe(EAGAIN);
  expect(call("pager_supply", pager, 1n, 0n, 8192n, vmo, 0n)).toBe(0);
  expect(call("vmo_read", paged, 4050n, buffer + 300, 50)).toBe(0);
  expect(host.bytes.slice(buffer + 300, buffer + 350)).toEqual(new Uint8Array(50).fill(7));
});

describe("write-back", () => {
  async function begin(driver: Driver, pager: number, offset: number): Promise<[number, number]> {
    expect(await driver.call("cloudos_v1.pager_writeback_begin", pager, BigInt(KEY), BigInt(offset), OUT)).toBe(0);
    return [driver.u64(OUT), driver.u64(OUT + 8)];
  }
  const end = (driver: Driver, pager: number, first: number, count: number, errno = 0) =>
    driver.call(
      "cloudos_v1.pager_writeback_end",
      pager,
      BigInt(KEY),
      BigInt(first * PAGE),
      BigInt(count * PAGE),
      errno,
    );

  test("changed pages come as runs, once", async () => {
    const { driver, pager, vmo, supply } = await start();
    await supply(0, 10);
    for (const page of [1, 2, 3, 7]) await write(driver, vmo, page * PAGE + 3, pattern(5));
    expect((await info(driver, vmo)).dirty).toBe(4 * PAGE);
    expect(await begin(driver, pager, 0)).toEqual([PAGE, 3 * PAGE]);
    // Changed again meanwhile.
    await write(driver, vmo, 2 * PAGE, pattern(1));
    expect(await begin(driver, pager, 4 * PAGE)).toEqual([7 * PAGE, PAGE]);
    expect((await begin(driver, pager, 8 * PAGE))[1]).toBe(0);
    expect(await end(driver, pager, 0, 10)).toBe(0);
    expect((await info(driver, vmo)).dirty).toBe(PAGE);
    expect(await begin(driver, pager, 0)).toEqual([2 * PAGE, PAGE]);
    expect(await end(driver, pager, 2, 1, ENOSPC)).toBe(0);
    expect((await info(driver, vmo)).dirty).toBe(PAGE);
    // What failed is reported once.
    expect(await op(driver, vmo, VMO_OP_SYNC, 0, 0)).toBe(ENOSPC);
  });

  test("a sync asks for write-back and waits for it", async () => {
    const { driver, pager, vmo, client, supply, shared } = await start();
    await supply(0, 4);
    await write(driver, vmo, 0, pattern(2 * PAGE));
    await client.go("cloudos_v1.vmo_op", shared, VMO_OP_SYNC, 0n, 0n);
    expect(client.answer()).toBeUndefined();
    expect(await wait(driver, pager)).toEqual({ op: PAGER_WRITE_BACK, key: KEY, offset: 0, length: 64 * PAGE });
    expect(await begin(driver, pager, 0)).toEqual([0, 2 * PAGE]);
    expect(client.answer()).toBeUndefined();
    expect(await end(driver, pager, 0, 2)).toBe(0);
    expect(client.answer()).toBe(0);
    expect(await op(client, shared, VMO_OP_SYNC, 0, 0)).toBe(0);
  });

  test("a writer with too many changed pages waits", async () => {
    const { host, driver, pager, vmo, source, client, shared } = await start({ pages: 1100, maxPages: 1024 });
    await resize(driver, source, 0);
    const big = await create(driver, 1100 * PAGE);
    expect(await driver.call("cloudos_v1.pager_supply", pager, BigInt(KEY), 0n, BigInt(1100 * PAGE), big, 0n)).toBe(0);
    expect(await op(driver, vmo, VMO_OP_ZERO, 0, 1025 * PAGE)).toBe(0);
    await client.go("cloudos_v1.vmo_write", shared, BigInt(1050 * PAGE), DATA, 10);
    expect(client.answer()).toBeUndefined();
    expect(await wait(driver, pager)).toMatchObject({ op: PAGER_WRITE_BACK });
    const [at, length] = await begin(driver, pager, 0);
    expect([at, length]).toEqual([0, 256 * PAGE]);
    await end(driver, pager, 0, 256);
    expect(client.answer()).toBe(0);
    expect(host.memoryInfo().free).toBeGreaterThan(0);
  });
});

describe("memory pressure", () => {
  test("clean pages are dropped and asked for again; changed and pinned ones stay", async () => {
    const { driver, host, pager, vmo, client, supply, shared } = await start({ maxPages: 256 });
    await supply(0, 20);
    await write(driver, vmo, 3 * PAGE, pattern(PAGE, 3));
    expect(await op(driver, vmo, VMO_OP_PIN, 5 * PAGE, PAGE)).toBe(0);
    const hog = await create(driver, 2 ** 32);
    let take = host.memoryInfo().free / PAGE + 10;
    while ((await op(driver, hog, VMO_OP_COMMIT, 0, take * PAGE)) !== 0) take--;
    expect((await info(driver, vmo)).present).toBe(2 * PAGE);
    await op(driver, hog, VMO_OP_DECOMMIT, 0, 2 ** 32);
    expect(await read(driver, vmo, 3 * PAGE, PAGE)).toEqual(pattern(PAGE, 3));
    await client.go("cloudos_v1.vmo_read", shared, BigInt(8 * PAGE), DATA, 4);
    // The pressure also asked for write-back.
    expect(await wait(driver, pager)).toMatchObject({ op: PAGER_PAGES, offset: 8 * PAGE });
    expect(await wait(driver, pager)).toMatchObject({ op: PAGER_WRITE_BACK });
    await supply(8, 1);
    expect(client.answer()).toBe(0);
    expect(await op(driver, vmo, VMO_OP_UNPIN, 5 * PAGE, PAGE)).toBe(0);
  });
});

describe("bad input", () => {
  test("keys, ranges, sources, addresses", async () => {
    const { driver, pager, vmo, source, supply } = await start({ flags: VMO_RESIZABLE });
    expect(await createPaged(driver, pager, PAGE, KEY)).toBe(-EINVAL);
    expect(await createPaged(driver, vmo, PAGE, 1)).toBe(-EINVAL);
    expect(await createPaged(driver, pager, 2 ** 33, 1)).toBe(-ERANGE);
    const call = (key: number, offset: bigint, length: bigint, from: number, at: bigint) =>
      driver.call("cloudos_v1.pager_supply", pager, BigInt(key), offset, length, from, at);
    expect(await call(KEY + 1, 0n, 4096n, source, 0n)).toBe(EINVAL);
    expect(await call(KEY, 1n, 4096n, source, 0n)).toBe(EINVAL);
    expect(await call(KEY, 0n, 4095n, source, 0n)).toBe(EINVAL);
    expect(await call(KEY, 0n, 4096n, source, 1n)).toBe(EINVAL);
    expect(await call(KEY, 0n, 4096n, vmo, 0n)).toBe(EINVAL);
    expect(await call(KEY, BigInt(64 * PAGE), 4096n, source, 0n)).toBe(ERANGE);
    expect(await call(KEY, -4096n, 4096n, source, 0n)).toBe(ERANGE);
    expect(await call(KEY, 0n, 4096n, source, BigInt(64 * PAGE))).toBe(ERANGE);
    expect(await call(KEY, 0n, 4096n, source, -4096n)).toBe(ERANGE);
    expect(await call(KEY, 0n, 0n, source, 0n)).toBe(0);
    expect(await supply(0, 2)).toBe(0);
    await op(driver, source, VMO_OP_PIN, 0, PAGE);
    expect(await call(KEY, 4n * 4096n, 4096n, source, 0n)).not.toBe(0);
    expect(await driver.call("cloudos_v1.pager_wait", pager, 0n, 2 ** 32 - 31)).toBe(EFAULT);
    expect(await op(driver, vmo, VMO_OP_DECOMMIT, 0, PAGE)).not.toBe(0);
    expect(await resize(driver, vmo, PAGE)).toBe(0);
    expect((await info(driver, vmo)).present).toBe(PAGE);
  });
});
