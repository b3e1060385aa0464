import { expect, test } from "vitest";
import { Host } from "./host.ts";
import { at, n, program, sleep, spawn } from "./programs.ts";

const COUNT = 10_000;
/** What the kernel may spend on a process that has a few descriptors and waits: process, fiber, arguments, handles. */
const BYTES_EACH_MAX = 8192;

test("10,000 processes live on one node, each small in the kernel's tables, and all end with their job", async () => {
  const host = new Host({ cores: 2, maxPages: 8192, processLimit: COUNT + 2 });
  host.program("/bin/nap", program(sleep("(i64.const 1000000000000)")));
  host.program(
    "/bin/spawner",
    program(
      `(loop $more (local.set $j (i32.or (local.get $j) ${spawn(8)})) (local.set $i (i32.add (local.get $i) (i32.const 1)))
         (br_if $more (i32.lt_u (local.get $i) (i32.const ${COUNT}))))
       (call $num (local.get $j)) (call $num ${at(256)}) ${sleep("(i64.const 1000000000000)")} (drop (call $get ${n(0)} ${n(900)} ${n(1)}))`,
      "/bin/nap",
    ),
  );
  const output = host.ring(4096, true);
  const rings = [host.ring(64, false), output, output] as const;
  const free = host.memoryInfo().free;
  const token = host.spawn({ path: "/bin/spawner", rings });
  await host.settle(0, 1_000_000);
  const [errno, last] = host.text(output).trim().split(" ").map(Number);
  expect(errno).toBe(0);
  let live = 0;
  for (let pid = host.agent.proc_next(0); pid !== 0 && live < 50; pid = host.agent.proc_next(pid)) live++;
  expect(live).toBe(50);
  expect(last).toBeGreaterThanOrEqual(COUNT);
  expect(host.memories.size).toBe(COUNT + 1);
  expect((free - host.memoryInfo().free) / COUNT).toBeLessThan(BYTES_EACH_MAX);

  expect(host.agent.host_job_kill(token)).toBe(0);
  await host.settle(0, 1_000_000);
  expect(host.agent.proc_next(0)).toBe(0);
  expect(host.memoryInfo().free).toBe(free);
}, 120_000);
