import {
  AGENT_HOST,
  EAGAIN,
  EBADF,
  ECANCELED,
  EFAULT,
  EINVAL,
  JOB_CAP,
  JOB_MEMORY,
  JOB_PROCESSES,
  JOB_SELF,
  JOB_SHARES,
  SIGKILL,
  SPAWN_JOB,
  scratchOf,
} from "@cloudos/abi";
import { expect, test } from "vitest";
import { Host, type HostOptions } from "./host.ts";
import { leakGate } from "./leak/gate.ts";
import { at, exit, HOG, n, program, set, sleep, spawn } from "./programs.ts";

const watch = leakGate();

const SCRATCH = scratchOf(AGENT_HOST);
const FOREVER = sleep("(i64.const 1000000000000)");

function machine(options: HostOptions = {}): Host {
  const host = watch(new Host(options));
  host.tickUs = 20;
  host.program("/bin/hog", HOG);
  host.program("/bin/nap", program(FOREVER));
  return host;
}

interface JobRecord {
  readonly id: number;
  readonly parent: number;
  readonly processes: number;
  readonly frozen: number;
  readonly killed: number;
  readonly memory: bigint;
  readonly cpuUs: number;
  readonly waitUs: number;
  readonly capped: number;
  readonly inside: number;
}

function jobs(host: Host): JobRecord[] {
  const records: JobRecord[] = [];
  for (let id = host.agent.job_next(0); id !== 0; id = host.agent.job_next(id)) {
    expect(host.agent.job_read(id, SCRATCH)).toBe(0);
    const u32 = (offset: number) => host.view.getUint32(SCRATCH + offset, true);
    const f64 = (offset: number) => host.view.getFloat64(SCRATCH + offset, true);
    expect(u32(0)).toBe(id);
    records.push({
      id,
      parent: u32(4),
      processes: u32(8),
      frozen: u32(24),
      killed: u32(28),
      memory: host.view.getBigUint64(SCRATCH + 32, true),
      cpuUs: f64(48) + f64(56),
      waitUs: f64(64),
      capped: u32(80),
      inside: u32(84),
    });
  }
  return records;
}

const job = (host: Host, id: number) => jobs(host).find((record) => record.id === id)!;
const word = (host: Host, pid: number, address: number) =>
  new DataView(host.memories.get(pid)!.buffer).getUint32(address, true);

async function start(host: Host, path: string): Promise<number> {
  const token = host.spawn({ path });
  for (let turns = 0; host.spawned.get(token) === undefined && turns < 1000; turns++) await host.spend(1);
  return host.spawned.get(token)!;
}

const ATTRIBUTES = 1200;
/** Attributes that start a child in the job whose handle value is at `job`. */
const inJob = (address: number) =>
  `${set(ATTRIBUTES, n(SPAWN_JOB))} ${set(ATTRIBUTES + 16, n(-1))} ${set(ATTRIBUTES + 40, n(-1))} ${set(ATTRIBUTES + 44, at(address))}`;
const create = (address: number, parent = n(JOB_SELF | 0)) => `(call $job_create ${parent} ${n(address)})`;
const setting = (address: number, which: number, value: number) =>
  `(call $job_set ${at(address)} ${n(which)} ${n(value)})`;

/** Jobs in jobs of their own: `hogs[i]` of them with `shares[i]`. Job ids are in memory from 640 on. */
function sharing(shares: readonly number[], hogs: readonly number[]): string {
  return program(
    `${shares
      .map((share, i) => {
        const handle = 600 + 4 * i;
        const spawns = `(drop ${spawn(8, ATTRIBUTES)})`.repeat(hogs[i]!);
        return `(drop ${create(handle)}) (drop ${setting(handle, JOB_SHARES, share)}) ${inJob(handle)} ${spawns}
          (drop (call $job_info ${at(handle)} ${n(800)})) ${set(640 + 4 * i, at(800))}`;
      })
      .join(" ")} ${FOREVER}`,
    "/bin/hog",
  );
}

