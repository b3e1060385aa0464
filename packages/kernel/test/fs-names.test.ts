import {
  AT_CWD,
  DEVICE_FD_BASE,
  DEVICE_NULL,
  DEVICE_ZERO,
  EBADF,
  EEXIST,
  EILSEQ,
  EINVAL,
  EISDIR,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOTCAPABLE,
  ENOTDIR,
  ERANGE,
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SYMBOLIC_LINK,
  FILETYPE_UNKNOWN,
  FSTFLAGS_ATIM,
  FSTFLAGS_MTIM,
  FSTFLAGS_MTIM_NOW,
  OFLAGS_CREAT,
  OFLAGS_DIRECTORY,
  OFLAGS_EXCL,
  OFLAGS_TRUNC,
  RIGHT_FD_READ,
  RIGHT_FD_SEEK,
  RIGHT_FD_WRITE,
  RIGHT_PATH_OPEN,
} from "@cloudos/abi";
import { expect, test } from "vitest";
import { DATA, Driver, OUT } from "./fs-driver.ts";
import { MemoryFiles } from "./fs-memory.ts";
import { Host, type SpawnRequest } from "./host.ts";

async function start(request: Partial<SpawnRequest> = {}) {
  const files = new MemoryFiles();
  const host = new Host({ files: files.service });
  return { files, host, driver: await Driver.start(host, request) };
}
const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + 1) & 255);
const P1 = "wasi_snapshot_preview1";

interface Entry {
  readonly next: bigint;
  readonly node: number;
  readonly type: number;
  readonly name: string;
}

/** fd_readdir as wasi-libc uses it: entries that are whole, and the cookie of the last of them. */
async function readdir(
  driver: Driver,
  fd: number,
  length: number,
  cookie: bigint,
): Promise<{ entries: Entry[]; used: number }> {
  driver.bytes.fill(0xee, DATA, DATA + length + 8);
  expect(await driver.call(`${P1}.fd_readdir`, fd, DATA, length, cookie, OUT)).toBe(0);
  const used = driver.u32();
  expect(used).toBeLessThanOrEqual(length);
  expect(driver.bytes.slice(DATA + used, DATA + length + 8).every((byte) => byte === 0xee)).toBe(true);
  const entries: Entry[] = [];
  for (let at = DATA; at + 24 <= DATA + used; ) {
    const size = 24 + driver.view.getUint32(at + 16, true);
    if (at + size > DATA + used) break;
    entries.push({
      next: driver.view.getBigUint64(at, true),
      node: driver.u64(at + 8),
      type: driver.view.getUint8(at + 20),
      name: new TextDecoder().decode(driver.bytes.slice(at + 24, at + size)),
    });
    at += size;
  }
  return { entries, used };
}

test("readdir fills any buffer to its end and goes on from any cookie", async () => {
  const { files, driver } = await start();
  const names = [".", "..", "a", "bb", "a longer name", "x".repeat(255)];
  for (const name of names.slice(2)) files.add(name, new Uint8Array(0));
  const whole = await readdir(driver, 3, 4096, 0n);
  expect(whole.entries.map((entry) => entry.name)).toEqual(names);
  const image = driver.bytes.slice(DATA, DATA + whole.used);
  for (let length = 0; length <= whole.used + 2; length++) {
    const { used } = await readdir(driver, 3, length, 0n);
    expect(used).toBe(Math.min(length, whole.used));
    expect(driver.bytes.slice(DATA, DATA + used)).toEqual(image.slice(0, used));
  }
  for (const length of [24 + 255, 300, 512]) {
    const seen: string[] = [];
    for (let cookie = 0n; ; ) {
      const { entries, used } = await readdir(driver, 3, length, cookie);
      seen.push(...entries.map((entry) => entry.name));
      if (used < length) break;
      cookie = entries.at(-1)!.next;
    }
    expect(seen).toEqual(names);
  }
});

test("a directory larger than one reply comes whole in one call", async () => {
  const { files, driver } = await start();
  for (let i = 0; i < 1000; i++) files.add(`file.${i}`, new Uint8Array(0));
  const { entries } = await readdir(driver, 3, 60_000, 0n);
  expect(entries.length).toBe(1002);
  expect(entries[1001]!.name).toBe("file.999");
});

