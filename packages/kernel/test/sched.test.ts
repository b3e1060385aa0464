import { AGENT_HOST, BOOST_PERIOD_US, MAX_CORES, SCHED_REALTIME, scratchOf, WCHAN_TIMER } from "@cloudos/abi";
import { expect, test } from "vitest";
import { Host, type HostOptions } from "./host.ts";
import { leakGate } from "./leak/gate.ts";
import { at, clock, exit, HOG, n, program, set, sleep, spawn } from "./programs.ts";
import { answer } from "./service.ts";

const watch = leakGate();

/** Times are the simulated clock's, so nothing here depends on how fast the machine is. */
function machine(options: HostOptions = {}): Host {
  const host = watch(new Host({ processLimit: 600, ...options }));
  host.tickUs = 20;
  host.program("/bin/hog", HOG);
  return host;
}

const SCRATCH = scratchOf(AGENT_HOST);

async function start(host: Host, path: string): Promise<number> {
  const token = host.spawn({ path });
  if (token < 0) throw new Error(`Cannot spawn: errno ${-token}`);
  for (let turns = 0; host.spawned.get(token) === undefined && turns < 1000; turns++) await host.spend(1);
  return host.spawned.get(token)!;
}

function sched(host: Host, pid: number) {
  expect(host.agent.proc_sched(pid, SCRATCH)).toBe(0);
  const f64 = (offset: number) => host.view.getFloat64(SCRATCH + offset, true);
  const u32 = (offset: number) => host.view.getUint32(SCRATCH + offset, true);
  return {
    level: u32(12),
    core: u32(16),
    cpuUs: f64(24) + f64(32),
    waitUs: f64(40),
    given: u32(48),
    taken: u32(52),
    waitsFor: u32(56),
  };
}

const word = (host: Host, pid: number, address: number) =>
  new DataView(host.memories.get(pid)!.buffer).getUint32(address, true);

/** Sleeps 9.7 ms again and again; how late it came back, in microseconds, from 8192 on; the count at 8188. */
const SLEEPER = program(
  `(loop $again
     (i64.store (i32.const 1160) (i64.add ${clock} (i64.const 9700000)))
     ${sleep("(i64.load (i32.const 1160))", true)}
     (i32.store (i32.add (i32.const 8192) (i32.shl (local.get $i) (i32.const 2)))
       (i32.wrap_i64 (i64.div_u (i64.sub ${clock} (i64.load (i32.const 1160))) (i64.const 1000))))
     (local.set $i (i32.add (local.get $i) (i32.const 1)))
     (i32.store (i32.const 8188) (local.get $i))
     (br_if $again (i32.lt_u (local.get $i) (i32.const 4000))))`,
);

function lateness(host: Host, pid: number): number[] {
  const count = word(host, pid, 8188);
  return Array.from({ length: count }, (_, i) => word(host, pid, 8192 + 4 * i)).toSorted((a, b) => a - b);
}

test("a process that sleeps comes back within 20 ms beside eight that never do, each in a job of its own", async () => {
  const host = machine();
  host.program("/bin/sleeper", SLEEPER);
  for (let i = 0; i < 8; i++) await start(host, "/bin/hog");
  const pid = await start(host, "/bin/sleeper");
  await host.spend(6e6);
  const late = lateness(host, pid);
  expect(late.length).toBeGreaterThan(300);
  expect(late[Math.floor(late.length * 0.99)]).toBeLessThan(20_000);
  expect(late.at(-1)).toBeLessThan(50_000);
});

