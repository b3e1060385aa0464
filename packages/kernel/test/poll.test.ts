import { EBADF, EINVAL } from "@cloudos/abi";
import { describe, expect, test } from "vitest";
import { Host } from "./host.ts";
import { leakGate } from "./leak/gate.ts";
import { at, n, program } from "./programs.ts";

const watch = leakGate();

const SUBSCRIPTIONS = 1024;
const EVENTS = 2048;

/** Writes the i-th subscription: a clock or a descriptor, with i + 1 as its user data. */
function clock(index: number, ns: number, options: { id?: number; absolute?: boolean } = {}): string {
  const base = SUBSCRIPTIONS + 48 * index;
  return `(i64.store (i32.const ${base}) (i64.const ${index + 1})) (i32.store8 (i32.const ${base + 8}) (i32.const 0))
    (i32.store (i32.const ${base + 16}) (i32.const ${options.id ?? 1})) (i64.store (i32.const ${base + 24}) (i64.const ${ns}))
    (i32.store16 (i32.const ${base + 40}) (i32.const ${options.absolute ? 1 : 0}))`;
}
function descriptor(index: number, fd: string, writing = false): string {
  const base = SUBSCRIPTIONS + 48 * index;
  return `(i64.store (i32.const ${base}) (i64.const ${index + 1}))
    (i32.store8 (i32.const ${base + 8}) (i32.const ${writing ? 2 : 1})) (i32.store (i32.const ${base + 16}) ${fd})`;
}
/** Polls and prints errno, count, then of the first event: user data, errno, type, bytes, flags. */
const poll = (
  count: number,
) => `(call $num (call $poll_oneoff (i32.const ${SUBSCRIPTIONS}) (i32.const ${EVENTS}) (i32.const ${count}) (i32.const 96)))
  (call $num ${at(96)}) (call $num ${at(EVENTS)}) (call $num (i32.load16_u (i32.const ${EVENTS + 8})))
  (call $num (i32.load8_u (i32.const ${EVENTS + 10}))) (call $num ${at(EVENTS + 16)})
  (call $num (i32.load16_u (i32.const ${EVENTS + 24})))`;
const PIPE = "(drop (call $fd_pipe (i32.const 192) (i32.const 0)))";

interface Started {
  readonly host: Host;
  readonly input: number;
  output(): string;
}
async function started(body: string): Promise<Started> {
  const host = watch(new Host());
  host.program("/bin/poll", program(body));
  const input = host.ring(64, false);
  const output = host.ring(4096, true);
  host.spawn({ path: "/bin/poll", rings: [input, output, output] });
  await host.settle();
  return { host, input, output: () => host.text(output) };
}

describe("clocks", () => {
  test("a relative one fires when its time has passed and not before", async () => {
    const { host, output } = await started(clock(0, 5_000_000) + poll(1));
    await host.sleep(4_990);
    expect(output()).toBe("");
    await host.sleep(20);
    expect(output()).toBe("0 1 1 0 0 0 0 ");
  });
  test("an absolute one in the past fires at once", async () => {
    const { output } = await started(clock(0, 1, { absolute: true }) + poll(1));
    expect(output()).toBe("0 1 1 0 0 0 0 ");
  });
  test("an absolute one of the wall clock fires at that time", async () => {
    const { host, output } = await started(clock(0, 1_500_000_000, { id: 0, absolute: true }) + poll(1));
    await host.sleep(400_000);
    expect(output()).toBe("");
    await host.sleep(200_000);
    expect(output()).toBe("0 1 1 0 0 0 0 ");
  });
  test("the earliest of several wins", async () => {
    const { host, output } = await started(clock(0, 9_000_000) + clock(1, 3_000_000) + poll(2));
    await host.sleep(3_100);
    expect(output()).toBe("0 1 2 0 0 0 0 ");
  });
  test("many sleepers wake in the order of their times", async () => {
    const host = watch(new Host());
    const output = host.ring(4096, true);
    const order = [7, 2, 9, 4, 1, 8, 3, 6, 5];
    for (const ms of order) {
      host.program(
        `/bin/sleep${ms}`,
        program(`${clock(0, ms * 1e6)} ${poll(1).split("\n")[0]} (call $num (i32.const ${ms}))`),
      );
      host.spawn({ path: `/bin/sleep${ms}`, rings: [host.ring(64, false), output, output] });
    }
    await host.settle();
    await host.sleep(20_000);
    expect(host.text(output)).toBe("0 1 0 2 0 3 0 4 0 5 0 6 0 7 0 8 0 9 ");
  });
});

describe("descriptors", () => {
  test("a host's bytes end the wait and are counted", async () => {
    const { host, input, output } = await started(descriptor(0, n(0)) + clock(1, 1e9) + poll(2));
    expect(output()).toBe("");
    host.type(input, "abc");
    await host.settle();
    expect(output()).toBe("0 1 1 0 1 3 0 ");
  });
  test("time runs out when nothing comes", async () => {
    const { host, output } = await started(descriptor(0, n(0)) + clock(1, 1_000_000) + poll(2));
    await host.sleep(1_100);
    expect(output()).toBe("0 1 2 0 0 0 0 ");
  });
  test("the end of a stream is readable and a hang-up", async () => {
    const { host, input, output } = await started(descriptor(0, n(0)) + poll(1));
    host.end(input);
    await host.settle();
    expect(output()).toBe("0 1 1 0 1 0 1 ");
  });
  test("a pipe without a writer hangs up", async () => {
    const { output } = await started(`${PIPE} (drop (call $fd_close ${at(196)})) ${descriptor(0, at(192))} ${poll(1)}`);
    expect(output()).toBe("0 1 1 0 1 0 1 ");
  });
  test("an empty pipe can be written", async () => {
    const { output } = await started(`${PIPE} ${descriptor(0, at(196), true)} ${poll(1)}`);
    expect(output()).toBe("0 1 1 0 2 262144 0 ");
  });
  test("one that is not open is an event, not a failure", async () => {
    const { output } = await started(descriptor(0, n(77)) + poll(1));
    expect(output()).toBe(`0 1 1 ${EBADF} 1 0 0 `);
  });
  test("nothing to wait for is refused", async () => {
    const { output } = await started(
      `(call $num (call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 96)))`,
    );
    expect(output()).toBe(`${EINVAL} `);
  });
});