test("texts that are no paths are refused before anybody sees them", async () => {
  const { files, driver } = await start();
  const bytes = (...values: number[]) => Uint8Array.from(values);
  const statted = (path: string | Uint8Array) =>
    driver.call(`${P1}.path_filestat_get`, 3, 0, ...driver.path(path), OUT);
  files.add("é", new Uint8Array(1));
  files.add("😀", new Uint8Array(1));
  files.add("\u{10ffff}", new Uint8Array(1));
  for (const good of ["é", "😀", "\u{10ffff}"]) expect(await statted(good)).toBe(0);
  for (const bad of [
    [0x80],
    [0xc0, 0xaf],
    [0xc1, 0xbf],
    [0xc3],
    [0xe0, 0x80, 0xaf],
    [0xed, 0xa0, 0x80],
    [0xe2, 0x82],
    [0xf0, 0x80, 0x80, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0xff],
    [0x61, 0xe2, 0x28, 0xa1],
  ]) {
    expect(await statted(bytes(...bad))).toBe(EILSEQ);
  }
  expect(await statted(bytes(0x61, 0, 0x62))).toBe(EINVAL);
  expect(await statted("")).toBe(ENOENT);
  expect(await statted("y".repeat(255))).toBe(ENOENT);
  expect(await statted("y".repeat(256))).toBe(ENAMETOOLONG);
  expect(await statted(`a/${"y".repeat(256)}/b`)).toBe(ENAMETOOLONG);
  expect(await statted("a/".repeat(2048))).toBe(ENAMETOOLONG);
  expect(await driver.call(`${P1}.path_symlink`, ...driver.path2(""), 3, ...driver.path("l"))).toBe(ENOENT);
});

test("links: made, read (also into short buffers), followed or not", async () => {
  const { files, driver } = await start();
  files.add("target", pattern(10));
  expect(await driver.call(`${P1}.path_symlink`, ...driver.path2("target"), 3, ...driver.path("link"))).toBe(0);
  expect(await driver.call(`${P1}.path_readlink`, 3, ...driver.path("link"), DATA, 100, OUT)).toBe(0);
  expect(new TextDecoder().decode(driver.bytes.slice(DATA, DATA + driver.u32()))).toBe("target");
  expect(await driver.call(`${P1}.path_readlink`, 3, ...driver.path("link"), DATA, 3, OUT)).toBe(0);
  expect(driver.u32()).toBe(3);
  expect(await driver.call(`${P1}.path_filestat_get`, 3, 0, ...driver.path("link"), OUT)).toBe(0);
  expect(driver.bytes[OUT + 16]).toBe(FILETYPE_SYMBOLIC_LINK);
  expect(await driver.call(`${P1}.path_filestat_get`, 3, 1, ...driver.path("link"), OUT)).toBe(0);
  expect(driver.bytes[OUT + 16]).toBe(FILETYPE_REGULAR_FILE);
  expect(await driver.call(`${P1}.path_filestat_get`, 3, 2, ...driver.path("link"), OUT)).toBe(EINVAL);
  expect(await driver.open("link", { follow: false })).toBe(-ELOOP);
  expect(await driver.open("link")).toBeGreaterThan(0);
  expect(await driver.call(`${P1}.path_link`, 3, 0, ...driver.path("target"), 3, ...driver.path2("hard"))).toBe(0);
  expect(await driver.call(`${P1}.path_link`, 3, 0, ...driver.path("target"), 3, ...driver.path2("hard"))).toBe(EEXIST);
  expect(await driver.call(`${P1}.path_filestat_get`, 3, 0, ...driver.path("hard"), OUT)).toBe(0);
  expect(driver.u64(OUT + 24)).toBe(2);
});

