import {
  AGENT_HOST,
  CORE_O_DOORBELL,
  coreBlock,
  EAGAIN,
  EBADF,
  EEXIST,
  EINVAL,
  ENOENT,
  ENOTCAPABLE,
  ETIMEDOUT,
  HOST_STAGE_BASE,
  IRQ_PORT,
  PORT_PACKETS_MAX,
  RIGHT_READ,
  RIGHT_WAIT,
  SIGNAL_PEER_CLOSED,
  SIGNAL_READABLE,
  SIGNAL_SIGNALED,
  SIGNAL_WRITABLE,
} from "@cloudos/abi";
import { beforeEach, describe, expect, it } from "vitest";
import { type Actor, AT, FOREVER, Troupe } from "./troupe.ts";

const { out, bytes, reply, struct } = AT;
const USER = 0x01000000;

let troupe: Troupe;
let a: Actor;
beforeEach(async () => {
  troupe = new Troupe({ cores: 2 });
  a = await troupe.start();
});

const ns = (us: number) => BigInt(Math.round((troupe.host.nowUs + us) * 1000));
const wait = (handle: number, signals: number, deadline = 0n) => a.call("object_wait", handle, signals, deadline, out);

describe("events", () => {
  it("wake who waits, and stay set", async () => {
    const at = HOST_STAGE_BASE;
    expect(troupe.agent("event_create", at)).toBe(0);
    const event = troupe.host.view.getUint32(at, true);
    const c = await troupe.start({ event });
    const handle = await c.given("event");
    const waiting = await c.call("object_wait", handle, USER, FOREVER, out);
    expect(waiting.errno).toBeUndefined();
    expect(troupe.agent("object_signal", event, 0, SIGNAL_SIGNALED)).toBe(0);
    await troupe.host.settle();
    expect(waiting.errno).toBeUndefined();
    expect(troupe.agent("object_signal", event, 0, USER)).toBe(0);
    await troupe.host.settle();
    expect(waiting.errno).toBe(0);
    expect(c.u32(out)).toBe((USER | SIGNAL_SIGNALED) >>> 0);
    expect(await c.errno("object_signal", handle, USER, 0)).toBe(0);
    expect(await c.errno("object_wait", handle, USER, 0n, out)).toBe(EAGAIN);
    expect(await c.errno("object_signal", handle, 0, SIGNAL_READABLE)).toBe(EINVAL);
  });

  it("need rights", async () => {
    const event = await a.value("event_create", out);
    const mute = await a.value("handle_dup", event, RIGHT_WAIT, out);
    expect(await a.errno("object_signal", mute, 0, 8)).toBe(ENOTCAPABLE);
    const deaf = await a.value("handle_dup", event, RIGHT_READ, out);
    expect((await wait(deaf, 8)).errno).toBe(ENOTCAPABLE);
    expect((await wait(12345, 8)).errno).toBe(EBADF);
  });
});

