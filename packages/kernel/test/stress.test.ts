import { AGENT_HOST, JOB_CAP, JOB_SHARES, SIGKILL, SPAWN_JOB, scratchOf } from "@cloudos/abi";
import { afterEach, expect, test } from "vitest";
import { Host, type SpawnRequest } from "./host.ts";
import { at, HOG, n, program, set, sleep, spawn } from "./programs.ts";
import { boot, CORES, endThreads } from "./stress-machine.ts";

afterEach(endThreads);

function remote(): Host {
  return new Host({ cores: CORES, remote: true, processLimit: 400, quantumUs: 500 });
}

const memory = (host: Host) => {
  host.agent.mem_info(scratchOf(AGENT_HOST));
  return [8, 40, 56].map((offset) => host.view.getFloat64(scratchOf(AGENT_HOST) + offset, true));
};

/** Starts `count` of a request and waits until all have ended; returns their outputs. */
async function all(
  host: Host,
  machine: ReturnType<typeof boot>,
  count: number,
  request: SpawnRequest,
): Promise<string[]> {
  const input = host.ring(64, false);
  const outputs = Array.from({ length: count }, () => host.ring(4096, true));
  const tokens = outputs.map((output) => host.spawn({ ...request, rings: [input, output, output] }));
  await machine.until(() => tokens.every((token) => host.exits.has(host.spawned.get(token) ?? -1)));
  const texts = outputs.map((output) => host.text(output));
  for (const ring of [input, ...outputs]) host.agent.ring_free(ring);
  return texts;
}

const FD_MAP = `${set(512, n(0))} ${set(520, n(400))} ${set(524, n(1))} ${set(528, n(-1))} ${set(552, n(-1))}
  ${set(400, n(1))} ${set(404, at(196))}`;

test("pipes between cores lose and invent no byte, whatever the sizes", async () => {
  const host = remote();
  // Writes 20 to 1500 bytes at a time, 600 times, and its checksum is the byte count.
  host.program(
    "/bin/writer",
    program(`(loop $more (drop (call $put (i32.const 1) (i32.const 8192) (i32.add (i32.const 20) (i32.rem_u (i32.mul (local.get $i) (i32.const 37)) (i32.const 1480)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $more (i32.lt_u (local.get $i) (i32.const 600))))`),
  );
  host.program(
    "/bin/parent",
    program(
      `(loop $again (drop (call $fd_pipe (i32.const 192) (i32.const 1))) ${FD_MAP} (drop ${spawn(11, 512)})
       (drop (call $fd_close ${at(196)}))
       (loop $more (local.set $i (call $get ${at(192)} (i32.const 16384) (i32.const 1000)))
         (local.set $j (i32.add (local.get $j) (local.get $i))) (br_if $more (i32.gt_s (local.get $i) (i32.const 0))))
       (drop (call $fd_close ${at(192)})) (drop (call $proc_wait (i32.const -1) (i32.const 0) (i32.const 320)))
       (local.set $k (i32.add (local.get $k) (i32.const 1))) (br_if $again (i32.lt_u (local.get $k) (i32.const 8))))
       (call $num (local.get $j))`,
      "/bin/writer",
    ),
  );
  const machine = boot(host);
  await all(host, machine, 4, { path: "/bin/parent" });
  const before = memory(host);
  const once = Array.from({ length: 600 }, (_, i) => 20 + ((i * 37) % 1480)).reduce((sum, size) => sum + size, 0);
  expect(await all(host, machine, 4, { path: "/bin/parent" })).toEqual(Array(4).fill(`${8 * once} `));
  expect(await machine.stop()).toEqual(Array(CORES).fill("ended"));
  expect(memory(host)).toEqual(before);
});

