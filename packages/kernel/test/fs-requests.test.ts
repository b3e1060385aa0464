import {
  EINTR,
  EIO,
  ENOENT,
  ENOSPC,
  EVENT_NEED_VFS,
  EVENTS_BASE,
  EVENTS_O_DATA,
  OFLAGS_CREAT,
  REPLY_PINNED,
  REPLY_VOLATILE,
  SIGKILL,
  SIGUSR1,
  VFS_FSYNC,
  VFS_MKDIR,
  VFS_OPEN,
  VFS_PAGE_IN,
  VFS_SLOT_COUNT,
  VFS_STAT,
  VFS_UNLINK,
} from "@cloudos/abi";
import { expect, test } from "vitest";
import { DATA, Driver, OUT } from "./fs-driver.ts";
import { MemoryFiles } from "./fs-memory.ts";
import { Host } from "./host.ts";

async function start(options: { maxPages?: number; cores?: number; processLimit?: number } = {}) {
  const files = new MemoryFiles();
  const host = new Host({ files: files.service, ...options });
  return { files, host, driver: await Driver.start(host) };
}
const pattern = (length: number, seed = 1) =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) * 13 + seed) & 255);
const stat = (driver: Driver, name: string) =>
  driver.call("wasi_snapshot_preview1.path_filestat_get", 3, 0, ...driver.path(name), OUT);

test("a process killed while its request is in flight dies at once and its slot comes back", async () => {
  const { files, host, driver } = await start();
  for (let round = 0; round < 2 * VFS_SLOT_COUNT; round++) {
    const victim = await Driver.start(host);
    files.hold.add(VFS_OPEN);
    victim.begin(
      "wasi_snapshot_preview1.path_open",
      3,
      0,
      ...victim.path(`f${round % 3}`),
      OFLAGS_CREAT,
      2n,
      0n,
      0,
      OUT,
    );
    await host.settle();
    host.agent.host_kill(victim.pid, SIGKILL);
    await host.settle();
    expect(host.exits.get(victim.pid)).toEqual({ kind: "signaled", code: SIGKILL });
    files.hold.clear();
    files.release(host);
    await host.settle();
    victim.freeRings();
  }
  expect(await stat(driver, "f0")).toBe(0);
});

test("when all slots are busy the next caller waits for one", async () => {
  const { files, host } = await start({ processLimit: 300 });
  const out = host.ring(4096, true);
  const drivers: Driver[] = [];
  while (drivers.length < VFS_SLOT_COUNT + 10) drivers.push(await Driver.start(host, {}, out));
  files.hold.add(VFS_STAT);
  for (const driver of drivers)
    driver.begin("wasi_snapshot_preview1.path_filestat_get", 3, 0, ...driver.path("none"), OUT);
  await host.settle();
  expect(files.held.length).toBe(VFS_SLOT_COUNT - 1);
  files.hold.clear();
  files.release(host);
  await host.settle();
  for (const driver of drivers) expect(driver.answer()).toBe(ENOENT);
});

test("a restarted service finds requests that can be repeated, and EIO answers the others", async () => {
  const { files, host, driver } = await start();
  files.add("a", pattern(100));
  const other = await Driver.start(host);
  files.hold.add(VFS_STAT);
  files.hold.add(VFS_MKDIR);
  driver.begin("wasi_snapshot_preview1.path_filestat_get", 3, 0, ...driver.path("a"), OUT);
  other.begin("wasi_snapshot_preview1.path_create_directory", 3, ...other.path("d"));
  await host.settle();
  files.held.length = 0;
  files.hold.clear();
  host.service.vfs_attach();
  await host.settle();
  expect(driver.answer()).toBe(0);
  expect(driver.u64(OUT + 32)).toBe(100);
  expect(other.answer()).toBe(EIO);
});