test.each([
  [
    [1024, 2048, 4096],
    [1, 1, 1],
  ],
  [
    [1024, 2048, 4096],
    [5, 1, 2],
  ],
  [
    [100, 200, 400],
    [1, 4, 1],
  ],
])("shares %j give time in that proportion, with %j busy processes", async (shares, hogs) => {
  const host = machine();
  host.program("/bin/shell", sharing(shares, hogs));
  const shell = await start(host, "/bin/shell");
  await host.spend(1e6);
  const ids = shares.map((_, i) => word(host, shell, 640 + 4 * i));
  const before = ids.map((id) => job(host, id).cpuUs);
  await host.spend(10e6);
  const used = ids.map((id, i) => job(host, id).cpuUs - before[i]!);
  const total = used.reduce((sum, us) => sum + us, 0);
  expect(total).toBeGreaterThan(0.97 * 10e6);
  const all = shares.reduce((sum, share) => sum + share, 0);
  for (const [i, share] of shares.entries()) {
    expect(used[i]! / total / (share / all)).toBeGreaterThan(0.95);
    expect(used[i]! / total / (share / all)).toBeLessThan(1.05);
  }
});

test("more jobs inside win nothing: two terminals share evenly", async () => {
  const host = machine();
  host.program("/bin/shell", sharing([1024, 1024, 1024, 1024], [2, 2, 2, 2]));
  const shell = await start(host, "/bin/shell");
  await host.spend(500_000);
  const hog = await start(host, "/bin/hog");
  const outer = jobs(host).filter(({ parent }) => parent === 1);
  expect(outer).toHaveLength(2);
  const before = outer.map(({ cpuUs }) => cpuUs);
  await host.spend(6e6);
  const used = outer.map(({ id }, i) => job(host, id).cpuUs - before[i]!);
  expect(used[0]! / used[1]!).toBeGreaterThan(0.95);
  expect(used[0]! / used[1]!).toBeLessThan(1.05);
  expect([shell, hog].every((pid) => pid > 0)).toBe(true);
});

test("a cap holds though the core is idle, and lets the rest of the time to others", async () => {
  const host = machine();
  host.program(
    "/bin/shell",
    program(
      `(drop ${create(600)}) (drop ${setting(600, JOB_CAP, 25)}) ${inJob(600)} (drop ${spawn(8, ATTRIBUTES)}) (drop ${spawn(8, ATTRIBUTES)})
       (drop (call $job_info ${at(600)} ${n(800)})) ${set(640, at(800))} ${FOREVER}`,
      "/bin/hog",
    ),
  );
  const shell = await start(host, "/bin/shell");
  await host.spend(1e6);
  const id = word(host, shell, 640);
  const before = job(host, id).cpuUs;
  await host.spend(4e6);
  expect(job(host, id).cpuUs - before).toBeGreaterThan(0.95e6);
  expect(job(host, id).cpuUs - before).toBeLessThan(1.05e6);
  expect(job(host, id).capped).toBeGreaterThan(30);
  const hog = await start(host, "/bin/hog");
  const outside = () => {
    host.agent.proc_sched(hog, SCRATCH);
    return host.view.getFloat64(SCRATCH + 24, true);
  };
  const [inner, outer] = [job(host, id).cpuUs, outside()];
  await host.spend(4e6);
  expect(job(host, id).cpuUs - inner).toBeLessThan(1.05e6);
  expect(outside() - outer).toBeGreaterThan(2.85e6);
});

