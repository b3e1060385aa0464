import {
  EBADF,
  ECANCELED,
  EPERM,
  EPIPE,
  HOST_STAGE_BASE,
  MASK_KILL,
  MASK_REFUSE,
  RIGHT_WRITE,
  SIGNAL_EXITED,
  SIGNAL_REVOKED,
  SIGSYS,
  SYSTEM_CALLS,
  TRACE_ALL,
} from "@cloudos/abi";
import { beforeEach, describe, expect, it } from "vitest";
import { type Actor, AT, FOREVER, Troupe } from "./troupe.ts";

const { out, bytes, reply, handles, struct, info } = AT;

describe.each([1, 2])("revocation on %i cores", (cores) => {
  let troupe: Troupe;
  let a: Actor;
  let b: Actor;
  let ends: [number, number];

  beforeEach(async () => {
    troupe = new Troupe({ cores });
    ends = troupe.channel();
    a = await troupe.start({ end: ends[0] });
    b = await troupe.start({ end: ends[1] });
  });
  const write = (from: Actor, handle: number) => from.errno("channel_write", handle, bytes, 1, 0, 0, 0n);

  it("ends every descendant, at any depth, and nothing else", async () => {
    const mine = await a.given("end");
    const copy = await a.value("handle_dup", mine, 0xffffffff, out);
    const deeper = await a.value("handle_dup", copy, RIGHT_WRITE, out);
    const minted = await a.value("channel_mint", mine, 4n, 0xffffffff, out);
    expect(await a.errno("handle_revoke", copy)).toBe(0);
    expect([await write(a, deeper), await write(a, copy), await write(a, minted)]).toEqual([EBADF, 0, 0]);
    expect(troupe.agent("handle_revoke", ends[0])).toBe(0);
    for (const handle of [mine, copy, minted]) expect(await write(a, handle)).toBe(EBADF);
    // What is left in the table is still to be closed, and stays taken until then.
    const [fresh] = await a.channel();
    expect([mine, copy, deeper, minted].map((handle) => handle & 4095)).not.toContain(fresh & 4095);
    expect(await a.errno("handle_close", mine)).toBe(0);
    expect(await a.errno("handle_close", mine)).toBe(EBADF);
  });

  it("closing a handle gives its children to its parent", async () => {
    const mine = await a.given("end");
    const middle = await a.value("handle_dup", mine, 0xffffffff, out);
    const leaf = await a.value("handle_dup", middle, 0xffffffff, out);
    await a.errno("handle_close", middle);
    expect(await write(a, leaf)).toBe(0);
    await a.errno("handle_revoke", mine);
    expect(await write(a, leaf)).toBe(EBADF);
  });

  it("is a close to the other side", async () => {
    const theirs = await b.given("end");
    const waiting = await b.call("channel_read", theirs, reply, 8, handles, 16, info, FOREVER);
    troupe.agent("handle_revoke", ends[0]);
    troupe.agent("handle_close", ends[0]);
    await troupe.host.settle();
    expect(waiting.errno).toBe(EPIPE);
  });

  it("cancels the call that waits with the handle, and no other", async () => {
    const [mine, theirs] = [await a.given("end"), await b.given("end")];
    const reading = await b.call("channel_read", theirs, reply, 8, handles, 16, info, FOREVER);
    troupe.agent("handle_revoke", ends[0]);
    await troupe.host.settle();
    expect(reading.errno).toBeUndefined();
    troupe.agent("handle_revoke", ends[1]);
    await troupe.host.settle();
    expect(reading.errno).toBe(ECANCELED);
    // A wait with something else is not disturbed by what was used before.
    expect(await write(a, mine)).toBe(EBADF);
    const event = await a.value("event_create", out);
    const idle = await a.call("object_wait", event, 8, FOREVER, out);
    expect(idle.errno).toBeUndefined();
    await a.kill();
  });

  it("cancels a synchronous call at each step", async () => {
    for (const taken of [false, true]) {
      const pair = troupe.channel();
      const client = await troupe.start({ end: pair[0] });
      const to = await client.given("end");
      client.put(struct, bytes, 3, 0, 0, reply, 64, 0, 0, 0xffffffff, 0xffffffff);
      const call = await client.call("channel_call", to, struct);
      const at = HOST_STAGE_BASE;
      if (taken) expect(troupe.agent("channel_read", pair[1], at, 64, at + 128, 16, at + 256, 0n)).toBe(0);
      expect(call.errno).toBeUndefined();
      troupe.agent("handle_revoke", pair[0]);
      await troupe.host.settle();
      expect(call.errno).toBe(ECANCELED);
      if (taken)
        expect(
          troupe.agent("channel_reply", pair[1], troupe.host.view.getUint32(at + 272, true), at, 1, 0, 0),
        ).not.toBe(0);
    }
  });

  it("reaches handles in messages: they arrive as 0", async () => {
    const [mine, theirs] = [await a.given("end"), await b.given("end")];
    const event = await a.value("event_create", out);
    const copy = await a.value("handle_dup", event, 0xffffffff, out);
    a.put(handles, copy);
    expect(await a.errno("channel_write", mine, bytes, 0, handles, 1, 0n)).toBe(0);
    await a.errno("handle_revoke", event);
    expect(await b.errno("channel_read", theirs, reply, 8, handles, 16, info, 0n)).toBe(0);
    expect([b.u32(info + 4), b.u32(handles)]).toEqual([1, 0]);
  });

  it("reaches pipes that children inherited: readers see the end, writers are refused", async () => {
    await a.value("fd_pipe", out, 0);
    const [readEnd, writeEnd] = [a.u32(out), a.u32(out + 4)];
    const copy = await a.value("fd_dup", writeEnd, 10, 0, out);
    await a.errno("handle_revoke", writeEnd);
    await a.errno("fd_close", writeEnd);
    a.put(struct, bytes, 1);
    expect(await a.errno("fd_write", copy, struct, 1, out)).toBe(EBADF);
    a.put(struct, reply, 16);
    expect(await a.errno("fd_read", readEnd, struct, 1, out)).toBe(0);
    expect(a.u32(out)).toBe(0);
    expect(await a.errno("fd_close", copy)).toBe(0);
  });

  it("reaches binds: the port says so once", async () => {
    const mine = await a.given("end");
    const port = await a.value("port_create", out);
    expect(await a.errno("port_bind", port, mine, 1, 5n)).toBe(0);
    const waiting = await a.call("port_wait", port, FOREVER, reply, 4, out);
    expect(waiting.errno).toBeUndefined();
    troupe.agent("handle_revoke", ends[0]);
    await troupe.host.settle();
    expect(waiting.errno).toBe(0);
    expect([a.u64(reply), a.u32(reply + 8)]).toEqual([5n, SIGNAL_REVOKED]);
    expect(await a.errno("port_unbind", port, 5n)).toBe(0);
  });

  it("leaves nothing behind", async () => {
    const mine = await a.given("end");
    const round = async () => {
      const copies: number[] = [];
      for (let i = 0; i < 12; i++) copies.push(await a.value("handle_dup", copies[i >> 1] ?? mine, 0xffffffff, out));
      await a.errno("handle_revoke", mine);
      for (const copy of copies) expect(await a.errno("handle_close", copy)).toBe(0);
    };
    await round();
    const before = troupe.live();
    await round();
    expect(troupe.live()).toEqual(before);
  });
});