test("and beside eight in its own job", async () => {
  const host = machine();
  host.program("/bin/sleeper", SLEEPER);
  host.program(
    "/bin/parent",
    program(
      `(loop $more (drop ${spawn(8)}) (local.set $i (i32.add (local.get $i) (i32.const 1)))
         (br_if $more (i32.lt_u (local.get $i) (i32.const 8))))
       (i32.store (i32.const 4096) (i32.const 0x6e69622f)) (i32.store (i32.const 4100) (i32.const 0x656c732f))
       (i32.store (i32.const 4104) (i32.const 0x72657065))
       (drop (call $proc_spawn (i32.const 4096) (i32.const 12) (i32.const 4096) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 256)))
       ${sleep("(i64.const 100000000000)")}`,
      "/bin/hog",
    ),
  );
  await start(host, "/bin/parent");
  await host.spend(6e6);
  const pid = [...host.memories.keys()].find((candidate) => word(host, candidate, 8188) > 0)!;
  const late = lateness(host, pid);
  expect(late.length).toBeGreaterThan(300);
  expect(late[Math.floor(late.length * 0.99)]).toBeLessThan(20_000);
});

/** Uses the core for 3.9 ms of a 4 ms quantum, then sleeps for a moment, again and again. */
const GAMER = `(loop $again
  (i64.store (i32.const 1160) (i64.add ${clock} (i64.const 3900000)))
  (loop $spin (call $preempt) (br_if $spin (i64.lt_u ${clock} (i64.load (i32.const 1160)))))
  ${sleep("(i64.const 1000)")}
  (br $again))`;
/** Yields just before the quantum ends instead. */
const YIELDER = GAMER.replace(sleep("(i64.const 1000)"), "(drop (call $sched_yield))");

test.each([
  ["a nap", GAMER],
  ["a yield", YIELDER],
])("%s just before the quantum ends wins nothing", async (_name, body) => {
  const host = machine();
  host.program("/bin/gamer", program(body));
  host.program("/bin/shell", program(`(drop ${spawn(8)}) ${body}`, "/bin/hog"));
  const gamer = await start(host, "/bin/shell");
  await host.spend(100_000);
  const hog = gamer + 1;
  const before = [sched(host, gamer).cpuUs, sched(host, hog).cpuUs] as const;
  await host.spend(8e6);
  const gamed = sched(host, gamer).cpuUs - before[0];
  const honest = sched(host, hog).cpuUs - before[1];
  expect(gamed / (gamed + honest)).toBeLessThan(0.56);
});

test("a process that never gives up the core runs within one boost period beside many that always come first", async () => {
  const host = machine();
  // The longest time between two of its looks at the clock, in microseconds, at 8192.
  host.program(
    "/bin/hog",
    program(`(i64.store (i32.const 1160) ${clock})
      (loop $again (call $preempt)
        (i64.store (i32.const 1168) ${clock})
        (local.set $i (i32.wrap_i64 (i64.div_u (i64.sub (i64.load (i32.const 1168)) (i64.load (i32.const 1160))) (i64.const 1000))))
        (if (i32.gt_u (local.get $i) (i32.load (i32.const 8192))) (then (i32.store (i32.const 8192) (local.get $i))))
        (i64.store (i32.const 1160) (i64.load (i32.const 1168)))
        (br $again))`),
  );
  // Fifteen that use a fifteenth of the core each and sleep the rest: all of them stay on the highest level.
  host.program(
    "/bin/busy",
    program(`(loop $again
      (i64.store (i32.const 1160) (i64.add ${clock} (i64.const 1000000)))
      (loop $spin (call $preempt) (br_if $spin (i64.lt_u ${clock} (i64.load (i32.const 1160)))))
      ${sleep("(i64.const 14000000)")} (br $again))`),
  );
  host.program(
    "/bin/shell",
    program(
      `(drop ${spawn(8)}) (i32.store (i32.const 4101) (i32.const 0x79737562))
       (loop $more (drop (call $proc_spawn (i32.const 4096) (i32.const 9) (i32.const 4096) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 256)))
         (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $more (i32.lt_u (local.get $i) (i32.const 16))))
       ${sleep("(i64.const 100000000000)")}`,
      "/bin/hog",
    ),
  );
  const shell = await start(host, "/bin/shell");
  await host.spend(10e6);
  expect(sched(host, shell + 1).level).toBeGreaterThan(0);
  expect(word(host, shell + 1, 8192)).toBeLessThan(BOOST_PERIOD_US + 20_000);
  // The others really do come first: the core was never without one of them for long.
  expect(sched(host, shell + 2).cpuUs).toBeGreaterThan(0.04 * 10e6);
});

