import type { MachineConfig, MachineEvent, MachineRequest } from "@cloudos/abi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type MachineWorkerHandle, SupervisedMachine } from "../src/machine/supervisor.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** A worker that answers every request as told, and beats while `alive`. */
function worker(answer: (request: MachineRequest) => MachineEvent | null) {
  const requests: MachineRequest[] = [];
  const handle = {
    onmessage: null as MachineWorkerHandle["onmessage"],
    onerror: null as MachineWorkerHandle["onerror"],
    terminated: false,
    postMessage(request: MachineRequest) {
      requests.push(request);
      const event = answer(request);
      if (event !== null) queueMicrotask(() => handle.say(event));
    },
    terminate() {
      handle.terminated = true;
    },
    say(event: MachineEvent) {
      handle.onmessage?.({ data: event } as MessageEvent<MachineEvent>);
    },
  };
  return { handle, requests };
}
const yes = (request: MachineRequest): MachineEvent | null =>
  "id" in request ? { type: "reply", id: request.id, ok: true } : null;
const config = {
  boot: { kind: "state", state: new ArrayBuffer(0) },
  ports: {},
  canvas: null,
  disk: null,
  cdrom: null,
} as unknown as MachineConfig;

describe("a machine's supervisor", () => {
  it("ends a machine that gives no sign of life while it should run", async () => {
    const { handle } = worker(yes);
    const machine = await SupervisedMachine.create(handle, config);
    await machine.start();
    for (let second = 0; second < 25; second++) vi.advanceTimersByTime(1000);
    handle.say({ type: "heartbeat", load: 1, idleMs: 0 });
    for (let second = 0; second < 29; second++) vi.advanceTimersByTime(1000);
    expect(handle.terminated).toBe(false);
    vi.advanceTimersByTime(2000);
    await expect(machine.ended).resolves.toMatchObject({ reason: "hung" });
    expect(handle.terminated).toBe(true);
    await expect(machine.pause()).rejects.toMatchObject({ code: "ended" });
  });

  it("leaves a paused machine in peace, and one whose watcher was itself held up", async () => {
    const { handle } = worker(yes);
    const machine = await SupervisedMachine.create(handle, config);
    await machine.start();
    vi.setSystemTime(Date.now() + 100_000);
    vi.advanceTimersByTime(1000);
    await machine.pause();
    for (let second = 0; second < 100; second++) vi.advanceTimersByTime(1000);
    expect(handle.terminated).toBe(false);
  });

  it("passes on why a machine ended, and rejects what was asked of it", async () => {
    const { handle } = worker((request) => (request.type === "stats" ? null : yes(request)));
    const machine = await SupervisedMachine.create(handle, config);
    const stats = machine.stats();
    handle.say({ type: "ended", reason: "crashed", message: "unreachable" });
    await expect(machine.ended).resolves.toEqual({ reason: "crashed", message: "unreachable" });
    await expect(stats).rejects.toMatchObject({ code: "ended", message: "The machine has ended: unreachable" });
  });

  it("takes a worker's own failure for a crash", async () => {
    const { handle } = worker(yes);
    const machine = await SupervisedMachine.create(handle, config);
    handle.onerror?.({ message: "out of memory" } as ErrorEvent);
    await expect(machine.ended).resolves.toMatchObject({ reason: "crashed" });
  });

  it("rejects what the worker refuses", async () => {
    const { handle } = worker((request) =>
      request.type === "create"
        ? { type: "reply", id: request.id, ok: false, error: { code: "state-corrupt", message: "bad" } }
        : yes(request),
    );
    await expect(SupervisedMachine.create(handle, config)).rejects.toMatchObject({ code: "state-corrupt" });
    expect(handle.terminated).toBe(true);
  });
});
