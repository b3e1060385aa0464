import { WCHAN_TIMER } from "@cloudos/abi/cloudos-v1";
import { ENOENT, EROFS } from "@cloudos/abi/errno";
import {
  OBJECT_FILE,
  OBJECT_PIPE_READ,
  REGION_DATA,
  REGION_HEAP,
  REGION_MEMORY,
  REGION_STACK,
  REGION_WINDOW,
} from "@cloudos/abi/kernel-interface";
import { describe, expect, test } from "vitest";
import { Devfs } from "../src/devfs/devfs.ts";
import type { JobInfo, ProcessInfo, ProcessTable } from "../src/procfs/process-table.ts";
import { Procfs } from "../src/procfs/procfs.ts";
import { list } from "./files.ts";

const SHELL: ProcessInfo = {
  pid: 7,
  ppid: 1,
  pgid: 7,
  sid: 7,
  state: "S",
  core: 1,
  memoryBytes: 1_048_576,
  userUs: 1_234_567,
  systemUs: 20_000,
  startUs: 5_000_000,
  switches: 99,
  descriptors: 2,
  tty: 0,
  nice: 5,
  threads: 1,
  name: "/bin/a rather long name",
  pending: 0b1,
  ignored: 1 << 12,
  queued: 0,
  foreground: 7,
};
const ROOT_JOB: JobInfo = {
  id: 1,
  parent: 0,
  processes: 2,
  processLimit: 0xffffffff,
  shares: 1024,
  cap: 0,
  frozen: false,
  killed: false,
  memoryBytes: 2048,
  memoryLimitBytes: 0,
  userUs: 3_000_000,
  systemUs: 1_000_000,
  waitUs: 500_000,
  switches: 11,
  capped: 0,
};
const TABLE: ProcessTable = {
  next: (pid) => (pid < 7 ? 7 : 0),
  info: (pid) => (pid === 7 ? SHELL : undefined),
  scheduling: (pid) =>
    pid === 7
      ? {
          realtime: 0,
          level: 3,
          job: 4,
          waitUs: 2_500,
          voluntary: 90,
          involuntary: 9,
          waitsFor: WCHAN_TIMER,
          childUserUs: 770_000,
          childSystemUs: 30_000,
          affinity: 0b101101n,
        }
      : undefined,
  jobs: () => [ROOT_JOB, { ...ROOT_JOB, id: 4, parent: 1, cap: 50, frozen: true, memoryLimitBytes: 65536 }],
  block: (_pid, which) => new TextEncoder().encode(which === "arguments" ? "sh\0-c\0true\0" : "A=1\0B=2\0"),
  cwd: () => 11n,
  root: () => 1n,
  descriptor: (pid, fd) => {
    if (pid !== 7) return undefined;
    if (fd === 0) return { object: OBJECT_FILE, rights: 2, node: 11n, offset: 42, fdflags: 1, aux: 0 };
    return fd === 300 ? { object: OBJECT_PIPE_READ, rights: 2, node: 0n, offset: 0, fdflags: 0, aux: 9 } : undefined;
  },
  memory: () => ({
    totalBytes: 512 * 1024,
    freeBytes: 100 * 1024,
    cacheBytes: 50 * 1024,
    tableBytes: 10 * 1024,
    dirtyBytes: 20 * 1024,
    processes: 1,
    vnodes: 1,
    handles: 2,
    pinnedBytes: 0,
    vmoBytes: 8 * 1024,
  }),
  regions: (pid) => {
    if (pid !== 7) return [];
    const part = (start: number, end: number, kind: number) => ({
      ...{ start, end, kind, writable: true, offset: 0, node: 0n, presentBytes: 0 },
    });
    return [
      part(0, 0x20000, REGION_MEMORY),
      part(1024, 0x1234, REGION_DATA),
      part(0x1234, 0x11240, REGION_STACK),
      part(0x11240, 0x20000, REGION_HEAP),
      { ...part(0x14000, 0x15010, REGION_WINDOW), offset: 0x3000, node: 11n },
      { ...part(0x18000, 0x19000, REGION_WINDOW), writable: false },
    ];
  },
  cores: () => [
    { busyUs: 3_000_000, idleUs: 7_000_000, switches: 5 },
    { busyUs: 1_000_000, idleUs: 9_000_000, switches: 6 },
  ],
  nowUs: () => 10_000_000,
  bootWallMs: () => 1_700_000_000_000,
};
const view = { callerPid: () => 7, pathOfNode: (node: bigint) => `/node/${node}`, mountsText: () => "mounts\n" };
const proc = new Procfs(TABLE, view, [
  { name: "proc", device: false },
  { name: "cloudfs", device: true },
]);