test("nice 5 beside nice 0 gets a third of its time", async () => {
  const host = machine();
  host.program(
    "/bin/shell",
    program(
      `(drop ${spawn(8)}) (drop (call $sched_set ${at(256)} (i32.const 0) (i32.const 5))) (drop ${spawn(8)}) ${sleep("(i64.const 100000000000)")}`,
      "/bin/hog",
    ),
  );
  const shell = await start(host, "/bin/shell");
  await host.spend(20e6);
  const ratio = sched(host, shell + 1).cpuUs / sched(host, shell + 2).cpuUs;
  expect(ratio).toBeGreaterThan(0.8 ** 5 * 0.85);
  expect(ratio).toBeLessThan(0.8 ** 5 * 1.15);
});

test("time is accounted for: used, waited and switches add up", async () => {
  const host = machine();
  const pids = [await start(host, "/bin/hog"), await start(host, "/bin/hog")];
  const before = pids.map((pid) => sched(host, pid));
  await host.spend(4e6);
  const after = pids.map((pid) => sched(host, pid));
  const used = after.reduce((sum, now, i) => sum + now.cpuUs - before[i]!.cpuUs, 0);
  expect(used).toBeGreaterThan(0.98 * 4e6);
  expect(used).toBeLessThan(1.02 * 4e6);
  for (const [i, now] of after.entries()) {
    const wall = now.cpuUs - before[i]!.cpuUs + now.waitUs - before[i]!.waitUs;
    expect(wall).toBeGreaterThan(0.98 * 4e6);
    expect(wall).toBeLessThan(1.02 * 4e6);
    // The switch it was taken on for may be one that has not ended yet.
    expect(now.given - before[i]!.given).toBeLessThanOrEqual(1);
    expect(now.taken).toBeGreaterThan(before[i]!.taken + 50);
  }
});

test("a real-time process comes back at once, and has a budget while others want the core", async () => {
  const host = machine();
  host.program(
    "/bin/sleeper",
    SLEEPER.replace(
      "(loop $again",
      `(drop (call $sched_set (i32.const 0) ${n(SCHED_REALTIME)} (i32.const 3))) (loop $again`,
    ),
  );
  host.program(
    "/bin/rthog",
    HOG.replace(
      "(loop $again",
      `(drop (call $sched_set (i32.const 0) ${n(SCHED_REALTIME)} (i32.const 1))) (loop $again`,
    ),
  );
  for (let i = 0; i < 4; i++) await start(host, "/bin/hog");
  const sleeper = await start(host, "/bin/sleeper");
  await host.spend(2e6);
  expect(lateness(host, sleeper).at(-1)).toBeLessThan(1500);

  const greedy = await start(host, "/bin/rthog");
  const before = sched(host, greedy).cpuUs;
  await host.spend(4e6);
  const part = (sched(host, greedy).cpuUs - before) / 4e6;
  expect(part).toBeGreaterThan(0.45);
  expect(part).toBeLessThan(0.55);
});

test("a real-time process alone has all of the core", async () => {
  const host = machine();
  host.program(
    "/bin/rthog",
    HOG.replace(
      "(loop $again",
      `(drop (call $sched_set (i32.const 0) ${n(SCHED_REALTIME)} (i32.const 1))) (loop $again`,
    ),
  );
  const greedy = await start(host, "/bin/rthog");
  const before = sched(host, greedy).cpuUs;
  await host.spend(1e6);
  expect(sched(host, greedy).cpuUs - before).toBeGreaterThan(0.98e6);
});

