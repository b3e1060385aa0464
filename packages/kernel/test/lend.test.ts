import { HOST_STAGE_BASE, KERNEL_BASE, MAX_AGENTS, MAX_PROCESSES, SCHED_REALTIME } from "@cloudos/abi";
import { beforeEach, describe, expect, it } from "vitest";
import { type Actor, AT, Troupe } from "./troupe.ts";

const { bytes, reply, struct, handles, info } = AT;
/** assembly/layout.ts: the process table lies behind the globals. */
const PROCESSES = ((KERNEL_BASE + 4095) & ~4095) + MAX_AGENTS * 256 + 4096;
const O_FIBER = 36;
const O_LENT = 87;
/** What a caller of real-time priority 1 (least) .. 8 lends. */
const urgency = (priority: number) => 16 + 8 - priority;

describe("priority inheritance", () => {
  let troupe: Troupe;
  let server: Actor;
  let from: number;
  let ends: [number, number];

  beforeEach(async () => {
    troupe = new Troupe();
    ends = troupe.channel();
    server = await troupe.start({ end: ends[1] });
    from = await server.given("end");
  });
  /** Fiber.lent of an actor. */
  const lent = (actor: Actor) => {
    const { view } = troupe.host;
    const process = view.getUint32(PROCESSES + 4 * (actor.pid % MAX_PROCESSES), true);
    return view.getUint8(view.getUint32(process + O_FIBER, true) + O_LENT);
  };
  const caller = async (priority: number, end = ends[0]) => {
    const actor = await troupe.start({ end });
    if (priority > 0) expect(await actor.errno("sched_set", actor.pid, SCHED_REALTIME, priority)).toBe(0);
    return { actor, to: await actor.given("end") };
  };
  const ask = ({ actor, to }: { actor: Actor; to: number }) => {
    actor.put(struct, bytes, 1, 0, 0, reply, 64, 0, 0, 0xffffffff, 0xffffffff);
    return actor.call("channel_call", to, struct);
  };
  const take = async (actor = server, end = from) => {
    expect(await actor.errno("channel_read", end, reply, 64, handles, 16, info, 0n)).toBe(0);
    return actor.u32(info + 16);
  };
  const answer = async (ticket: number) =>
    expect(await server.errno("channel_reply", from, ticket, bytes, 1, 0, 0)).toBe(0);

  it("a caller that is no more urgent lends nothing", async () => {
    await ask(await caller(0));
    await take();
    expect(lent(server)).toBe(0);
  });

  it("the most urgent of the callers counts, until each is answered", async () => {
    const [low, high] = [await caller(2), await caller(5)];
    await ask(low);
    await ask(high);
    const first = await take();
    expect(lent(server)).toBe(urgency(2));
    const second = await take();
    expect(lent(server)).toBe(urgency(5));
    await answer(second);
    expect(lent(server)).toBe(urgency(2));
    await answer(first);
    expect(lent(server)).toBe(0);
  });

  it("a call that waits lends to the server that is busy with another", async () => {
    const [first, urgent] = [await caller(0), await caller(6)];
    await ask(first);
    const ticket = await take();
    expect(lent(server)).toBe(0);
    await ask(urgent);
    expect(lent(server)).toBe(urgency(6));
    await answer(ticket);
    expect(lent(server)).toBe(urgency(6));
    await urgent.actor.kill();
    expect(lent(server)).toBe(0);
  });

  it("nobody lends to a server that has left", async () => {
    await ask(await caller(0));
    await take();
    await server.kill();
    const urgent = await caller(7);
    const call = await ask(urgent);
    expect(call.errno).toBeUndefined();
    server = await troupe.start({ end: ends[1] });
    from = await server.given("end");
    await take();
    expect(lent(server)).toBe(urgency(7));
  });

  it("is given back when the caller dies, and when it gives up", async () => {
    const dying = await caller(3);
    await ask(dying);
    await take();
    expect(lent(server)).not.toBe(0);
    await dying.actor.kill();
    expect(lent(server)).toBe(0);
    const leaving = await caller(3);
    const { actor, to } = leaving;
    const deadline = BigInt(troupe.host.nowUs + 5000) * 1000n;
    actor.put(struct, bytes, 1, 0, 0, reply, 64, 0, 0);
    actor.view.setBigUint64(struct + 32, deadline, true);
    await actor.call("channel_call", to, struct);
    await take();
    expect(lent(server)).not.toBe(0);
    await troupe.host.sleep(6000);
    expect(lent(server)).toBe(0);
  });

  it("goes on to whom the server calls", async () => {
    const second = troupe.channel();
    const backend = await troupe.start({ end: second[1] });
    const behind = await backend.given("end");
    troupe.agent("handle_close", ends[1]);
    await server.kill();
    ends = troupe.channel();
    for (const [name, handle] of [
      ["end", ends[1]],
      ["back", second[0]],
    ] as const) {
      troupe.host.bytes.fill(0, HOST_STAGE_BASE, HOST_STAGE_BASE + 16);
      troupe.host.bytes.set(new TextEncoder().encode(name), HOST_STAGE_BASE);
      expect(troupe.agent("bootstrap_put", HOST_STAGE_BASE, handle, 0xffffffff)).toBe(0);
    }
    server = await troupe.start();
    from = await server.given("end");
    await ask(await caller(4));
    await take();
    await ask({ actor: server, to: await server.given("back") });
    await take(backend, behind);
    expect(lent(backend)).toBe(urgency(4));
  });

  it("a server that dies leaves its callers as they are", async () => {
    const client = await caller(4);
    const call = await ask(client);
    await take();
    // Somebody else holds the server's end too: the call is not broken.
    await server.kill();
    expect(call.errno).toBeUndefined();
    await client.actor.kill();
    const next = await troupe.start({ end: ends[1] });
    expect(await next.given("end")).toBeGreaterThan(0);
  });
});