test("opening: flags, rights and what they become", async () => {
  const { files, driver } = await start();
  files.add("f", pattern(10));
  expect(await driver.open("f", { oflags: OFLAGS_CREAT | OFLAGS_EXCL })).toBe(-EEXIST);
  expect(await driver.open("f", { oflags: OFLAGS_CREAT | OFLAGS_DIRECTORY })).toBe(-EINVAL);
  expect(await driver.open("f", { oflags: 16 })).toBe(-EINVAL);
  expect(await driver.open("f", { fdflags: 32 })).toBe(-EINVAL);
  expect(await driver.open("f", { oflags: OFLAGS_DIRECTORY })).toBe(-ENOTDIR);
  expect(await driver.open("f", { dir: 0 })).toBe(-ENOTDIR);
  expect(await driver.open("f", { dir: 77 })).toBe(-EBADF);
  const readOnly = await driver.open("f", { rights: BigInt(RIGHT_FD_READ) });
  expect(await driver.call(`${P1}.fd_fdstat_get`, readOnly, OUT)).toBe(0);
  expect(driver.bytes[OUT]).toBe(FILETYPE_REGULAR_FILE);
  expect(driver.u64(OUT + 8)).toBe(RIGHT_FD_READ);
  expect(await driver.write(readOnly, pattern(1))).toBe(-EBADF);
  expect(await driver.call(`${P1}.fd_filestat_set_size`, readOnly, 0n)).toBe(ENOTCAPABLE);

  // The same rights as the preopen; none; more than a directory may have.
  expect(await driver.call(`${P1}.fd_fdstat_get`, 3, OUT)).toBe(0);
  expect(driver.bytes[OUT]).toBe(FILETYPE_DIRECTORY);
  const base = driver.view.getBigUint64(OUT + 8, true);
  const inheriting = driver.view.getBigUint64(OUT + 16, true);
  expect(base & BigInt(RIGHT_FD_SEEK | RIGHT_FD_WRITE)).toBe(0n);
  const same = await driver.call(
    `${P1}.path_open`,
    3,
    0,
    ...driver.path("."),
    OFLAGS_DIRECTORY,
    base,
    inheriting,
    0,
    OUT,
  );
  expect(same).toBe(0);
  const dir = driver.u32();
  expect(await driver.open(".", { rights: 0n })).toBeGreaterThan(0);
  expect(await driver.open(".", { rights: BigInt(RIGHT_FD_READ | RIGHT_FD_WRITE), oflags: OFLAGS_DIRECTORY })).toBe(
    -EISDIR,
  );

  // Rights only shrink, and what a directory does not pass on its files do not get.
  expect(await driver.call(`${P1}.fd_fdstat_set_rights`, dir, base, inheriting & ~BigInt(RIGHT_FD_WRITE))).toBe(0);
  expect(await driver.call(`${P1}.fd_fdstat_set_rights`, dir, base, inheriting)).toBe(ENOTCAPABLE);
  expect(await driver.open("f", { dir, rights: BigInt(RIGHT_FD_WRITE) })).toBe(-ENOTCAPABLE);
  expect(await driver.call(`${P1}.fd_fdstat_set_rights`, dir, base & ~BigInt(1 << 19), 0n)).toBe(0);
  expect(await driver.open("f", { dir, oflags: OFLAGS_TRUNC, rights: 0n })).toBe(-ENOTCAPABLE);
  expect(await driver.call(`${P1}.fd_fdstat_set_rights`, dir, base & ~BigInt((1 << 19) | RIGHT_PATH_OPEN), 0n)).toBe(0);
  expect(await driver.open("f", { dir, rights: 0n })).toBe(-ENOTCAPABLE);
});

test("devices and duplicates come from names", async () => {
  const { files, driver } = await start();
  files.addDevice("null", DEVICE_NULL);
  files.addDevice("zero", DEVICE_ZERO);
  files.addDevice("fd3", DEVICE_FD_BASE + 3);
  files.addDevice("fd99", DEVICE_FD_BASE + 99);
  const none = await driver.open("null");
  expect(await driver.write(none, pattern(10))).toBe(10);
  expect(await driver.read(none, 10)).toEqual(new Uint8Array(0));
  const zero = await driver.open("zero");
  expect(await driver.read(zero, 10)).toEqual(new Uint8Array(10));
  expect(await driver.call(`${P1}.fd_filestat_get`, zero, OUT)).toBe(0);
  expect(driver.bytes[OUT + 16]).toBe(FILETYPE_CHARACTER_DEVICE);
  expect(await driver.call(`${P1}.fd_filestat_get`, 0, OUT)).toBe(0);
  expect(driver.bytes[OUT + 16]).toBe(FILETYPE_UNKNOWN);
  expect(await driver.open("fd3", { rights: 0n })).toBeGreaterThan(zero);
  expect(await driver.open("fd99", { rights: 0n })).toBe(-EBADF);
});