test("classes and values nobody may have are refused", async () => {
  const host = machine();
  host.program(
    "/bin/asks",
    program(
      `${[
        [0, 0, 20],
        [0, 2, 1],
        [0, 1, 0],
        [0, 1, 9],
        [4000, 0, 1],
        [0, 0, 4],
        [0, 0, 3],
        [0, 0, -1],
      ]
        .map((values) => `(call $num (call $sched_set ${values.map(n).join(" ")}))`)
        .join(
          " ",
        )} (call $num (call $sched_info (i32.const 4000) (i32.const 256))) (call $num (call $sched_info (i32.const 0) (i32.const 131072)))`,
    ),
  );
  expect((await host.run({ path: "/bin/asks" })).stdout).toBe("28 28 28 28 71 0 2 2 71 21 ");
  const { stdout } = await host.run({ path: "/bin/asks", flags: 2 });
  expect(stdout.split(" ").slice(0, 5)).toEqual(["28", "28", "28", "28", "71"]);
});

test("a process and its children stay on the cores of their mask", async () => {
  const host = machine({ cores: 4, maxPages: 4096 });
  // Cores 1 and 3 for the children; then for itself, which would have to move.
  host.program(
    "/bin/parent",
    program(
      `${set(640, n(0b1010))} (call $num (call $sched_affinity (i32.const 0) (i32.const 2) (i32.const 640)))
       (loop $more (drop ${spawn(8)}) (local.set $i (i32.add (local.get $i) (i32.const 1)))
         (br_if $more (i32.lt_u (local.get $i) (i32.const 12))))
       ${set(640, n(0b1110))} (call $num (call $sched_affinity (i32.const 0) (i32.const 1) (i32.const 640)))
       ${set(640, n(0))} (call $num (call $sched_affinity (i32.const 0) (i32.const 0) (i32.const 640))) (call $num ${at(640)})
       (call $num (call $sched_affinity (i32.const 0) (i32.const 3) (i32.const 640))) (call $num (call $sched_affinity (i32.const 0) (i32.const 0) (i32.const 131071)))`,
      "/bin/nap",
    ),
  );
  host.program("/bin/nap", program(sleep("(i64.const 100000000000)")));
  const { stdout, pid } = await host.run({ path: "/bin/parent" });
  expect(stdout).toBe("0 58 0 10 28 21 ");
  const cores = Array.from({ length: 12 }, (_, i) => sched(host, pid + 1 + i).core);
  expect(cores.filter((core) => core === 1)).toHaveLength(6);
  expect(cores.filter((core) => core === 3)).toHaveLength(6);
});

test("an idle core fetches what waits elsewhere to be loaded, within its mask", async () => {
  const host = machine({ cores: 2 });
  host.program("/bin/ends", program(exit(n(0))));
  for (let i = 0; i < 6; i++) host.spawn({ path: "/bin/ends" });
  for (let slot = host.service.vfs_next(); slot >= 0; slot = host.service.vfs_next()) {
    answer(host, slot);
    host.service.vfs_complete(slot);
  }
  // Three on each core; core 1 never gets to run. One is left for it: it might just be waking up.
  for (let turns = 0; turns < 40; turns++) await host.turn(0);
  host.events();
  expect(host.exits.size).toBe(5);
  for (let turns = 0; turns < 10; turns++) await host.turn(1);
  host.events();
  expect(host.exits.size).toBe(6);
});

test("256 cores: each gets its part of 512 processes, all run, and nothing is left", async () => {
  const host = machine({ cores: MAX_CORES, maxPages: 8192, processLimit: 4000 });
  host.tickUs = 0;
  host.program("/bin/nap", program(`${sleep("(i64.const 1000000)")} ${exit(n(7))}`));
  const free = host.memoryInfo().free;
  const perCore = new Map<number, number>();
  for (let round = 0; round < 8; round++) {
    for (let i = 0; i < 64; i++) expect(host.spawn({ path: "/bin/nap" })).toBeGreaterThan(0);
    await host.settle();
  }
  for (let pid = host.agent.proc_next(0); pid !== 0; pid = host.agent.proc_next(pid)) {
    const { core } = sched(host, pid);
    perCore.set(core, (perCore.get(core) ?? 0) + 1);
  }
  expect(perCore.size).toBe(MAX_CORES);
  expect([...perCore.values()].every((count) => count === 2)).toBe(true);
  await host.sleep(2_000_000);
  expect([...host.exits.values()].filter(({ code }) => code === 7)).toHaveLength(512);
  expect(host.agent.proc_next(0)).toBe(0);
  expect(host.memoryInfo().free).toBe(free);
}, 60_000);