test("a frozen job uses nothing, new members and jobs inside are frozen too, and thawed it goes on", async () => {
  const host = machine();
  host.program(
    "/bin/shell",
    program(
      `(drop ${create(600)}) (drop ${create(604, at(600))}) ${inJob(604)} (drop ${spawn(8, ATTRIBUTES)})
       (drop (call $job_info ${at(600)} ${n(800)})) ${set(640, at(800))}
       (drop (call $get (i32.const 0) (i32.const 900) (i32.const 1)))
       (drop (call $job_freeze ${at(600)})) (drop (call $job_freeze ${at(600)})) (drop ${spawn(8, ATTRIBUTES)})
       (drop (call $get (i32.const 0) (i32.const 900) (i32.const 1)))
       (drop (call $job_thaw ${at(600)})) (drop (call $job_thaw ${at(600)}))
       (drop (call $get (i32.const 0) (i32.const 900) (i32.const 1)))
       (drop (call $job_freeze ${at(604)})) (drop (call $job_kill ${at(600)})) ${FOREVER}`,
      "/bin/hog",
    ),
  );
  const rings = [host.ring(64, false), host.ring(4096, true), host.ring(64, true)] as const;
  const token = host.spawn({ path: "/bin/shell", rings });
  await host.spend(100_000);
  const id = word(host, host.spawned.get(token)!, 640);
  const used = async (us: number) => {
    const before = job(host, id).cpuUs;
    await host.spend(us);
    return job(host, id).cpuUs - before;
  };
  expect(await used(100_000)).toBeGreaterThan(90_000);
  host.type(rings[0], "f");
  await host.spend(5000);
  expect(job(host, id)).toMatchObject({ frozen: 1, processes: 2, inside: 1 });
  expect(await used(1e6)).toBe(0);
  host.type(rings[0], "t");
  await host.spend(5000);
  expect(job(host, id)).toMatchObject({ frozen: 0 });
  expect(await used(100_000)).toBeGreaterThan(90_000);
  // Frozen inside, killed from outside: it dies all the same.
  host.type(rings[0], "k");
  await host.spend(100_000);
  expect(job(host, id)).toMatchObject({ killed: 1, processes: 2 });
  expect(await used(100_000)).toBe(0);
});

test("killing a job takes the members, the jobs inside and what is just being started; nothing starts in it afterwards", async () => {
  const host = machine();
  host.program("/bin/bomb", program(`(loop $more (call $preempt) (drop ${spawn(9)}) (br $more))`, "/bin/bomb"));
  host.program(
    "/bin/shell",
    program(
      `(drop ${create(600)}) (drop ${create(604, at(600))}) ${inJob(604)} (call $num ${spawn(9, ATTRIBUTES)}) ${sleep("(i64.const 30000000)")}
       (call $num (call $job_kill ${at(600)})) ${sleep("(i64.const 1000000)")}
       (loop $reap (br_if $reap (i32.eqz (call $proc_wait (i32.const -1) (i32.const 0) (i32.const 320)))))
       (call $num ${at(324)}) (call $num ${at(328)}) (call $num ${spawn(9, ATTRIBUTES)}) (call $num ${create(608, at(604))})`,
      "/bin/bomb",
    ),
  );
  const rings = [host.ring(64, false), host.ring(4096, true), host.ring(64, true)] as const;
  const token = host.spawn({ path: "/bin/shell", rings });
  await host.spend(300_000);
  expect(host.text(rings[1])).toBe(`0 0 1 ${SIGKILL} ${ECANCELED} ${ECANCELED} `);
  expect(host.exits.get(host.spawned.get(token)!)).toEqual({ kind: "exited", code: 0 });
  expect(host.agent.proc_next(0)).toBe(0);
});

test("the host kills what it started with all its descendants, also once the first process is gone", async () => {
  const host = machine();
  host.program(
    "/bin/bomb",
    program(`(drop ${spawn(9)}) (drop ${spawn(9)}) (loop $spin (call $preempt) (br $spin))`, "/bin/bomb"),
  );
  host.program("/bin/leader", program(`(drop ${spawn(9)}) (drop ${spawn(9)})`, "/bin/bomb"));
  const bystander = await start(host, "/bin/nap");
  const token = host.spawn({ path: "/bin/leader", processLimit: 20 });
  await host.spend(200_000);
  expect(host.exits.get(host.spawned.get(token)!)).toMatchObject({ kind: "exited" });
  expect(job(host, 1).processes).toBeGreaterThan(10);
  expect(host.agent.host_job_kill(token)).toBe(0);
  await host.spend(200_000);
  expect(job(host, 1).processes).toBe(1);
  expect(host.agent.proc_next(0)).toBe(bystander);
  expect(host.agent.host_job_kill(token)).toBe(-71);
  expect(jobs(host)).toHaveLength(2);
});