test("preopens: names, both implicit ones, short buffers", async () => {
  const { driver } = await start();
  const name = async (fd: number) => {
    const errno = await driver.call(`${P1}.fd_prestat_get`, fd, OUT);
    if (errno !== 0) return -errno;
    const length = driver.u32(OUT + 4);
    expect(await driver.call(`${P1}.fd_prestat_dir_name`, fd, DATA, length - 1)).toBe(ENAMETOOLONG);
    expect(await driver.call(`${P1}.fd_prestat_dir_name`, fd, DATA, length + 5)).toBe(0);
    return new TextDecoder().decode(driver.bytes.slice(DATA, DATA + length));
  };
  expect([await name(3), await name(4), await name(5), await name(0)]).toEqual(["/", ".", -EBADF, -EBADF]);
});

test("explicit preopens confine: no root, no current directory, no absolute paths", async () => {
  const { files, driver } = await start({ preopens: [["/", "work"]], flags: 2 });
  files.add("f", pattern(5));
  expect(await driver.call(`${P1}.fd_prestat_get`, 3, OUT)).toBe(0);
  expect(await driver.open("f")).toBeGreaterThan(3);
  expect(await driver.open("/f")).toBe(-ENOTCAPABLE);
  expect(await driver.open("f", { dir: AT_CWD })).toBe(-ENOTCAPABLE);
  expect(await driver.call("cloudos_v1.path_chdir", 3, ...driver.path("."))).toBe(ENOTCAPABLE);
  expect(await driver.call("cloudos_v1.path_getcwd", DATA, 100, OUT)).toBe(ENOTCAPABLE);
  expect(await driver.call(`${P1}.fd_prestat_get`, 4, OUT)).toBe(EBADF);
});

test("the current directory: chdir, getcwd, and the descriptor that follows it", async () => {
  const { files, driver } = await start();
  await driver.call(`${P1}.path_create_directory`, AT_CWD, ...driver.path("dir"));
  files.add("f", pattern(5));
  expect(await driver.call("cloudos_v1.path_chdir", AT_CWD, ...driver.path("f"))).toBe(ENOTDIR);
  expect(await driver.call("cloudos_v1.path_chdir", AT_CWD, ...driver.path("dir"))).toBe(0);
  expect(await driver.call("cloudos_v1.path_getcwd", DATA, 100, OUT)).toBe(0);
  expect(new TextDecoder().decode(driver.bytes.slice(DATA, DATA + driver.u32()))).toBe("/dir");
  expect(await driver.call("cloudos_v1.path_getcwd", DATA, 3, OUT)).toBe(ERANGE);
  expect(driver.u32()).toBe(4);
  const made = await driver.open("inside", { dir: 4, oflags: OFLAGS_CREAT });
  expect(made).toBeGreaterThan(4);
  expect(await driver.open("/dir/inside", { dir: 3 })).toBeGreaterThan(made);
  expect(await driver.open("inside", { dir: 3 })).toBe(-ENOENT);
});

test("stat tells the kernel's size and times of cached files, in all three layouts", async () => {
  const { files, driver } = await start();
  const inode = files.add("s", pattern(10));
  const fd = await driver.open("s");
  await driver.write(fd, pattern(5000));
  const layouts = {
    [`${P1}.fd_filestat_get`]: 32,
    "wasi_unstable.fd_filestat_get": 24,
    "cloudos_v1.fd_stat": 40,
  } as const;
  for (const [call, at] of Object.entries(layouts)) {
    driver.bytes.fill(0xee, OUT, OUT + 128);
    expect(await driver.call(call as keyof typeof layouts, fd, OUT)).toBe(0);
    expect(driver.u64(OUT)).toBe(7);
    expect(driver.u64(OUT + 8)).toBe(inode.node);
    expect(driver.bytes[OUT + 16]).toBe(FILETYPE_REGULAR_FILE);
    expect(driver.u64(OUT + at)).toBe(5000);
    const mtime = driver.view.getBigUint64(OUT + at + (call.startsWith("cloudos") ? 24 : 16), true);
    expect(mtime).toBeGreaterThan(5n);
    expect(driver.bytes[OUT + (call.startsWith("cloudos") ? 104 : at + 32)]).toBe(0xee);
  }
  expect(await driver.call("wasi_unstable.path_filestat_get", 3, 1, ...driver.path("s"), OUT)).toBe(0);
  expect(driver.u32(OUT + 20)).toBe(1);
  expect(await driver.call("cloudos_v1.path_stat", AT_CWD, 1, ...driver.path("/s"), OUT)).toBe(0);
  expect(driver.u64(OUT + 40)).toBe(5000);
});

