import { EAGAIN, ECANCELED, EINVAL, ENOTCAPABLE, ERANGE, ETIMEDOUT, HOST_STAGE_BASE, RIGHT_READ } from "@cloudos/abi";
import { beforeEach, describe, expect, it } from "vitest";
import { type Actor, AT, FOREVER, Troupe } from "./troupe.ts";

const { out, bytes } = AT;

describe("futexes", () => {
  let troupe: Troupe;
  let actors: readonly Actor[];
  let vmos: number[];
  let shared: number;

  beforeEach(async () => {
    troupe = new Troupe({ cores: 2 });
    expect(troupe.agent("vmo_create", 8192n, 0, HOST_STAGE_BASE)).toBe(0);
    shared = troupe.host.view.getUint32(HOST_STAGE_BASE, true);
    actors = [
      await troupe.start({ vmo: shared }),
      await troupe.start({ vmo: shared }),
      await troupe.start({ vmo: shared }),
    ];
    vmos = [];
    for (const actor of actors) vmos.push(await actor.given("vmo"));
  });
  const wait = (i: number, offset: bigint, expected = 0, deadline = FOREVER) =>
    actors[i]!.call("futex_wait", vmos[i]!, offset, expected, deadline);
  const wake = async (i: number, offset: bigint, most: number) => {
    expect(await actors[i]!.errno("futex_wake", vmos[i]!, offset, most, out)).toBe(0);
    return actors[i]!.u32(out);
  };

  it("wake as many as asked for, of those that wait for this word, the longest first", async () => {
    const first = await wait(0, 8n);
    const second = await wait(1, 8n);
    expect(await wake(2, 12n, 9)).toBe(0);
    expect([first.errno, second.errno]).toEqual([undefined, undefined]);
    expect(await wake(2, 8n, 1)).toBe(1);
    expect([first.errno, second.errno]).toEqual([0, undefined]);
    expect(await wake(2, 8n, 9)).toBe(1);
    expect(second.errno).toBe(0);
    expect(await wake(2, 8n, 9)).toBe(0);
  });

  it("do not wait when the word has changed", async () => {
    actors[2]!.put(bytes, 7);
    expect(await actors[2]!.errno("vmo_write", vmos[2]!, 4096n, bytes, 4)).toBe(0);
    expect((await wait(0, 4096n, 6)).errno).toBe(EAGAIN);
    const waiting = await wait(0, 4096n, 7);
    expect(waiting.errno).toBeUndefined();
    expect(await wake(1, 4096n, 1)).toBe(1);
    expect(waiting.errno).toBe(0);
  });

  it("have deadlines", async () => {
    const waiting = await wait(0, 0n, 0, BigInt(troupe.host.nowUs + 2000) * 1000n);
    expect(waiting.errno).toBeUndefined();
    await troupe.host.sleep(3000);
    expect(waiting.errno).toBe(ETIMEDOUT);
  });

  it("are words of the VMO", async () => {
    expect((await wait(0, 2n)).errno).toBe(EINVAL);
    expect((await wait(0, 8192n)).errno).toBe(ERANGE);
    expect((await wait(0, 0xffff_ffff_ffff_fffcn)).errno).toBe(ERANGE);
    const [a] = actors;
    const reader = await a!.value("handle_dup", vmos[0]!, RIGHT_READ, out);
    expect(await a!.errno("futex_wake", reader, 0n, 1, out)).toBe(ENOTCAPABLE);
  });

  it("a revoked VMO ends the wait, a killed waiter leaves the queue", async () => {
    const first = await wait(0, 0n);
    await wait(1, 0n);
    await actors[1]!.kill();
    expect(await wake(2, 0n, 9)).toBe(1);
    expect(first.errno).toBe(0);
    const last = await wait(0, 0n);
    troupe.agent("handle_revoke", shared);
    await troupe.host.settle();
    expect(last.errno).toBe(ECANCELED);
  });
});
