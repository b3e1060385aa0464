import {
  AGENT_HOST,
  EAGAIN,
  ECHILD,
  ENOENT,
  EPERM,
  ESRCH,
  SIGCONT,
  SIGKILL,
  SIGPIPE,
  SIGSTOP,
  SIGTERM,
  SIGUSR1,
  scratchOf,
} from "@cloudos/abi";
import { expect, test } from "vitest";
import { Host } from "./host.ts";
import { leakGate } from "./leak/gate.ts";
import { at, exit, n, program, set, spawn } from "./programs.ts";

const watch = leakGate();

/** A machine with some programs every test may want. */
function machine(options = {}): Host {
  const host = watch(new Host(options));
  host.tickUs = 20;
  host.program("/bin/three", program(exit(n(3))));
  host.program("/bin/forever", program("(loop $again (call $preempt) (br $again))"));
  host.program("/bin/sleeper", program(`(drop (call $get (i32.const 0) (i32.const 100) (i32.const 1)))`));
  return host;
}
const wait = (pid: number | string, options = 0) =>
  `(call $proc_wait ${typeof pid === "number" ? n(pid) : pid} ${n(options)} (i32.const 320))`;

test("a child's exit status reaches its parent", async () => {
  const host = machine();
  host.program(
    "/bin/parent",
    program(
      `(call $num ${spawn(10)}) (call $num ${wait(-1)}) (call $num (i32.eq ${at(256)} ${at(320)}))
       (call $num ${at(324)}) (call $num ${at(328)}) (call $num ${wait(-1)})`,
      "/bin/three",
    ),
  );
  expect((await host.run({ path: "/bin/parent" })).stdout).toBe(`0 0 1 0 3 ${ECHILD} `);
});

test("spawning a program that does not exist fails and leaves no child", async () => {
  const host = machine();
  host.program("/bin/parent", program(`(call $num ${spawn(8)}) (call $num ${wait(-1)})`, "/bin/nil"));
  expect((await host.run({ path: "/bin/parent" })).stdout).toBe(`${ENOENT} ${ECHILD} `);
});

test("bytes of one process reach another through a pipe, which ends when the writer does", async () => {
  const host = machine();
  host.program("/bin/writer", program(`(drop (call $put (i32.const 1) (i32.const 4096) (i32.const 5)))`, "hello"));
  const fdMap = `${set(512, n(0))} ${set(520, n(400))} ${set(524, n(1))} ${set(528, n(-1))} ${set(552, n(-1))}
    ${set(400, n(1))} ${set(404, at(196))}`;
  host.program(
    "/bin/parent",
    program(
      `(call $num (call $fd_pipe (i32.const 192) (i32.const 1))) ${fdMap}
       (call $num ${spawn(11, 512)}) (drop (call $fd_close ${at(196)}))
       (call $num (call $get ${at(192)} (i32.const 700) (i32.const 100)))
       (drop (call $put (i32.const 1) (i32.const 700) (i32.const 5)))
       (call $num (call $get ${at(192)} (i32.const 700) (i32.const 100)))`,
      "/bin/writer",
    ),
  );
  expect((await host.run({ path: "/bin/parent" })).stdout).toBe("0 0 5 hello0 ");
});

test("writing into a pipe nobody reads kills with SIGPIPE", async () => {
  const host = machine();
  host.program(
    "/bin/yes",
    program(`(drop (call $fd_pipe (i32.const 192) (i32.const 0))) (drop (call $fd_close ${at(192)}))
      (drop (call $put ${at(196)} (i32.const 0) (i32.const 8)))`),
  );
  expect(await host.run({ path: "/bin/yes" })).toMatchObject({ kind: "signaled", code: SIGPIPE });
});

test("a full pipe holds the writer back until the reader takes some", async () => {
  const host = machine();
  host.program(
    "/bin/filler",
    program(`(loop $more (drop (call $put (i32.const 1) (i32.const 0) (i32.const 65536)))
      (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $more (i32.lt_u (local.get $i) (i32.const 8))))`),
  );
  const fdMap = `${set(512, n(0))} ${set(520, n(400))} ${set(524, n(1))} ${set(528, n(-1))} ${set(552, n(-1))}
    ${set(400, n(1))} ${set(404, at(196))}`;
  host.program(
    "/bin/parent",
    program(
      `(drop (call $fd_pipe (i32.const 192) (i32.const 1))) ${fdMap} (drop ${spawn(11, 512)})
       (drop (call $fd_close ${at(196)}))
       (loop $more (local.set $i (call $get ${at(192)} (i32.const 1024) (i32.const 50000)))
         (local.set $j (i32.add (local.get $j) (local.get $i))) (br_if $more (local.get $i)))
       (call $num (local.get $j))`,
      "/bin/filler",
    ),
  );
  expect((await host.run({ path: "/bin/parent" })).stdout).toBe("524288 ");
});

test("a machine whose memory is in pieces still makes pipes, with small buffers", async () => {
  const host = machine({ maxPages: 128 });
  // More pipes than there are 256 KiB pieces of memory; the last one carries bytes all the same.
  host.program(
    "/bin/pipes",
    program(`(loop $more (local.set $j (i32.or (local.get $j) (call $fd_pipe (i32.const 192) (i32.const 0))))
       (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $more (i32.lt_u (local.get $i) (i32.const 40))))
     (call $num (local.get $j)) (drop (call $put ${at(196)} (i32.const 0) (i32.const 4096)))
     (call $num (call $get ${at(192)} (i32.const 8192) (i32.const 8192)))`),
  );
  expect((await host.run({ path: "/bin/pipes" })).stdout).toBe("0 4096 ");
});