test("children that are killed while they load, wait and run all reach their parents as such", async () => {
  const host = remote();
  host.program("/bin/loop", program("(loop $again (call $preempt) (br $again))"));
  host.program(
    "/bin/killer",
    program(
      `(loop $again (drop ${spawn(9)}) (drop ${spawn(9, 0, 260)}) (drop ${spawn(9, 0, 264)})
         (drop (call $proc_kill ${at(256)} ${n(SIGKILL)})) (drop (call $proc_kill ${at(260)} ${n(SIGKILL)}))
         (drop (call $proc_kill ${at(264)} ${n(SIGKILL)}))
         (loop $reap (br_if $reap (i32.eqz (call $proc_wait (i32.const -1) (i32.const 0) (i32.const 320))))
         )
         (local.set $j (i32.add (local.get $j) ${at(324)}))
         (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $again (i32.lt_u (local.get $i) (i32.const 30))))
       (call $num (local.get $j))`,
      "/bin/loop",
    ),
  );
  const machine = boot(host);
  expect(await all(host, machine, 5, { path: "/bin/killer" })).toEqual(Array(5).fill("30 "));
  expect(await machine.stop()).toEqual(Array(CORES).fill("ended"));
  expect(memory(host)[1]).toBe(0);
});

test("jobs that are frozen, capped, thawed and killed while their members load, run and sleep on all cores leave nothing", async () => {
  const host = remote();
  host.program("/bin/loop", HOG);
  host.program(
    "/bin/nest",
    program(
      `(drop ${spawn(9)}) (drop ${spawn(9)}) (loop $again ${sleep("(i64.const 200000)")} (br $again))`,
      "/bin/loop",
    ),
  );
  const attributes = `${set(1200, n(SPAWN_JOB))} ${set(1216, n(-1))} ${set(1240, n(-1))} ${set(1244, at(600))}`;
  host.program(
    "/bin/stirrer",
    program(
      `(loop $again
         (drop (call $job_create (i32.const -1) (i32.const 604))) (drop (call $job_create ${at(604)} (i32.const 600)))
         (drop (call $job_set ${at(600)} (i32.const ${JOB_SHARES}) (i32.add (i32.const 1) (i32.mul (local.get $i) (i32.const 97)))))
         (drop (call $job_set ${at(604)} (i32.const ${JOB_CAP}) (i32.const 30)))
         ${attributes} (drop ${spawn(9, 1200)}) (drop ${spawn(9, 1200)})
         (drop (call $job_freeze ${at(600)})) (drop ${spawn(9, 1200)}) (drop (call $job_freeze ${at(604)}))
         ${sleep("(i64.const 300000)")}
         (drop (call $job_thaw ${at(600)})) (drop (call $job_thaw ${at(604)})) ${sleep("(i64.const 700000)")}
         (drop (call $job_freeze ${at(600)})) (drop (call $job_kill ${at(604)}))
         (loop $reap (br_if $reap (i32.eqz (call $proc_wait (i32.const -1) (i32.const 0) (i32.const 320)))))
         (local.set $j (i32.add (local.get $j) (i32.eqz (call $fd_close (i32.and ${at(600)} (i32.const 4095))))))
         (drop (call $fd_close (i32.and ${at(604)} (i32.const 4095))))
         (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $again (i32.lt_u (local.get $i) (i32.const 12))))
       (call $num (local.get $j))`,
      "/bin/nest",
    ),
  );
  const machine = boot(host);
  await all(host, machine, 3, { path: "/bin/stirrer" });
  // Members of a killed job may still be on their way out when the last stirrer ends.
  await machine.until(() => host.agent.proc_next(0) === 0);
  const before = memory(host);
  expect(await all(host, machine, 3, { path: "/bin/stirrer" })).toEqual(Array(3).fill("12 "));
  await machine.until(() => host.agent.proc_next(0) === 0);
  expect(await machine.stop()).toEqual(Array(CORES).fill("ended"));
  expect(memory(host)).toEqual(before);
  expect(host.agent.job_next(1)).toBe(0);
}, 60_000);