describe("what a process starts with", () => {
  it("names are its own: not its child's, not another's", async () => {
    const troupe = new Troupe();
    const [one, two] = troupe.channel();
    const a = await troupe.start({ log: one, "sixteen letters!": two });
    expect(await a.errno("bootstrap_get", bytes, out)).not.toBe(0);
    expect(await a.given("log")).toBeGreaterThan(4096);
    expect(await a.given("sixteen letters!")).toBeGreaterThan(4096);
    const b = await troupe.start();
    await expect(b.given("log")).rejects.toThrow();
  });

  it("a handle that is closed before the child starts stops the start", async () => {
    const troupe = new Troupe();
    const [one] = troupe.channel();
    const at = HOST_STAGE_BASE;
    expect(troupe.agent("bootstrap_put", at, one, 0xffffffff)).toBe(0);
    troupe.agent("handle_close", one);
    await expect(troupe.start()).rejects.toThrow("host_spawn");
    await expect(troupe.start()).resolves.toBeDefined();
  });

  const mask = (...names: readonly string[]) => {
    const bits = new Uint8Array(64);
    for (const name of names) {
      const number = SYSTEM_CALLS.indexOf(name);
      bits[number >> 3]! |= 1 << (number & 7);
    }
    return bits;
  };

  it.each([
    [MASK_REFUSE, "refuses"],
    [MASK_KILL, "kills"],
  ])("a mask %i %s what it does not allow", async (action) => {
    const troupe = new Troupe();
    troupe.host.bytes.set(mask("fd_read", "event_create", "proc_exit"), HOST_STAGE_BASE);
    expect(troupe.agent("call_mask", HOST_STAGE_BASE, 64, action)).toBe(0);
    const a = await troupe.start();
    expect(troupe.host.agent.process_masked(a.pid)).toBe(1);
    expect(await a.errno("event_create", out)).toBe(0);
    const refused = await a.call("channel_create", out);
    if (action === MASK_REFUSE) expect(refused.errno).toBe(EPERM);
    else {
      expect(refused.errno).toBeUndefined();
      expect(troupe.host.exits.get(a.pid)).toEqual({ kind: "signaled", code: SIGSYS });
    }
    // The next one is free again.
    const b = await troupe.start();
    expect(troupe.host.agent.process_masked(b.pid)).toBe(0);
    expect(await b.errno("channel_create", out)).toBe(0);
  });

  it("every call has a number", async () => {
    const { systemCalls } = await import("./fuzz/signatures.ts");
    const missing = new Set(
      systemCalls()
        .map(({ name }) => name)
        .filter((name) => !SYSTEM_CALLS.includes(name)),
    );
    expect([...missing]).toEqual([]);
    expect(new Set(SYSTEM_CALLS).size).toBe(SYSTEM_CALLS.length);
  });
});