test("an endless loop is killed, also by a parent on the same core", async () => {
  const host = machine();
  host.program(
    "/bin/parent",
    program(
      `(drop ${spawn(12)}) (call $num (call $proc_kill ${at(256)} ${n(SIGKILL)})) (drop ${wait(-1)})
       (call $num ${at(324)}) (call $num ${at(328)})`,
      "/bin/forever",
    ),
  );
  const rings = [host.ring(64, false), host.ring(4096, true), host.ring(64, true)] as const;
  host.spawn({ path: "/bin/parent", rings });
  await host.settle(1000);
  expect(host.text(rings[1])).toBe(`0 1 ${SIGKILL} `);
});

test("stop and continue are reported to a parent that asks", async () => {
  const host = machine();
  host.program(
    "/bin/parent",
    program(
      `(drop ${spawn(12)}) (drop (call $proc_kill ${at(256)} ${n(SIGSTOP)})) (drop ${wait(-1, 2)})
       (call $num ${at(324)}) (call $num ${at(328)})
       (drop (call $proc_kill ${at(256)} ${n(SIGCONT)})) (drop ${wait(-1, 4)}) (call $num ${at(324)})
       (drop (call $proc_kill ${at(256)} ${n(SIGTERM)})) (drop ${wait(-1)}) (call $num ${at(324)}) (call $num ${at(328)})`,
      "/bin/forever",
    ),
  );
  const rings = [host.ring(64, false), host.ring(4096, true), host.ring(64, true)] as const;
  host.spawn({ path: "/bin/parent", rings });
  await host.settle(1000);
  expect(host.text(rings[1])).toBe(`2 ${SIGSTOP} 3 1 ${SIGTERM} `);
});

test("a queued signal interrupts a read with EINTR and is fetched once", async () => {
  const host = machine();
  host.program(
    "/bin/catcher",
    program(`(drop (call $sig_action ${n(SIGUSR1)} ${n(2)} (i32.const 0)))
      (call $num (call $get (i32.const 0) (i32.const 100) (i32.const 1)))
      (call $num (call $sig_take)) (call $num (call $sig_take))`),
  );
  const rings = [host.ring(64, false), host.ring(4096, true), host.ring(64, true)] as const;
  const token = host.spawn({ path: "/bin/catcher", rings });
  await host.settle();
  host.agent.host_kill(host.spawned.get(token)!, SIGUSR1);
  await host.settle();
  expect(host.text(rings[1])).toBe(`-27 ${SIGUSR1} 0 `);
});

test("a fork bomb meets the process limit and the rest lives on", async () => {
  const host = machine({ processLimit: 8 });
  host.program(
    "/bin/bomb",
    program(
      `(loop $more (local.set $i ${spawn(12)}) (local.set $j (i32.add (local.get $j) (i32.const 1)))
         (br_if $more (i32.eqz (local.get $i))))
       (call $num (local.get $i)) (call $num (local.get $j))
       (drop (call $proc_kill (i32.const -1) ${n(SIGKILL)}))
       (loop $reap (br_if $reap (i32.eqz ${wait(-1)})))`,
      "/bin/sleeper",
    ),
  );
  const rings = [host.ring(64, false), host.ring(4096, true), host.ring(64, true)] as const;
  const token = host.spawn({ path: "/bin/bomb", rings });
  await host.settle();
  expect(host.text(rings[1])).toBe(`${EAGAIN} 8 `);
  expect(host.exits.get(host.spawned.get(token)!)).toEqual({ kind: "exited", code: 0 });
});

test("a script runs its interpreter with the script's path in between", async () => {
  const host = machine();
  host.script("/home/script", "/bin/args", "-x");
  host.program(
    "/bin/args",
    program(`(drop (call $args_sizes_get (i32.const 64) (i32.const 68)))
      (drop (call $args_get (i32.const 128) (i32.const 512)))
      (drop (call $put (i32.const 1) (i32.const 512) ${at(68)}))`),
  );
  const { stdout } = await host.run({ path: "/home/script", argv: ["script", "one"] });
  expect(stdout).toBe("/bin/args\0-x\0/home/script\0one\0");
});

test("a script that is its own interpreter ends with ELOOP", async () => {
  const host = machine();
  host.script("/bin/loop", "/bin/loop");
  expect(host.spawn({ path: "/bin/loop" })).toBeGreaterThan(0);
  await host.settle();
  expect([...host.spawned.values()]).toEqual([-32]);
});

test("signals to nobody and groups of strangers are refused", async () => {
  const host = machine();
  host.program(
    "/bin/lonely",
    program(`(call $num (call $proc_kill (i32.const 4000) (i32.const 0))) (call $num (call $proc_kill (i32.const 0) (i32.const 0)))
      (call $num (call $proc_kill (i32.const 1) (i32.const 32))) (call $num (call $proc_setsid (i32.const 64)))`),
  );
  expect((await host.run({ path: "/bin/lonely" })).stdout).toBe(`${ESRCH} 0 28 ${EPERM} `);
});

test("nothing is left over: frames, objects and handles return to the baseline", async () => {
  const host = machine();
  host.program(
    "/bin/parent",
    program(
      `(drop (call $fd_pipe (i32.const 192) (i32.const 0))) (drop ${spawn(10)}) (drop ${spawn(8)}) (drop ${spawn(10)}) (drop ${wait(-1)})`,
      "/bin/three",
    ),
  );
  await host.run({ path: "/bin/parent" });
  const free = () => {
    host.agent.mem_info(scratchOf(AGENT_HOST));
    const view = host.view;
    return [8, 40, 56].map((offset) => view.getFloat64(scratchOf(AGENT_HOST) + offset, true));
  };
  const before = free();
  for (let i = 0; i < 20; i++) await host.run({ path: "/bin/parent" });
  expect(free()).toEqual(before);
});