test("pages in the hands of a service that dies are written by the next one", async () => {
  const { files, host, driver } = await start();
  const fd = await driver.open("a", { oflags: OFLAGS_CREAT });
  await driver.write(fd, pattern(9000));
  const vnode = host.service.vnode_dirty_next(0);
  const scratch = 1 << 20;
  expect(host.service.vnode_take_dirty(vnode, -1, scratch, 2)).toBe(2);
  host.service.vfs_attach();
  expect(await driver.call("wasi_snapshot_preview1.fd_sync", fd)).toBe(0);
  expect(files.content("a")).toEqual(pattern(9000));
});

test("pages cut off while they are written come back, when the write ends or the service does", async () => {
  const { files, host, driver } = await start();
  const fd = await driver.open("c", { oflags: OFLAGS_CREAT });
  const scratch = 1 << 20;
  const cut = async () => {
    await driver.write(fd, pattern(65536), 0);
    const vnode = host.service.vnode_dirty_next(0);
    expect(host.service.vnode_take_dirty(vnode, -1, scratch, 8)).toBe(8);
    expect(await driver.call("wasi_snapshot_preview1.fd_filestat_set_size", fd, 0n)).toBe(0);
    return vnode;
  };
  const before = host.memoryInfo().free;
  host.service.vnode_written(await cut(), scratch, 8, 1);
  expect(host.memoryInfo().free).toBe(before);
  await cut();
  expect(host.memoryInfo().free).toBe(before - 8 * 4096);
  host.service.vfs_attach();
  expect(host.memoryInfo().free).toBe(before);
  expect(await driver.write(fd, pattern(100), 0)).toBe(100);
  expect(await driver.call("wasi_snapshot_preview1.fd_sync", fd)).toBe(0);
  expect(files.content("c")).toEqual(pattern(100));
});

test("without a service the host is asked for one", () => {
  const host = new Host({ attach: false });
  host.spawn({ path: "/bin/none" });
  expect(host.view.getUint32(EVENTS_BASE + EVENTS_O_DATA, true)).toBe(EVENT_NEED_VFS);
});

test("many fibers on one page ask once, and a failed page-in is told to each and not kept", async () => {
  const { files, host, driver } = await start({ cores: 3 });
  files.add("p", pattern(4096));
  const drivers = [driver, await Driver.start(host), await Driver.start(host), await Driver.start(host)];
  const fds: number[] = [];
  for (const one of drivers) fds.push(await one.open("p"));
  const readAll = async () => {
    files.hold.add(VFS_PAGE_IN);
    for (const [i, one] of drivers.entries()) {
      one.begin("wasi_snapshot_preview1.fd_pread", fds[i]!, ...one.iovs([[DATA, 4096]]), 0n, OUT);
    }
    await host.settle();
    expect(files.held.length).toBe(1);
    files.hold.clear();
    files.release(host);
    await host.settle();
    return drivers.map((one) => one.answer());
  };
  files.failing.set(VFS_PAGE_IN, EIO);
  expect(await readAll()).toEqual([EIO, EIO, EIO, EIO]);
  files.failing.clear();
  expect(await readAll()).toEqual([0, 0, 0, 0]);
  for (const one of drivers) expect(one.bytes.slice(DATA, DATA + 4096)).toEqual(pattern(4096));
});

test("a page-in whose reader was killed, or whose page was cut off, leaves nothing behind", async () => {
  const { files, host, driver } = await start();
  files.add("p", pattern(8 * 4096));
  const fd = await driver.open("p");
  const before = host.memoryInfo();
  const victim = await Driver.start(host);
  const theirs = await victim.open("p");
  files.hold.add(VFS_PAGE_IN);
  victim.begin("wasi_snapshot_preview1.fd_pread", theirs, ...victim.iovs([[DATA, 4096]]), 0n, OUT);
  await host.settle();
  host.agent.host_kill(victim.pid, SIGKILL);
  await host.settle();
  expect(host.exits.get(victim.pid)?.code).toBe(SIGKILL);
  expect(await driver.call("wasi_snapshot_preview1.fd_filestat_set_size", fd, 0n)).toBe(0);
  files.hold.clear();
  files.release(host);
  await host.settle();
  expect(host.memoryInfo().cache).toBe(before.cache);
  expect(await driver.read(fd, 10, 0)).toEqual(new Uint8Array(0));
  expect(await driver.call("wasi_snapshot_preview1.fd_filestat_set_size", fd, 100n)).toBe(0);
  expect(await driver.read(fd, 200, 0)).toEqual(new Uint8Array(100));
});