test("a job's process limit counts the jobs inside it", async () => {
  const host = machine();
  host.program(
    "/bin/shell",
    program(
      `(drop ${create(600)}) (drop ${setting(600, JOB_PROCESSES, 3)}) (drop ${create(604, at(600))}) ${inJob(604)}
       (call $num ${spawn(8, ATTRIBUTES)}) ${inJob(600)} (call $num ${spawn(8, ATTRIBUTES)}) (call $num ${spawn(8, ATTRIBUTES)}) (call $num ${spawn(8, ATTRIBUTES)})
       ${inJob(604)} (call $num ${spawn(8, ATTRIBUTES)}) (drop (call $job_kill ${at(600)}))`,
      "/bin/nap",
    ),
  );
  expect((await host.run({ path: "/bin/shell" })).stdout).toBe(`0 0 0 ${EAGAIN} ${EAGAIN} `);
});

test("bad handles, values and addresses are refused", async () => {
  const host = machine();
  host.program(
    "/bin/asks",
    program(
      `(call $num ${create(600)}) (call $num ${create(131070)}) (call $num ${create(604, n(7))}) (call $num (call $job_create ${at(600)} ${n(604)}))
       ${[
         ["600", JOB_SHARES, 0],
         ["600", JOB_SHARES, 10001],
         ["600", JOB_CAP, 25601],
         ["600", 9, 1],
         ["600", JOB_MEMORY, 65537],
         ["600", JOB_MEMORY, 16],
       ]
         .map(
           ([address, which, value]) =>
             `(call $num (call $job_set ${at(Number(address))} ${n(Number(which))} ${n(Number(value))}))`,
         )
         .join(" ")}
       (call $num (call $job_info ${at(600)} ${n(131000)})) (call $num (call $job_info ${n(JOB_SELF | 0)} ${n(800)})) (call $num (call $job_info ${n(0)} ${n(800)}))
       (call $num (call $job_kill ${n(JOB_SELF | 0)})) (call $num (call $fd_close (i32.and ${at(604)} ${n(4095)}))) (call $num (call $job_freeze ${at(604)}))
       ${inJob(604)} (call $num ${spawn(8, ATTRIBUTES)}) ${set(604, n(1))} ${inJob(604)} (call $num ${spawn(8, ATTRIBUTES)})`,
      "/bin/nap",
    ),
  );
  const { stdout } = await host.run({ path: "/bin/asks" });
  expect(stdout).toBe(
    `0 ${EFAULT} ${EBADF} 0 ${EINVAL} ${EINVAL} ${EINVAL} ${EINVAL} ${EINVAL} 0 ${EFAULT} 0 ${EINVAL} ${EBADF} 0 ${EBADF} ${EBADF} ${EINVAL} `,
  );
});

test("jobs leave nothing behind, and what they used counts for the job they were in", async () => {
  const host = machine();
  host.program(
    "/bin/shell",
    program(
      `(drop ${create(600)}) (drop ${create(604, at(600))}) ${inJob(604)} (drop ${spawn(10, ATTRIBUTES)})
       (drop (call $proc_wait (i32.const -1) (i32.const 0) (i32.const 320)))`,
      "/bin/short",
    ),
  );
  host.program(
    "/bin/short",
    program(
      `(loop $more (call $preempt) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $more (i32.lt_u (local.get $i) (i32.const 1000)))) ${exit(n(0))}`,
    ),
  );
  await host.run({ path: "/bin/shell" });
  const free = () => {
    host.agent.mem_info(SCRATCH);
    return [8, 40, 56].map((offset) => host.view.getFloat64(SCRATCH + offset, true));
  };
  const before = free();
  const used = job(host, 1).cpuUs;
  for (let i = 0; i < 20; i++) await host.run({ path: "/bin/shell" });
  expect(free()).toEqual(before);
  expect(jobs(host)).toHaveLength(1);
  expect(job(host, 1).cpuUs - used).toBeGreaterThan(20 * 1000 * 20);
});