function at(path: string): number {
  let ino = proc.rootIno;
  for (const name of path.split("/")) ino = proc.lookup(ino, name);
  return ino;
}
function read(path: string): string {
  const ino = proc.open(at(path));
  let text = "";
  proc.readPages(ino, 0, 1, (_index, bytes) => {
    text = new TextDecoder().decode(bytes);
  });
  expect(proc.attributes(ino).size).toBe(text.length);
  proc.release(ino);
  return text;
}

describe("/proc", () => {
  test("lists itself and its processes, with cookies to go on from", async () => {
    const all = await list(proc, proc.rootIno);
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(["cpuinfo", "meminfo", "self", "mounts", "7"]));
    const resumed = [];
    for (let after = 0; ; ) {
      const [entry] = await list(proc, proc.rootIno, after, 1);
      if (entry === undefined) break;
      resumed.push(entry);
      after = entry.cookie;
    }
    expect(resumed).toEqual(all);
    expect(all.find(({ name }) => name === "7")).toMatchObject({ type: 3, ino: at("7") });
    expect((await list(proc, at("7/fd"))).map(({ name }) => name)).toEqual(["0", "300"]);
  });

  test("has stat with 52 fields, the name in brackets and ticks of 10 ms", () => {
    const text = read("7/stat");
    const [, pid, comm, rest] = /^(\d+) \((.*)\) (.*)\n$/.exec(text)!;
    expect([pid, comm]).toEqual(["7", "a rather long n"]);
    const fields = rest!.split(" ");
    expect(fields).toHaveLength(50);
    // state, ppid, pgrp, session, tty_nr, tpgid; utime, stime; priority, nice, threads; starttime
    expect(fields.slice(0, 6)).toEqual(["R", "1", "7", "7", String(136 << 8), "7"]);
    expect(fields.slice(11, 15)).toEqual(["123", "2", "77", "3"]);
    expect(fields.slice(15, 18)).toEqual(["25", "5", "1"]);
    expect(fields[19]).toBe("500");
  });

  test("has scheduling in Linux's formats", () => {
    expect(read("7/schedstat")).toBe("1254567000 2500000 99\n");
    expect(read("7/sched")).toMatch(/^a rather long n \(7, #threads: 1\)\n-+\nse.sum_exec_runtime +: +1254.567000\n/);
    expect(read("7/sched")).toMatch(/^nr_involuntary_switches +: +9\n/m);
    // Two cores: of 0, 2, 3 and 5 there is 0.
    expect(read("7/status")).toMatch(/^Cpus_allowed:\t1\nCpus_allowed_list:\t0\nvoluntary_ctxt_switches:\t90\n/m);
    // Its caller runs, so it waits for nothing.
    expect(read("7/wchan")).toBe("0");
    expect(
      read("jobs")
        .split("\n")
        .map((line) => line.split("\t").slice(0, 9).join(" ")),
    ).toEqual([
      "id parent processes limit shares cap% state memory_kb limit_kb",
      "1 0 2 - 1024 - live 2 -",
      "4 1 2 - 1024 50 frozen 2 64",
      "",
    ]);
  });

  test("has status, cmdline, environ and comm", () => {
    expect(read("7/status")).toMatch(/^Name:\ta rather long n\nUmask:\t0022\nState:\tR \(running\)\n/);
    expect(read("7/status")).toMatch(/^SigIgn:\t0000000000001000$/m);
    expect(read("7/status")).toMatch(/^VmRSS:\t +1024 kB$/m);
    expect(read("7/cmdline")).toBe("sh\0-c\0true\0");
    expect(read("7/handles")).toBe("0 file 00000002 - -\n300 pipe-read 00000002 - -\n");
    expect(read("7/environ")).toBe("A=1\0B=2\0");
    expect(read("7/comm")).toBe("a rather long n\n");
    expect(read("7/mounts")).toBe("mounts\n");
  });

  test("has links to what a process has open", () => {
    expect(proc.readlink(at("self"))).toBe("7");
    expect(proc.readlink(at("mounts"))).toBe("self/mounts");
    expect(proc.readlink(at("7/cwd"))).toBe("/node/11");
    expect(proc.readlink(at("7/fd/0"))).toBe("/node/11");
    expect(proc.readlink(at("7/fd/300"))).toBe("pipe:[9]");
    expect(read("7/fdinfo/0")).toMatch(/^pos:\t42\n/);
    expect(proc.lookup(at("7/fd"), "1")).toBe(0);
    expect(proc.lookup(at("7/fd"), "00")).toBe(0);
    expect(proc.lookup(proc.rootIno, "8")).toBe(0);
    expect(proc.lookup(proc.rootIno, "07")).toBe(0);
  });

  test("tells of the machine as Linux does", () => {
    expect(read("meminfo")).toMatch(/^MemTotal: +512 kB\nMemFree: +100 kB\nMemAvailable: +130 kB\n/);
    expect(read("meminfo")).toMatch(/^Vmo: +8 kB\nLinearMemory: +\d+ kB\n/m);
    expect(read("uptime")).toBe("10.00 16.00\n");
    expect(read("stat")).toMatch(/^cpu {2}400 0 0 1600 0 0 0 0 0 0\ncpu0 300 0 0 700 /);
    expect(read("stat")).toMatch(/^btime 1700000000$/m);
    expect(read("cpuinfo").match(/^processor\t: /gm)).toHaveLength(2);
    expect(read("filesystems")).toBe("nodev\tproc\n\tcloudfs\n");
    expect(read("loadavg")).toMatch(/^0\.0\d 0\.0\d 0\.0\d 0\/1 7\n$/);
  });

  test("maps: what a linear memory consists of", () => {
    expect(read("7/maps")).toBe(
      [
        "00000000-00000400 rw-p 00000000 00:00 0",
        "00000400-00001234 rw-p 00000000 00:00 0                                  [data]",
        "00001234-00011240 rw-p 00000000 00:00 0                                  [stack]",
        "00011240-00014000 rw-p 00000000 00:00 0                                  [heap]",
        "00014000-00015010 rw-s 00003000 00:00 11                                 /node/11",
        "00015010-00018000 rw-p 00000000 00:00 0                                  [heap]",
        "00018000-00019000 r--s 00000000 00:00 0                                  [vmo]",
        "00019000-00020000 rw-p 00000000 00:00 0                                  [heap]",
        "00020000-100000000 ---p 00000000 00:00 0                                 [guard]",
        "",
      ].join("\n"),
    );
    expect(read("7/smaps")).toContain("[stack]\nSize:                 65 kB\n");
  });

  test("changes nothing, and forgets processes that ended", () => {
    expect(() => proc.create()).toThrow(expect.objectContaining({ errno: EROFS }));
    const ino = at("7/stat");
    const gone = new Procfs({ ...TABLE, info: () => undefined }, view, []);
    expect(() => gone.attributes(ino)).toThrow(expect.objectContaining({ errno: ENOENT }));
    expect(() => gone.open(ino)).toThrow(expect.objectContaining({ errno: ENOENT }));
  });
});

describe("/dev", () => {
  let caller = 7;
  const dev = new Devfs(TABLE, () => caller, 0n);

  test("names the devices", async () => {
    const names = (await list(dev, dev.rootIno)).map(({ name }) => name);
    expect(names).toEqual(["null", "zero", "full", "random", "urandom", "tty", "fd", "stdin", "stdout", "stderr"]);
    expect(dev.attributes(dev.lookup(dev.rootIno, "null"))).toMatchObject({ type: 2, mode: 0o666, device: 1 });
  });

  test("shows each process its own descriptors", async () => {
    const fd = dev.lookup(dev.rootIno, "fd");
    expect((await list(dev, fd)).map(({ name }) => name)).toEqual(["0", "300"]);
    expect(dev.attributes(dev.lookup(fd, "300")).device).toBe(4096 + 300);
    caller = 8;
    expect(dev.lookup(fd, "0")).toBe(0);
    expect(await list(dev, fd)).toEqual([]);
  });
});