describe("timers", () => {
  const signals = async (handle: number) => {
    await wait(handle, 0);
    return a.u32(out);
  };

  it("fire once, at their deadline and not before", async () => {
    const timer = await a.value("timer_create", out);
    expect(await a.errno("timer_set", timer, ns(5000), 0n)).toBe(0);
    await troupe.host.sleep(4900);
    expect(await signals(timer)).toBe(0);
    await troupe.host.sleep(200);
    expect(await signals(timer)).toBe(SIGNAL_SIGNALED);
    expect(await a.errno("object_signal", timer, SIGNAL_SIGNALED, 0)).toBe(0);
    await troupe.host.sleep(20_000);
    expect(await signals(timer)).toBe(0);
    expect(await a.errno("object_signal", timer, 0, SIGNAL_SIGNALED)).toBe(EINVAL);
  });

  it("fire every period, and wake who waits", async () => {
    const timer = await a.value("timer_create", out);
    await a.errno("timer_set", timer, ns(1000), 2_000_000n);
    for (let i = 0; i < 5; i++) {
      const waiting = await wait(timer, SIGNAL_SIGNALED, FOREVER);
      expect(waiting.errno).toBeUndefined();
      await troupe.host.sleep(i === 0 ? 1000 : 2000);
      expect(waiting.errno).toBe(0);
      await a.errno("object_signal", timer, SIGNAL_SIGNALED, 0);
    }
    expect(await a.errno("timer_cancel", timer)).toBe(0);
    await troupe.host.sleep(10_000);
    expect(await signals(timer)).toBe(0);
  });

  it("can be set anew while they run, and closed while they run", async () => {
    const before = troupe.live();
    const timer = await a.value("timer_create", out);
    await a.errno("timer_set", timer, ns(1000), 0n);
    await a.errno("timer_set", timer, ns(9000), 0n);
    await troupe.host.sleep(2000);
    expect(await signals(timer)).toBe(0);
    await troupe.host.sleep(8000);
    expect(await signals(timer)).toBe(SIGNAL_SIGNALED);
    await a.errno("timer_set", timer, ns(1_000_000_000), 5_000_000n);
    expect(await a.errno("handle_close", timer)).toBe(0);
    expect(troupe.live()).toEqual(before);
  });

  it("a thousand at one instant all fire", async () => {
    const timers = [];
    const due = ns(50_000);
    for (let i = 0; i < 1000; i++) {
      const timer = await a.value("timer_create", out);
      await a.errno("timer_set", timer, due, 0n);
      timers.push(timer);
    }
    await troupe.host.sleep(60_000);
    for (const timer of timers) expect(await signals(timer)).toBe(SIGNAL_SIGNALED);
  });

  it("refuse what makes no sense", async () => {
    const timer = await a.value("timer_create", out);
    expect(await a.errno("timer_set", timer, 0n, 999n)).toBe(EINVAL);
    expect(await a.errno("timer_set", 0, 0n, 0n)).toBe(EINVAL);
    // A deadline that has passed fires at once.
    expect(await a.errno("timer_set", timer, 1n, 0n)).toBe(0);
    await troupe.host.sleep(2000);
    expect(await signals(timer)).toBe(SIGNAL_SIGNALED);
  });
});

