/** What random histories have found, kept: wake-ups that were given to a process that had no use for them. */
import { EMSGSIZE, SIGKILL, SIGNAL_READABLE } from "@cloudos/abi";
import { expect, test } from "vitest";
import { type Actor, AT, FOREVER, Troupe } from "../troupe.ts";

/** The first reader of a channel waits, then the second; then one message comes. */
async function twoReaders(capacity: number) {
  const troupe = new Troupe();
  const [near, far] = troupe.channel();
  const [first, second, sender] = [
    await troupe.start({ end: far }),
    await troupe.start({ end: far }),
    await troupe.start({ end: near }),
  ];
  const read = async (actor: Actor, room: number) =>
    actor.call("channel_read", await actor.given("end"), AT.reply, room, AT.handles, 0, AT.info, FOREVER);
  const answers = [await read(first, capacity), await read(second, 64)] as const;
  expect(answers.map(({ errno }) => errno)).toEqual([undefined, undefined]);
  const end = await sender.given("end");
  const length = sender.write(AT.bytes, "message");
  return { troupe, first, second, sender, answers, send: [end, AT.bytes, length, AT.handles, 0, 0n] as const };
}

test("a reader that is woken for a message too long for it leaves the wake-up to the next", async () => {
  const { sender, second, answers, send } = await twoReaders(2);
  expect(await sender.errno("channel_write", ...send)).toBe(0);
  expect(answers.map(({ errno }) => errno)).toEqual([EMSGSIZE, 0]);
  expect(second.text(AT.reply, 7)).toBe("message");
});

test("a reader that dies between its wake-up and its turn leaves it, too", async () => {
  const { troupe, first, sender, second, answers, send } = await twoReaders(64);
  sender.begin("channel_write", ...send);
  // Until the message is there, and the first reader ready, but not yet running.
  const shows = () =>
    troupe.host.agent.proc_info(first.pid, AT.out) === 0 && troupe.host.view.getUint32(AT.out + 16, true);
  for (let turns = 0; shows() !== 0x52 && turns < 100; turns++) await troupe.host.turn(0);
  troupe.host.agent.host_kill(first.pid, SIGKILL);
  await troupe.host.settle();
  expect(answers[1].errno).toBe(0);
  expect(second.text(AT.reply, 7)).toBe("message");
});

test("a process that only waits until a pipe is readable does not keep its bytes from one that reads", async () => {
  const troupe = new Troupe();
  const [one, two] = [troupe.channel(), troupe.channel()];
  const writer = await troupe.start({ one: one[0], two: two[0] });
  expect(await writer.errno("fd_pipe", AT.out, 0)).toBe(0);
  const [reader, into] = [writer.u32(AT.out), writer.u32(AT.out + 4)];
  /** A process with a duplicate of the pipe's reading end. */
  const holder = async (name: "one" | "two", end: number) => {
    const actor = await troupe.start({ end });
    writer.put(AT.handles, await writer.value("handle_dup", reader, -1, AT.out));
    expect(await writer.errno("channel_write", await writer.given(name), AT.bytes, 0, AT.handles, 1, 0n)).toBe(0);
    const from = await actor.given("end");
    expect(await actor.errno("channel_read", from, AT.reply, 0, AT.handles, 1, AT.info, 0n)).toBe(0);
    return { actor, fd: actor.u32(AT.handles) };
  };
  const looks = await holder("one", one[1]);
  const reads = await holder("two", two[1]);
  const looked = await looks.actor.call("object_wait", looks.fd, SIGNAL_READABLE, FOREVER, AT.out);
  reads.actor.put(AT.struct, AT.reply, 64);
  const read = await reads.actor.call("fd_read", reads.fd & 4095, AT.struct, 1, AT.out);
  expect([looked.errno, read.errno]).toEqual([undefined, undefined]);
  writer.put(AT.struct, AT.bytes, writer.write(AT.bytes, "bytes"));
  expect(await writer.errno("fd_write", into, AT.struct, 1, AT.out)).toBe(0);
  expect(read.errno).toBe(0);
  expect(reads.actor.text(AT.reply, 5)).toBe("bytes");
});
