import { EAGAIN, EBADF, EINVAL, EMSGSIZE, ENOTSUP, EPIPE, ESRCH, ETIMEDOUT, HOST_STAGE_BASE } from "@cloudos/abi";
import { beforeEach, describe, expect, it } from "vitest";
import { type Actor, AT, FOREVER, Troupe } from "./troupe.ts";

const { out, bytes, reply, handles, struct, info, big } = AT;
/** A server's own struct, beside the client's. */
const serve = struct + 64;

interface Request {
  readonly at?: number;
  readonly length?: number;
  readonly handles?: number;
  readonly capacity?: number;
  readonly deadline?: bigint;
  readonly ticket?: number;
}

function fill(actor: Actor, to: number, request: Request): void {
  const { at = bytes, length = 0, handles: count = 0, capacity = 1024, deadline = FOREVER, ticket = 0 } = request;
  actor.put(to, at, length, handles, count, reply, capacity, handles + 64, 16, 0, 0, 0, 0, 0, 0, ticket, 0);
  actor.view.setBigUint64(to + 32, deadline, true);
}

describe.each([1, 2])("calls on %i cores", (cores) => {
  let troupe: Troupe;
  let client: Actor;
  let server: Actor;
  let to: number;
  let from: number;
  let ends: [number, number];

  beforeEach(async () => {
    troupe = new Troupe({ cores });
    ends = troupe.channel();
    client = await troupe.start({ end: ends[0] });
    server = await troupe.start({ end: ends[1] });
    to = await client.given("end");
    from = await server.given("end");
    for (const end of ends) troupe.agent("handle_close", end);
  });

  const ask = (text: string, request: Request = {}) => {
    fill(client, struct, { length: client.write(bytes, text), ...request });
    return client.call("channel_call", to, struct);
  };
  /** Answers `ticket` with a text, if there is one, and waits. */
  const wait = (text = "", ticket = 0, request: Request = {}) => {
    fill(server, serve, { length: server.write(bytes, text), ticket, ...request });
    return server.call("channel_reply_wait", from, serve);
  };
  const ticket = () => server.u32(serve + 56);
  const asked = () => server.text(reply, server.u32(serve + 40));
  const answered = () => client.text(reply, client.u32(struct + 40));

  it("the server gets the request, the caller the reply", async () => {
    const first = await wait();
    expect(first.errno).toBeUndefined();
    const call = await ask("ping");
    expect(call.errno).toBeUndefined();
    expect(first.errno).toBe(0);
    expect(asked()).toBe("ping");
    const second = await wait("pong", ticket());
    expect(call.errno).toBe(0);
    expect(answered()).toBe("pong");
    expect(second.errno).toBeUndefined();
  });

  it("a request waits for a server that is busy", async () => {
    const call = await ask("early");
    expect((await wait()).errno).toBe(0);
    expect(asked()).toBe("early");
    await wait("x", ticket());
    expect(call.errno).toBe(0);
  });

  it.each([0, 127, 128, 129, 4064, 4065, 65536])("%i bytes go and come back", async (length) => {
    fill(server, serve, { capacity: 65536 });
    server.put(serve + 16, big);
    const served = await server.call("channel_reply_wait", from, serve);
    client.bytes.fill(length & 0xff, big, big + length);
    fill(client, struct, { at: big, length, capacity: 65536 });
    client.put(struct + 16, big);
    const call = await client.call("channel_call", to, struct);
    expect(served.errno).toBe(0);
    expect(server.u32(serve + 40)).toBe(length);
    expect(server.bytes.slice(big, big + length).every((byte) => byte === (length & 0xff))).toBe(true);
    server.bytes.fill(~length & 0xff, big, big + length);
    expect(await server.errno("channel_reply", from, ticket(), big, length, 0, 0)).toBe(0);
    expect(call.errno).toBe(0);
    expect(client.u32(struct + 40)).toBe(length);
    expect(client.bytes.slice(big, big + length).every((byte) => byte === (~length & 0xff))).toBe(true);
  });

  it("handles go both ways", async () => {
    await wait();
    const event = await client.value("event_create", out);
    client.put(handles, event);
    const call = await ask("take", { handles: 1 });
    expect(server.u32(serve + 44)).toBe(1);
    const moved = server.u32(handles + 64);
    expect(await server.errno("object_signal", moved, 0, 8)).toBe(0);
    server.put(handles, moved);
    expect(await server.errno("channel_reply", from, ticket(), bytes, 0, handles, 1)).toBe(0);
    expect(call.errno).toBe(0);
    expect(client.u32(struct + 44)).toBe(1);
    expect(await client.errno("object_wait", client.u32(handles + 64), 8, 0n, out)).toBe(0);
  });

  it("answers come in any order, each to its caller", async () => {
    const [serverEnd, clientEnd] = troupe.channel();
    const [answerer, ...callers] = [
      await troupe.start({ end: serverEnd }),
      await troupe.start({ end: clientEnd }),
      await troupe.start({ end: clientEnd }),
    ] as const;
    const at = await answerer.given("end");
    const calls = [];
    for (const [i, caller] of callers.entries()) {
      const end = await caller.given("end");
      fill(caller, struct, { length: caller.write(bytes, `${i}`) });
      calls.push(await caller.call("channel_call", end, struct));
    }
    const tickets = [];
    for (const i of [0, 1]) {
      expect(await answerer.errno("channel_read", at, reply, 8, handles, 16, info, 0n)).toBe(0);
      expect(answerer.text(reply, 1)).toBe(`${i}`);
      tickets.push(answerer.u32(info + 16));
    }
    for (const i of [1, 0]) {
      answerer.write(bytes, `to ${i}`);
      expect(await answerer.errno("channel_reply", at, tickets[i]!, bytes, 4, 0, 0)).toBe(0);
      expect(calls[i]!.errno).toBe(0);
      expect(callers[i]!.text(reply, 4)).toBe(`to ${i}`);
    }
  });

  it("a reply too large for its buffer is EMSGSIZE and tells its size", async () => {
    await wait();
    const call = await ask("q", { capacity: 2 });
    await wait("long", ticket());
    expect(call.errno).toBe(EMSGSIZE);
    expect(client.u32(struct + 40)).toBe(4);
  });

  it("a caller's deadline passes; the reply finds nobody", async () => {
    await wait();
    const call = await ask("q", { deadline: BigInt(troupe.host.nowUs + 5000) * 1000n });
    await troupe.host.sleep(6000);
    expect(call.errno).toBe(ETIMEDOUT);
    expect((await wait("late", ticket())).errno).toBe(ESRCH);
    // The server goes on without a reply.
    const next = await wait();
    expect(next.errno).toBeUndefined();
    await ask("again");
    expect(next.errno).toBe(0);
  });

  it("a request that nobody has taken is taken back", async () => {
    const call = await ask("q", { deadline: BigInt(troupe.host.nowUs + 5000) * 1000n });
    await troupe.host.sleep(6000);
    expect(call.errno).toBe(ETIMEDOUT);
    expect(await server.errno("channel_read", from, reply, 8, handles, 16, info, 0n)).toBe(EAGAIN);
  });

  describe("the server dies", () => {
    it("before it takes the request", async () => {
      const call = await ask("q");
      await server.kill();
      expect(call.errno).toBe(EPIPE);
    });
    it("with the request", async () => {
      await wait();
      const call = await ask("q".repeat(500));
      await server.kill();
      expect(call.errno).toBe(EPIPE);
      expect((await ask("q")).errno).toBe(EPIPE);
    });
    it("with a large request in the queue", async () => {
      const call = await ask("q".repeat(500));
      await server.exit();
      expect(call.errno).toBe(EPIPE);
    });
  });

  describe("the caller dies", () => {
    it("while its request waits", async () => {
      await ask("q");
      await client.kill();
      expect((await wait()).errno).toBe(EPIPE);
    });
    it("while the server has its request", async () => {
      await wait();
      await ask("q".repeat(500));
      await client.kill();
      expect((await wait("too late", ticket())).errno).toBe(ESRCH);
      expect((await wait()).errno).toBe(EPIPE);
    });
  });

  it("plain messages have no ticket, and tickets are checked", async () => {
    await client.errno("channel_write", to, bytes, 3, 0, 0, 0n);
    await wait();
    expect(ticket()).toBe(0);
    expect(await server.errno("channel_reply", from, 0, bytes, 0, 0, 0)).toBe(EINVAL);
    expect(await server.errno("channel_reply", from, 99, bytes, 0, 0, 0)).toBe(ESRCH);
    expect(await client.errno("channel_call", 77, struct)).toBe(EBADF);
  });

  it("leaves nothing behind", async () => {
    await wait();
    await ask("q".repeat(5000));
    await wait("r".repeat(5000), ticket(), { capacity: 8 });
    const before = troupe.live();
    for (let i = 0; i < 20; i++) {
      await ask("q".repeat(i * 13));
      await wait("r".repeat(i * 17), ticket());
    }
    expect(troupe.live()).toEqual(before);
  });
});

describe("agents", () => {
  it("answer calls without waiting", async () => {
    const troupe = new Troupe();
    const [mine, theirs] = troupe.channel();
    const client = await troupe.start({ end: theirs });
    const to = await client.given("end");
    fill(client, struct, { length: client.write(bytes, "hi") });
    const call = await client.call("channel_call", to, struct);
    const at = HOST_STAGE_BASE;
    expect(troupe.agent("channel_read", mine, at + 1024, 100, at + 2048, 16, at + 64, FOREVER)).toBe(0);
    expect(troupe.host.view.getUint32(at + 64, true)).toBe(2);
    expect(troupe.agent("channel_read", mine, at + 1024, 100, at + 2048, 16, at + 256, FOREVER)).toBe(EAGAIN);
    expect(troupe.agent("channel_reply", mine, troupe.host.view.getUint32(at + 80, true), at + 1024, 2, 0, 0)).toBe(0);
    await troupe.host.settle();
    expect(call.errno).toBe(0);
    expect(client.text(reply, 2)).toBe("hi");
    expect(troupe.agent("channel_call", mine, at)).toBe(ENOTSUP);
  });
});
