import { HOST_STAGE_BASE, KERNEL_BASE, MAX_AGENTS, SIGKILL } from "@cloudos/abi";
import { afterEach, expect, test } from "vitest";
import { Host } from "./host.ts";
import { boot, CORES, endThreads } from "./stress-machine.ts";

afterEach(endThreads);

const CALLS = 1500;
const IMPORTS = `
  (import "cloudos" "memory" (memory 2 2))
  (import "kernel" "preempt" (func $preempt))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "cloudos_v1" "bootstrap_get" (func $get (param i32 i32) (result i32)))
  (import "cloudos_v1" "handle_dup" (func $dup (param i32 i32 i32) (result i32)))
  (import "cloudos_v1" "handle_close" (func $close (param i32) (result i32)))
  (import "cloudos_v1" "channel_call" (func $call (param i32 i32) (result i32)))
  (import "cloudos_v1" "channel_reply_wait" (func $wait (param i32 i32) (result i32)))
  (data (i32.const 4096) "end")`;
/** CALL at 512: bytes at 16384 both ways, no handles, no deadline. */
const PREPARE = `
  (if (call $get (i32.const 4096) (i32.const 256)) (then (call $exit (i32.const 90))))
  (local.set $end (i32.load (i32.const 256)))
  (i32.store (i32.const 512) (i32.const 16384)) (i32.store (i32.const 528) (i32.const 16384))
  (i32.store (i32.const 532) (i32.const 65536)) (i64.store (i32.const 544) (i64.const -1))`;

/** Echoes until the other side is gone or its handle is revoked: then 0, else the errno. */
const SERVER = `(module ${IMPORTS}
  (func (export "_start") (local $end i32) (local $errno i32)
    ${PREPARE}
    (loop $again
      (local.set $errno (call $wait (local.get $end) (i32.const 512)))
      (i32.store (i32.const 516) (i32.load (i32.const 552)))
      ;; ESRCH: the caller is gone; wait without an answer.
      (if (i32.eq (local.get $errno) (i32.const 71)) (then (i32.store (i32.const 568) (i32.const 0)) (br $again)))
      (br_if $again (i32.eqz (local.get $errno))))
    (call $exit (i32.mul (local.get $errno) (i32.and (i32.ne (local.get $errno) (i32.const 64)) (i32.ne (local.get $errno) (i32.const 11)))))))`;

/** Calls with 4 to 5000 bytes and looks whether its own come back: 0 all did, 1 the channel ended before, 99 a wrong answer. */
const CLIENT = `(module ${IMPORTS}
  (func (export "_start") (local $end i32) (local $errno i32) (local $i i32) (local $size i32)
    ${PREPARE}
    (loop $again
      (local.set $size (i32.add (i32.const 4) (i32.rem_u (i32.mul (local.get $i) (i32.const 37)) (i32.const 200))))
      (if (i32.eqz (i32.rem_u (local.get $i) (i32.const 19))) (then (local.set $size (i32.const 5000))))
      (i32.store (i32.const 16384) (i32.xor (local.get $i) (i32.shl (local.get $end) (i32.const 8))))
      (i32.store (i32.const 516) (local.get $size))
      (local.set $errno (call $call (local.get $end) (i32.const 512)))
      (if (i32.or (i32.eq (local.get $errno) (i32.const 64)) (i32.or (i32.eq (local.get $errno) (i32.const 11)) (i32.eq (local.get $errno) (i32.const 8))))
        (then (call $exit (i32.const 1))))
      (if (local.get $errno) (then (call $exit (local.get $errno))))
      (if (i32.ne (i32.load (i32.const 552)) (local.get $size)) (then (call $exit (i32.const 98))))
      (if (i32.ne (i32.load (i32.const 16384)) (i32.xor (local.get $i) (i32.shl (local.get $end) (i32.const 8)))) (then (call $exit (i32.const 99))))
      ;; Now and then a duplicate comes and goes, so that nodes do too.
      (if (i32.eqz (i32.and (local.get $i) (i32.const 7))) (then
        (if (i32.eqz (call $dup (local.get $end) (i32.const -1) (i32.const 260)))
          (then (drop (call $close (i32.load (i32.const 260))))))))
      (call $preempt)
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const ${CALLS}))))))`;

class Stage {
  readonly host = new Host({ cores: CORES, remote: true, processLimit: 400, quantumUs: 500 });
  readonly calls = this.host.agent as unknown as Readonly<Record<string, (...v: unknown[]) => number>>;