test("a tab that was hidden for an hour: every sleeper comes back, none is lost", async () => {
  const host = machine();
  host.tickUs = 0;
  host.program(
    "/bin/sleeper",
    program(`${sleep("(i64.const 30000000000)")} ${sleep("(i64.const 1000000)")} ${exit(n(5))}`),
  );
  for (let i = 0; i < 60; i++) {
    host.spawn({ path: "/bin/sleeper" });
    await host.settle();
    host.nowUs += 250_000;
  }
  expect(host.exits.size).toBe(0);
  host.nowUs += 3600e6;
  await host.settle();
  host.nowUs += 1000;
  await host.settle();
  expect([...host.exits.values()].filter(({ code }) => code === 5)).toHaveLength(60);
});

test("a clock that goes back stands still for a while: time used never shrinks, sleepers wake when it has caught up", async () => {
  const host = machine();
  const hog = await start(host, "/bin/hog");
  host.program("/bin/nap", program(`${sleep("(i64.const 50000000)")} ${exit(n(6))}`));
  const token = host.spawn({ path: "/bin/nap" });
  await host.spend(20_000);
  const before = sched(host, hog).cpuUs;
  host.nowUs -= 1e6;
  for (let turns = 0; turns < 3; turns++) {
    host.nowUs += 1e6;
    await host.turn(0);
    host.nowUs -= 1e6;
  }
  expect(sched(host, hog).cpuUs).toBeGreaterThanOrEqual(before);
  await host.spend(1.2e6);
  expect(host.exits.get(host.spawned.get(token)!)).toEqual({ kind: "exited", code: 6 });
});

test("2,000 sleepers due at one instant all wake, and the core's loop comes by in between", async () => {
  const host = machine({ processLimit: 3000, maxPages: 8192 });
  host.tickUs = 0;
  host.program("/bin/nap", program(`${sleep("(i64.const 900000000000)", true)} ${exit(n(0))}`));
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 100; i++) expect(host.spawn({ path: "/bin/nap" })).toBeGreaterThan(0);
    await host.settle();
  }
  host.nowUs = 900e6;
  await host.turn(0);
  let asleep = 0;
  for (let pid = host.agent.proc_next(0); pid !== 0; pid = host.agent.proc_next(pid)) {
    if (sched(host, pid).waitsFor === WCHAN_TIMER) asleep++;
  }
  expect(asleep).toBeGreaterThan(1500);
  await host.settle();
  expect(host.agent.proc_next(0)).toBe(0);
  expect([...host.exits.values()]).toHaveLength(2000);
}, 60_000);

test("suspended, the machine runs nothing and charges nobody; what fell due fires once it resumes", async () => {
  const host = machine();
  const hog = await start(host, "/bin/hog");
  host.program("/bin/nap", program(`${sleep("(i64.const 30000000)")} ${exit(n(9))}`));
  const token = host.spawn({ path: "/bin/nap" });
  await host.spend(10_000);
  host.agent.os_suspend();
  await host.spend(1000);
  const before = sched(host, hog);
  host.tickUs = 0;
  for (let turns = 0; turns < 5; turns++) {
    expect(await host.turn(0)).toBe(false);
    host.nowUs += 10e6;
  }
  expect(sched(host, hog).cpuUs).toBe(before.cpuUs);
  expect(host.exits.size).toBe(0);
  host.agent.os_resume();
  host.tickUs = 20;
  await host.spend(20_000);
  expect(host.exits.get(host.spawned.get(token)!)).toEqual({ kind: "exited", code: 9 });
  const after = sched(host, hog);
  expect(after.cpuUs - before.cpuUs).toBeLessThan(21_000);
  expect(after.cpuUs - before.cpuUs).toBeGreaterThan(10_000);
});