test("a deleted file lives while it is open, then the service is told", async () => {
  const { files, driver } = await start();
  const inode = files.add("d", pattern(5000));
  const fd = await driver.open("d");
  expect(await driver.call("wasi_snapshot_preview1.path_unlink_file", 3, ...driver.path("d"))).toBe(0);
  expect(await stat(driver, "d")).toBe(ENOENT);
  expect(await driver.read(fd, 5000)).toEqual(pattern(5000));
  expect(await driver.write(fd, pattern(100, 9), 0)).toBe(100);
  expect(files.log).not.toContain(`release ${inode.node}`);
  expect(await driver.close(fd)).toBe(0);
  expect(files.log).toContain(`release ${inode.node}`);

  const unopened = files.add("e", pattern(10));
  await driver.call("wasi_snapshot_preview1.path_unlink_file", 3, ...driver.path("e"));
  expect(files.log).toContain(`release ${unopened.node}`);
  const replaced = files.add("old", pattern(10));
  files.add("new", pattern(20));
  await driver.call("wasi_snapshot_preview1.path_rename", 3, ...driver.path("new"), 3, ...driver.path2("old"));
  expect(files.log).toContain(`release ${replaced.node}`);
});

test("a deletion that overtakes the opener keeps the file for it", async () => {
  const { files, host, driver } = await start();
  const inode = files.add("r", pattern(300));
  const other = await Driver.start(host);
  files.hold.add(VFS_OPEN);
  files.hold.add(VFS_UNLINK);
  driver.begin("wasi_snapshot_preview1.path_open", 3, 0, ...driver.path("r"), 0, 2n, 0n, 0, OUT);
  await host.settle();
  other.begin("wasi_snapshot_preview1.path_unlink_file", 3, ...other.path("r"));
  await host.settle();
  files.hold.clear();
  // Both replies are there before either fiber runs.
  files.release(host);
  await host.settle();
  expect(driver.answer()).toBe(0);
  expect(other.answer()).toBe(0);
  const fd = driver.u32();
  expect(files.log).not.toContain(`release ${inode.node}`);
  expect(await driver.read(fd, 300)).toEqual(pattern(300));
  await driver.close(fd);
  expect(files.log).toContain(`release ${inode.node}`);
});

test("volatile content is dropped and released at close", async () => {
  const { files, driver } = await start();
  const inode = files.add("v", pattern(50));
  files.openFlags = REPLY_VOLATILE;
  const fd = await driver.open("v");
  expect(await driver.read(fd, 50)).toEqual(pattern(50));
  await driver.close(fd);
  expect(files.log).toContain(`release ${inode.node}`);
});

test("pinned files are never written back nor dropped", async () => {
  const { files, host, driver } = await start({ maxPages: 160 });
  files.openFlags = REPLY_PINNED;
  const fd = await driver.open("tmp", { oflags: OFLAGS_CREAT });
  const data = pattern(40_000);
  await driver.write(fd, data);
  await driver.close(fd);
  expect(host.service.vnode_dirty_next(0)).toBe(0);
  files.openFlags = 0;
  const big = await driver.open("big", { oflags: OFLAGS_CREAT });
  for (let i = 0; i < 200; i++) expect(await driver.write(big, pattern(65536, i))).toBe(65536);
  files.openFlags = REPLY_PINNED;
  const again = await driver.open("tmp");
  expect(await driver.read(again, 50_000)).toEqual(data);
  expect(await driver.size(again)).toBe(40_000);
});