test("times are set by path and by descriptor and survive the next write-back", async () => {
  const { files, driver } = await start();
  files.add("t", pattern(10));
  const fd = await driver.open("t");
  await driver.write(fd, pattern(20));
  const times = async () => {
    expect(await driver.call(`${P1}.fd_filestat_get`, fd, OUT)).toBe(0);
    return [driver.view.getBigUint64(OUT + 40, true), driver.view.getBigUint64(OUT + 48, true)];
  };
  expect(await driver.call(`${P1}.fd_filestat_set_times`, fd, 111n, 222n, FSTFLAGS_ATIM | FSTFLAGS_MTIM)).toBe(0);
  expect(await times()).toEqual([111n, 222n]);
  expect(await driver.call(`${P1}.fd_sync`, fd)).toBe(0);
  expect(await times()).toEqual([111n, 222n]);
  expect(await driver.call(`${P1}.path_filestat_set_times`, 3, 0, ...driver.path("t"), 0n, 333n, FSTFLAGS_MTIM)).toBe(
    0,
  );
  expect(await times()).toEqual([111n, 333n]);
  expect(await driver.call(`${P1}.fd_filestat_set_times`, fd, 1n, 2n, FSTFLAGS_MTIM_NOW)).toBe(0);
  expect((await times())[1]).toBeGreaterThan(1_600_000_000_000_000_000n);
  expect(await driver.call(`${P1}.fd_filestat_set_times`, fd, 1n, 2n, FSTFLAGS_MTIM | FSTFLAGS_MTIM_NOW)).toBe(EINVAL);
  expect(await driver.call(`${P1}.fd_filestat_set_times`, fd, 1n, 2n, 16)).toBe(EINVAL);
});

test("the remaining calls reach the service with what they were given", async () => {
  const { files, driver } = await start();
  const inode = files.add("m", pattern(10));
  expect(await driver.call("cloudos_v1.path_chmod", AT_CWD, 1, ...driver.path("m"), 0o755)).toBe(0);
  expect(inode.mode).toBe(0o755);
  expect(await driver.call("cloudos_v1.path_chmod", AT_CWD, 1, ...driver.path("m"), 0o10000)).toBe(EINVAL);
  expect(await driver.call("cloudos_v1.path_access", AT_CWD, ...driver.path("m"), 4)).toBe(0);
  expect(await driver.call("cloudos_v1.path_access", AT_CWD, ...driver.path("m"), 8)).toBe(EINVAL);
  expect(await driver.call("cloudos_v1.path_statfs", AT_CWD, ...driver.path("m"), OUT)).toBe(0);
  expect([0, 1, 2, 3, 4].map((i) => driver.u64(OUT + 8 * i))).toEqual([2 ** 40, 2 ** 41, 3 * 2 ** 40, 2 ** 42, 4096]);
  expect(await driver.call(`${P1}.path_create_directory`, 3, ...driver.path("d"))).toBe(0);
  expect(await driver.call(`${P1}.path_unlink_file`, 3, ...driver.path("d"))).toBe(EISDIR);
  expect(await driver.call(`${P1}.path_remove_directory`, 3, ...driver.path("m"))).toBe(ENOTDIR);
  expect(await driver.call(`${P1}.path_remove_directory`, 3, ...driver.path("d"))).toBe(0);
  const fd = await driver.open("m");
  expect(await driver.call(`${P1}.fd_advise`, fd, 0n, 0n, 1)).toBe(0);
  expect(await driver.call(`${P1}.fd_advise`, fd, 0n, 0n, 6)).toBe(EINVAL);
  expect(await driver.call(`${P1}.fd_allocate`, fd, 0n, 100n)).toBe(0);
  expect(await driver.size(fd)).toBe(100);
  expect(await driver.call(`${P1}.fd_allocate`, fd, 10n, 10n)).toBe(0);
  expect(await driver.size(fd)).toBe(100);
  expect(await driver.call(`${P1}.fd_sync`, 3)).toBe(0);
  expect(await driver.call(`${P1}.fd_sync`, 0)).toBe(EINVAL);
});