describe("process objects and the trace", () => {
  it("a process shows its end", async () => {
    const troupe = new Troupe();
    const a = await troupe.start();
    const at = HOST_STAGE_BASE;
    expect(troupe.agent("proc_open", a.pid, at)).toBe(0);
    const handle = troupe.host.view.getUint32(at, true);
    troupe.agent("object_wait", handle, SIGNAL_EXITED, 0n, at);
    expect(troupe.host.view.getUint32(at, true)).toBe(0);
    await a.kill();
    expect(troupe.agent("object_wait", handle, SIGNAL_EXITED, 0n, at)).toBe(0);
    expect(troupe.host.view.getUint32(at, true)).toBe(SIGNAL_EXITED);
    expect(troupe.agent("handle_close", handle)).toBe(0);
  });

  it("what happens is recorded once somebody listens, and what is lost is counted", async () => {
    const troupe = new Troupe();
    const at = HOST_STAGE_BASE;
    const { view } = troupe.host;
    const a = await troupe.start();
    const [one] = await a.channel();
    await write(a, one);
    expect(troupe.host.agent.trace_open(TRACE_ALL, at)).toBe(0);
    const trace = view.getUint32(at, true);
    const read = (most: number) => {
      expect(troupe.agent("trace_read", trace, at + 64, most, at)).toBe(0);
      const [count, lost] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      const records = Array.from({ length: count }, (_, i) => ({
        event: 1 << view.getUint16(at + 64 + 32 * i + 4, true),
        pid: view.getUint32(at + 64 + 32 * i + 16, true),
        b: view.getUint32(at + 64 + 32 * i + 24, true),
      }));
      return { records, lost };
    };
    expect(read(100)).toEqual({ records: [], lost: 0 });
    await write(a, one);
    expect(read(100)).toEqual({ records: [{ event: 16, pid: a.pid, b: 1 }], lost: 0 });
    expect(troupe.agent("event_create", at)).toBe(0);
    const event = view.getUint32(at, true);
    for (let i = 0; i < 9000; i++) troupe.agent("handle_revoke", event);
    const first = read(4096);
    expect([first.records.length, first.lost]).toEqual([4096, 9000 - 8192]);
    expect([read(8000).records.length, read(8000).records.length]).toEqual([4096, 0]);
    expect(troupe.agent("handle_close", trace)).toBe(0);
  });
});

const write = (from: Actor, handle: number) => from.errno("channel_write", handle, bytes, 1, 0, 0, 0n);