  constructor() {
    this.host.program("/bin/server", SERVER);
    this.host.program("/bin/client", CLIENT);
    expect(this.host.agent.agent_attach()).toBeGreaterThan(0);
  }
  u32(offset: number): number {
    return this.host.view.getUint32(HOST_STAGE_BASE + offset, true);
  }
  channel(): [number, number] {
    expect(this.calls.c1_channel_create!(HOST_STAGE_BASE)).toBe(0);
    return [this.u32(0), this.u32(4)];
  }
  mint(end: number, badge: bigint): number {
    expect(this.calls.c1_channel_mint!(end, badge, 0xffffffff, HOST_STAGE_BASE)).toBe(0);
    return this.u32(0);
  }
  close(...handles: readonly number[]): void {
    for (const handle of handles) expect(this.calls.c1_handle_close!(handle)).toBe(0);
  }
  /** Token of a program with a duplicate of the handle as "end". */
  start(path: string, end: number): number {
    this.host.bytes.fill(0, HOST_STAGE_BASE, HOST_STAGE_BASE + 16);
    this.host.bytes.set(new TextEncoder().encode("end"), HOST_STAGE_BASE);
    expect(this.calls.c1_bootstrap_put!(HOST_STAGE_BASE, end, 0xffffffff)).toBe(0);
    const token = this.host.spawn({ path });
    expect(token).toBeGreaterThan(0);
    return token;
  }
  exit(token: number) {
    return this.host.exits.get(this.host.spawned.get(token) ?? -1);
  }
  /** Objects in slabs and open handles (Globals). */
  live(): readonly number[] {
    const globals = ((KERNEL_BASE + 4095) & ~4095) + MAX_AGENTS * 256;
    return [132, 136].map((offset) => this.host.view.getUint32(globals + offset, true));
  }
}

test("every answer reaches its caller, whatever the sizes and cores", async () => {
  const stage = new Stage();
  const machine = boot(stage.host);
  const round = async () => {
    const [mine, theirs] = stage.channel();
    const server = stage.start("/bin/server", theirs);
    const clients = Array.from({ length: 4 }, () => stage.start("/bin/client", mine));
    await machine.until(() => clients.every((token) => stage.exit(token)));
    stage.close(mine, theirs);
    await machine.until(() => stage.exit(server) !== undefined);
    expect([...clients, server].map((token) => stage.exit(token))).toEqual(Array(5).fill({ kind: "exited", code: 0 }));
  };
  await round();
  const before = stage.live();
  await round();
  expect(stage.live()).toEqual(before);
  expect(await machine.stop()).toEqual(Array(CORES).fill("ended"));
});

test("callers whose handles are revoked, callers and servers that are killed: nobody hangs, nothing is left", async () => {
  const stage = new Stage();
  const machine = boot(stage.host);
  const round = async (seed: number) => {
    let random = seed;
    const next = (below: number) => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      return (random >>> 8) % below;
    };
    const [mine, theirs] = stage.channel();
    const servers = [stage.start("/bin/server", theirs), stage.start("/bin/server", theirs)];
    const minted = Array.from({ length: 5 }, (_, i) => stage.mint(mine, BigInt(i + 1)));
    const clients = minted.map((end) => stage.start("/bin/client", end));
    await machine.until(() => [...servers, ...clients].every((token) => stage.host.spawned.has(token)));
    const victims = [...clients, servers[0]!];
    for (let left = 4; left > 0; left--) {
      // A moment later each time, so that it hits calls at all steps.
      let turns = next(6);
      await machine.until(() => turns-- <= 0);
      const pick = next(victims.length);
      const token = victims.splice(pick, 1)[0]!;
      const client = clients.indexOf(token);
      if (client >= 0 && next(2) === 0) expect(stage.calls.c1_handle_revoke!(minted[client])).toBe(0);
      else stage.host.agent.host_kill(stage.host.spawned.get(token)!, SIGKILL);
    }
    // What is left runs out; a request that died with its server is waited for by nobody once the other one closes.
    expect(stage.calls.c1_handle_revoke!(theirs)).toBe(0);
    stage.close(theirs);
    await machine.until(() => [...servers, ...clients].every((token) => stage.exit(token)));
    for (const token of clients) {
      const exit = stage.exit(token)!;
      if (exit.kind === "exited") expect([0, 1]).toContain(exit.code);
      else expect(exit.code).toBe(SIGKILL);
    }
    stage.close(mine, ...minted);
  };
  await round(1);
  const before = stage.live();
  for (let seed = 2; seed < 14; seed++) await round(seed);
  expect(stage.live()).toEqual(before);
  expect(await machine.stop()).toEqual(Array(CORES).fill("ended"));
});