test("pinned files may take half of memory, then writes get ENOSPC and everything else goes on", async () => {
  const { files, host, driver } = await start({ maxPages: 160 });
  files.openFlags = REPLY_PINNED;
  const fd = await driver.open("tmp", { oflags: OFLAGS_CREAT });
  let written = 0;
  let rc = await driver.write(fd, pattern(65536));
  for (; rc > 0; rc = await driver.write(fd, pattern(65536))) written += rc;
  expect(rc).toBe(-ENOSPC);
  expect(await driver.size(fd)).toBe(written);
  expect(Math.abs(written - host.memoryInfo().total / 2)).toBeLessThan(8192);
  expect(await driver.read(fd, 65536, written - 65536)).toHaveLength(65536);
  expect((await Driver.start(host)).pid).toBeGreaterThan(0);
  expect(await driver.call("wasi_snapshot_preview1.fd_filestat_set_size", fd, 0n)).toBe(0);
  expect(await driver.write(fd, pattern(65536))).toBe(65536);
});

test("a file larger than memory is written and read: writers wait for write-back, clean pages are dropped", async () => {
  const { files, host, driver } = await start({ maxPages: 160 });
  const fd = await driver.open("huge", { oflags: OFLAGS_CREAT });
  const total = 256;
  for (let i = 0; i < total; i++) expect(await driver.write(fd, pattern(65536, i))).toBe(65536);
  expect(files.log.filter((line) => line === "fsync").length).toBeGreaterThan(2);
  const info = host.memoryInfo();
  expect(info.dirty).toBeLessThan(info.total / 3);
  for (let i = 0; i < total; i += 7) expect(await driver.read(fd, 65536, i * 65536)).toEqual(pattern(65536, i));
  expect(await driver.call("wasi_snapshot_preview1.fd_sync", fd)).toBe(0);
  expect(files.content("huge").length).toBe(total * 65536);
});

test("a full disk is reported by fsync once, and to writers over the dirty limit", async () => {
  const { files, driver } = await start({ maxPages: 160 });
  const fd = await driver.open("full", { oflags: OFLAGS_CREAT });
  await driver.write(fd, pattern(100));
  files.full = true;
  expect(await driver.call("wasi_snapshot_preview1.fd_sync", fd)).toBe(ENOSPC);
  let rc = 65536;
  for (let i = 0; i < 100 && rc === 65536; i++) rc = await driver.write(fd, pattern(65536, i));
  expect(rc).toBe(-ENOSPC);
  files.full = false;
  expect(await driver.call("wasi_snapshot_preview1.fd_sync", fd)).toBe(0);
  expect(await driver.call("wasi_snapshot_preview1.fd_sync", fd)).toBe(0);
});

test("a failed background write-back is reported at close", async () => {
  const { files, host, driver } = await start();
  const fd = await driver.open("bg", { oflags: OFLAGS_CREAT });
  await driver.write(fd, pattern(100));
  files.full = true;
  files.writeBack(host, host.service.vnode_dirty_next(0));
  files.full = false;
  expect(await driver.close(fd)).toBe(ENOSPC);
});

test("a queued signal does not cut a file request short", async () => {
  const { files, host, driver } = await start();
  const fd = await driver.open("q", { oflags: OFLAGS_CREAT });
  await driver.write(fd, pattern(10));
  expect(await driver.call("cloudos_v1.sig_action", SIGUSR1, 2, 0)).toBe(0);
  files.hold.add(VFS_FSYNC);
  driver.begin("wasi_snapshot_preview1.fd_sync", fd);
  await host.settle();
  host.agent.host_kill(driver.pid, SIGUSR1);
  await host.settle();
  expect(driver.answer()).toBeUndefined();
  files.hold.clear();
  files.release(host);
  await host.settle();
  expect([0, EINTR]).toContain(driver.answer());
  expect(files.content("q")).toEqual(pattern(10));
});