describe("ports", () => {
  let port: number;
  beforeEach(async () => {
    port = await a.value("port_create", out);
  });
  const packets = async (deadline = 0n, most = 16) => {
    const { errno } = await a.call("port_wait", port, deadline, reply, most, out);
    if (errno !== 0) return errno;
    return Array.from({ length: a.u32(out) }, (_, i) => ({
      key: a.u64(reply + 24 * i),
      signals: a.u32(reply + 24 * i + 8),
    }));
  };

  it("tell which objects show what was asked for, as long as they do", async () => {
    const [left, right] = await a.channel();
    const event = await a.value("event_create", out);
    expect(await a.errno("port_bind", port, right, SIGNAL_READABLE | SIGNAL_PEER_CLOSED, 1n)).toBe(0);
    expect(await a.errno("port_bind", port, event, SIGNAL_SIGNALED, 2n)).toBe(0);
    expect(await packets()).toBe(EAGAIN);
    await a.errno("channel_write", left, bytes, 1, 0, 0, 0n);
    expect(await packets()).toEqual([{ key: 1n, signals: SIGNAL_READABLE }]);
    await a.errno("object_signal", event, 0, SIGNAL_SIGNALED);
    expect(await packets()).toHaveLength(2);
    expect(await a.errno("channel_read", right, reply, 8, 0, 0, struct, 0n)).toBe(0);
    expect(await packets()).toEqual([{ key: 2n, signals: SIGNAL_SIGNALED }]);
    await a.errno("handle_close", left);
    expect(await packets()).toContainEqual({ key: 1n, signals: SIGNAL_PEER_CLOSED });
  });

  it("what an object shows when it is bound counts", async () => {
    const [left] = await a.channel();
    await a.errno("port_bind", port, left, SIGNAL_WRITABLE, 9n);
    expect(await packets()).toEqual([{ key: 9n, signals: SIGNAL_WRITABLE }]);
  });

  it("wake who waits for them; a deadline passes", async () => {
    const timer = await a.value("timer_create", out);
    await a.errno("port_bind", port, timer, SIGNAL_SIGNALED, 3n);
    await a.errno("timer_set", timer, ns(3000), 0n);
    const waiting = await a.call("port_wait", port, FOREVER, reply, 1, out);
    expect(waiting.errno).toBeUndefined();
    await troupe.host.sleep(4000);
    expect(waiting.errno).toBe(0);
    expect(a.u64(reply)).toBe(3n);
    await a.errno("timer_cancel", timer);
    const late = await a.call("port_wait", port, ns(1000), reply, 1, out);
    await troupe.host.sleep(2000);
    expect(late.errno).toBe(ETIMEDOUT);
  });

  it("pipes can be bound", async () => {
    await a.value("fd_pipe", out, 0);
    const [readEnd, writeEnd] = [a.u32(out), a.u32(out + 4)];
    await a.errno("port_bind", port, readEnd, SIGNAL_READABLE | SIGNAL_PEER_CLOSED, 4n);
    expect(await packets()).toBe(EAGAIN);
    a.put(struct, bytes, 1);
    await a.errno("fd_write", writeEnd, struct, 1, out);
    expect(await packets()).toEqual([{ key: 4n, signals: SIGNAL_READABLE }]);
    await a.errno("fd_close", readEnd);
    expect(await a.errno("port_unbind", port, 4n)).toBe(0);
    expect(await packets()).toBe(EAGAIN);
  });

  it("carry packets of their users, so many", async () => {
    for (let i = 0; i < PORT_PACKETS_MAX; i++) expect(await a.errno("port_queue", port, BigInt(i), 7n)).toBe(0);
    expect(await a.errno("port_queue", port, 0n, 0n)).toBe(EAGAIN);
    expect(await packets(0n, 2)).toEqual([
      { key: 0n, signals: 0 },
      { key: 1n, signals: 0 },
    ]);
    expect(a.u64(reply + 16)).toBe(7n);
    expect(await a.errno("port_queue", port, 0n, 0n)).toBe(0);
  });

  it("refuse what makes no sense", async () => {
    const event = await a.value("event_create", out);
    expect(await a.errno("port_bind", port, event, 0, 1n)).toBe(EINVAL);
    expect(await a.errno("port_bind", port, port, 1, 1n)).toBe(EINVAL);
    expect(await a.errno("port_bind", port, event, 8, 1n)).toBe(0);
    expect(await a.errno("port_bind", port, event, 8, 1n)).toBe(EEXIST);
    expect(await a.errno("port_unbind", port, 2n)).toBe(ENOENT);
    expect(await a.errno("port_wait", port, 0n, reply, 0, out)).toBe(EINVAL);
    expect(await a.errno("port_wait", port, 0n, 0xfffffff0, 4, out)).not.toBe(0);
  });

  it("leave nothing behind, bound or not", async () => {
    const before = troupe.live();
    for (const unbind of [false, true]) {
      const own = await a.value("port_create", out);
      const event = await a.value("event_create", out);
      await a.errno("object_signal", event, 0, 8);
      await a.errno("port_bind", own, event, 8, 1n);
      await a.errno("port_queue", own, 5n, 5n);
      if (unbind) await a.errno("port_unbind", own, 1n);
      await a.errno("handle_close", event);
      await a.errno("handle_close", own);
    }
    expect(troupe.live()).toEqual(before);
  });

  it("of an agent ring its doorbell", () => {
    const at = HOST_STAGE_BASE;
    const { view, words } = troupe.host;
    const bell = (coreBlock(AGENT_HOST) + CORE_O_DOORBELL) >>> 2;
    expect(troupe.agent("port_create", at)).toBe(0);
    const mine = view.getUint32(at, true);
    const [left, right] = troupe.channel();
    expect(troupe.agent("port_bind", mine, right, SIGNAL_READABLE, 11n)).toBe(0);
    Atomics.store(words, bell, 0);
    expect(troupe.agent("channel_write", left, at, 1, 0, 0, 0n)).toBe(0);
    expect(Atomics.load(words, bell) & IRQ_PORT).toBe(IRQ_PORT);
    expect(troupe.agent("port_wait", mine, FOREVER, at + 64, 4, at)).toBe(0);
    expect(view.getBigUint64(at + 64, true)).toBe(11n);
  });
});

describe("poll_oneoff", () => {
  it("takes handle values", async () => {
    const [left, right] = await a.channel();
    const subscribe = (i: number, tag: number, handle: number) => {
      a.bytes.fill(0, struct + 48 * i, struct + 48 * (i + 1));
      a.put(struct + 48 * i, i + 1);
      a.put(struct + 48 * i + 8, tag);
      a.put(struct + 48 * i + 16, handle);
    };
    subscribe(0, 1, right);
    subscribe(1, 1, left & 4095);
    // A plain number does not name a channel.
    expect(await a.errno("poll_oneoff", struct, reply, 2, out)).toBe(0);
    expect([a.u32(out), a.u32(reply), a.view.getUint16(reply + 8, true)]).toEqual([1, 2, EBADF]);
    const waiting = await a.call("poll_oneoff", struct, reply, 1, out);
    expect(waiting.errno).toBeUndefined();
    await a.kill();
  });
});
