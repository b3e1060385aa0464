import {
  CHANNEL_QUEUE_MAX,
  EAGAIN,
  EBADF,
  EFAULT,
  EINVAL,
  ELOOP,
  EMSGSIZE,
  ENOTCAPABLE,
  EPIPE,
  ETIMEDOUT,
  RIGHT_READ,
  RIGHT_WRITE,
} from "@cloudos/abi";
import { beforeEach, describe, expect, it } from "vitest";
import { type Actor, AT, FOREVER, Troupe } from "./troupe.ts";

const { out, bytes, reply, handles, struct, info, big } = AT;

describe("channels", () => {
  let troupe: Troupe;
  let a: Actor;
  let b: Actor;
  /** a's end and b's end of one channel. */
  let left: number;
  let right: number;
  /** The agent's handles that they are duplicates of. */
  let ends: [number, number];

  beforeEach(async () => {
    troupe = new Troupe();
    ends = troupe.channel();
    a = await troupe.start({ end: ends[0] });
    b = await troupe.start({ end: ends[1] });
    left = await a.given("end");
    right = await b.given("end");
  });

  const send = (from: Actor, handle: number, text: string, deadline = 0n) =>
    from.call("channel_write", handle, bytes, from.write(bytes, text), 0, 0, deadline);
  const receive = (to: Actor, handle: number, deadline = 0n, capacity = 1024) =>
    to.call("channel_read", handle, reply, capacity, handles, 16, info, deadline);
  const got = (to: Actor) => to.text(reply, to.u32(info));

  it("messages arrive whole, in order, with their sizes", async () => {
    for (const text of ["one", "", "three"]) expect((await send(a, left, text)).errno).toBe(0);
    for (const text of ["one", "", "three"]) {
      expect((await receive(b, right)).errno).toBe(0);
      expect(got(b)).toBe(text);
    }
    expect((await receive(b, right)).errno).toBe(EAGAIN);
  });

  it("a reader waits until there is a message", async () => {
    const answer = await receive(b, right, FOREVER);
    expect(answer.errno).toBeUndefined();
    await send(a, left, "late");
    expect(answer.errno).toBe(0);
    expect(got(b)).toBe("late");
  });

  it("a reader's deadline passes", async () => {
    const answer = await receive(b, right, BigInt(troupe.host.nowUs + 5000) * 1000n);
    expect(answer.errno).toBeUndefined();
    await troupe.host.sleep(6000);
    expect(answer.errno).toBe(ETIMEDOUT);
  });

  it("a full queue refuses, or makes the writer wait for room", async () => {
    for (let i = 0; i < CHANNEL_QUEUE_MAX; i++) expect((await send(a, left, "x")).errno).toBe(0);
    expect((await send(a, left, "x")).errno).toBe(EAGAIN);
    const waiting = await send(a, left, "last", FOREVER);
    expect(waiting.errno).toBeUndefined();
    await receive(b, right);
    expect(waiting.errno).toBe(0);
  });

  it("64 KiB fit, one byte more does not", async () => {
    a.bytes.fill(7, big, big + 65536);
    a.view.setUint8(big + 65535, 9);
    expect(await a.errno("channel_write", left, big, 65536, 0, 0, 0n)).toBe(0);
    expect(await a.errno("channel_write", left, big - 1, 65537, 0, 0, 0n)).toBe(EMSGSIZE);
    expect(await b.errno("channel_read", right, big, 65536, handles, 16, info, 0n)).toBe(0);
    expect(b.u32(info)).toBe(65536);
    expect([b.bytes[big], b.bytes[big + 65534], b.bytes[big + 65535]]).toEqual([7, 7, 9]);
  });

  it("large messages are paid for by the sender's job until they are gone", async () => {
    const jobMemory = async () => {
      expect(await a.errno("job_create", 0xffffffff, out)).toBe(0);
      const job = a.u32(out);
      expect(await a.errno("job_info", 0xffffffff, big)).toBe(0);
      await a.errno("handle_close", job);
      return a.u64(big + 32);
    };
    const before = await jobMemory();
    expect(await a.errno("channel_write", left, big, 65536, 0, 0, 0n)).toBe(0);
    expect((await jobMemory()) - before).toBe(65536n);
    expect(await b.errno("channel_read", right, big, 65536, handles, 16, info, 0n)).toBe(0);
    expect(await jobMemory()).toBe(before);
  });

  it("a message that does not fit stays and tells its size", async () => {
    await send(a, left, "too long");
    expect((await receive(b, right, 0n, 4)).errno).toBe(EMSGSIZE);
    expect(b.u32(info)).toBe(8);
    expect((await receive(b, right)).errno).toBe(0);
    expect(got(b)).toBe("too long");
  });

  it("bad pointers are EFAULT and lose nothing", async () => {
    expect(await a.errno("channel_write", left, 0xfffffff0, 8, 0, 0, 0n)).toBe(EFAULT);
    expect(await a.errno("channel_write", left, bytes, 8, 0xfffffff0, 1, 0n)).toBe(EFAULT);
    await send(a, left, "kept");
    expect(await b.errno("channel_read", right, 0xfffffff0, 8, 0, 0, info, 0n)).toBe(EFAULT);
    expect(await b.errno("channel_read", right, reply, 8, 0, 0, 0xfffffff0, 0n)).toBe(EFAULT);
    expect((await receive(b, right)).errno).toBe(0);
    expect(got(b)).toBe("kept");
  });

  it("stale, plain and foreign values are refused", async () => {
    const [one] = await a.channel();
    expect(await a.errno("handle_close", one)).toBe(0);
    expect((await send(a, one, "x")).errno).toBe(EBADF);
    const [again] = await a.channel();
    expect(again & 4095).toBe(one & 4095);
    expect((await send(a, one, "x")).errno).toBe(EBADF);
    expect((await send(a, again & 4095, "x")).errno).toBe(EBADF);
    expect((await send(a, 0, "x")).errno).toBe(EINVAL);
    expect((await send(a, 0xffffffff, "x")).errno).toBe(EBADF);
    const event = await a.value("event_create", out);
    expect((await send(a, event, "x")).errno).toBe(EINVAL);
  });

  it("rights are needed, and only shrink", async () => {
    const reader = await a.value("handle_dup", left, RIGHT_READ, out);
    expect((await send(a, reader, "x")).errno).toBe(ENOTCAPABLE);
    expect(await a.errno("handle_dup", reader, 0xffffffff, out)).toBe(ENOTCAPABLE);
    expect((await receive(a, reader)).errno).toBe(EAGAIN);
    expect(await a.errno("handle_info", reader, out)).toBe(0);
    expect(a.u32(out + 4)).toBe(RIGHT_READ);
  });

  it("badges say through which handle a message came", async () => {
    const minted = await a.value("channel_mint", left, 77n, RIGHT_WRITE, out);
    await send(a, minted, "m");
    await send(a, left, "u");
    await receive(b, right);
    expect(b.u64(info + 8)).toBe(77n);
    await receive(b, right);
    expect(b.u64(info + 8)).toBe(0n);
    const badged = await a.value("channel_mint", left, 5n, 0xffffffff, out);
    // A badge is for good: neither mint again nor duplicate it away.
    expect(await a.errno("channel_mint", badged, 6n, 0xffffffff, out)).toBe(ENOTCAPABLE);
    const copy = await a.value("handle_dup", badged, 0xffffffff, out);
    await send(a, copy, "c");
    await receive(b, right);
    expect(b.u64(info + 8)).toBe(5n);
    expect(await a.errno("channel_mint", left, 0n, 0xffffffff, out)).toBe(EINVAL);
  });

  it("when the other side is gone, what is queued is read, then EPIPE", async () => {
    await send(a, left, "last words");
    troupe.agent("handle_close", ends[0]);
    await a.exit();
    expect((await receive(b, right)).errno).toBe(0);
    expect((await receive(b, right)).errno).toBe(EPIPE);
    expect((await send(b, right, "x")).errno).toBe(EPIPE);
  });

  it("a waiting reader learns that the other side is gone", async () => {
    const answer = await receive(b, right, FOREVER);
    troupe.agent("handle_close", ends[0]);
    expect(answer.errno).toBeUndefined();
    await a.kill();
    expect(answer.errno).toBe(EPIPE);
  });

  describe("with handles", () => {
    const give = async (handle: number) => {
      a.put(handles, handle);
      return a.errno("channel_write", left, bytes, 0, handles, 1, 0n);
    };
    const take = async () => {
      expect((await receive(b, right)).errno).toBe(0);
      return b.u32(handles);
    };

    it("move from table to table", async () => {
      const [one, two] = await a.channel();
      expect(await give(two)).toBe(0);
      expect((await send(a, two, "x")).errno).toBe(EBADF);
      const mine = await take();
      expect(b.u32(info + 4)).toBe(1);
      await send(b, mine, "through");
      expect((await receive(a, one)).errno).toBe(0);
      expect(got(a)).toBe("through");
    });

    it("pipes move too", async () => {
      await a.value("fd_pipe", out, 0);
      const [readEnd, writeEnd] = [a.u32(out), a.u32(out + 4)];
      expect(await give(readEnd)).toBe(0);
      const end = await take();
      a.put(AT.struct, bytes, a.write(bytes, "bytes"));
      expect(await a.errno("fd_write", writeEnd, struct, 1, out)).toBe(0);
      b.put(AT.struct, reply, 100);
      expect(await b.errno("fd_read", end & 4095, struct, 1, out)).toBe(0);
      expect(b.text(reply, b.u32(out))).toBe("bytes");
    });

    it("cannot be the handle itself, the same twice, or one without the right", async () => {
      expect(await give(left)).toBe(EINVAL);
      const [one] = await a.channel();
      a.put(handles, one, one);
      expect(await a.errno("channel_write", left, bytes, 0, handles, 2, 0n)).toBe(EINVAL);
      const kept = await a.value("handle_dup", one, RIGHT_READ, out);
      expect(await give(kept)).toBe(ENOTCAPABLE);
      a.put(handles, one, 12345678);
      expect(await a.errno("channel_write", left, bytes, 0, handles, 2, 0n)).toBe(EBADF);
      expect(await a.errno("channel_write", left, bytes, 0, handles, 17, 0n)).toBe(EMSGSIZE);
      // Nothing moved.
      expect(await a.errno("handle_info", one, out)).toBe(0);
    });

    it("are closed with a message that nobody reads", async () => {
      const [one, two] = await a.channel();
      await give(two);
      troupe.agent("handle_close", ends[1]);
      await b.exit();
      expect((await receive(a, one)).errno).toBe(EPIPE);
    });

    it("an end cannot get into its own queue, at any depth", async () => {
      const before = troupe.live();
      const pairs = [await a.channel(), await a.channel(), await a.channel()] as const;
      // Written to [0] of a pair, it waits in the queue of [1].
      const into = (pair: readonly [number, number], handle: number) => {
        a.put(handles, handle);
        return a.errno("channel_write", pair[0], bytes, 0, handles, 1, 0n);
      };
      expect(await into(pairs[0], pairs[0][1])).toBe(ELOOP);
      expect(await into(pairs[1], pairs[0][1])).toBe(0);
      expect(await into(pairs[2], pairs[1][1])).toBe(0);
      expect(await into(pairs[0], pairs[2][1])).toBe(ELOOP);
      // The chain ends with its last handle.
      for (const handle of [pairs[0][0], pairs[1][0], pairs[2][0], pairs[2][1]])
        expect(await a.errno("handle_close", handle)).toBe(0);
      expect(troupe.live()).toEqual(before);
    });

    it("a long chain of channels in channels ends without growing the stack", async () => {
      const before = troupe.live();
      let [outer, inner] = await a.channel();
      for (let depth = 0; depth < 600; depth++) {
        const [next, end] = await a.channel();
        a.put(handles, inner);
        expect(await a.errno("channel_write", next, bytes, 0, handles, 1, 0n)).toBe(0);
        await a.errno("handle_close", outer);
        [outer, inner] = [next, end];
      }
      await a.errno("handle_close", outer);
      await a.errno("handle_close", inner);
      expect(troupe.live()).toEqual(before);
    });
  });
});
