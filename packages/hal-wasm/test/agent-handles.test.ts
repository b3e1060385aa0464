import { readFileSync } from "node:fs";
import { AGENT_HOST, RIGHT_WRITE, SIGNAL_READABLE } from "@cloudos/abi";
import { beforeEach, describe, expect, it } from "vitest";
import { AgentHandles } from "../src/host/agent-handles.ts";
import { Host } from "../src/host/host.ts";
import { writeBootInfo } from "../src/kernel/boot-info.ts";
import { createClock, preciseWallMs } from "../src/kernel/clock.ts";
import { instantiateAgent, type KernelFunctions } from "../src/kernel/kernel-instance.ts";
import { KernelMemory } from "../src/kernel/kernel-memory.ts";

const built = (name: string) =>
  new WebAssembly.Module(readFileSync(new URL(`../../../build/kernel/${name}.wasm`, import.meta.url)));
const modules = { kernel: built("kernel"), posix: built("posix") };
const text = (value: string) => new TextEncoder().encode(value);

describe("handles of an agent", () => {
  let agent: AgentHandles;
  let left: number;
  let right: number;

  let kernel: KernelFunctions;
  let memory: KernelMemory;

  beforeEach(() => {
    memory = new KernelMemory(new WebAssembly.Memory({ initial: 64, maximum: 1024, shared: true }));
    const originMs = preciseWallMs();
    writeBootInfo(memory, { mode: "smp", cores: 1, maxPages: 1024, originMs });
    kernel = instantiateAgent({ agent: AGENT_HOST, modules, memory, clock: createClock(originMs), boot: true });
    agent = new AgentHandles(kernel, memory);
    [left, right] = agent.channel();
  });

  it("carry messages with handles and badges", () => {
    const [inner] = agent.channel();
    const client = agent.mint(left, 9n, RIGHT_WRITE);
    agent.write(client, text("hello"), [inner]);
    const message = agent.read(right);
    expect(message).toMatchObject({ badge: 9n, ticket: 0 });
    expect(new TextDecoder().decode(message?.bytes)).toBe("hello");
    expect(message?.handles).toHaveLength(1);
    expect(agent.read(right)).toBeUndefined();
    expect(() => agent.close(inner)).toThrow();
    agent.close(message?.handles[0] ?? 0);
  });

  it("65,536 bytes fit a message, one more does not", () => {
    const bytes = new Uint8Array(65536).fill(3);
    agent.write(left, bytes);
    expect(agent.read(right)?.bytes).toEqual(bytes);
    expect(() => agent.write(left, new Uint8Array(65537))).toThrow(RangeError);
  });

  it("tell when there is something to read, until they are told to stop", () => {
    const seen: number[] = [];
    const stop = agent.watch(right, SIGNAL_READABLE, (signals) => seen.push(signals));
    agent.dispatch();
    expect(seen).toEqual([]);
    agent.write(left, text("x"));
    agent.dispatch();
    agent.dispatch();
    expect(seen).toEqual([SIGNAL_READABLE, SIGNAL_READABLE]);
    stop();
    agent.dispatch();
    expect(seen).toHaveLength(2);
  });

  it.each(["closed", "revoked"])("a served channel ends when the other side is %s", (how) => {
    const messages: string[] = [];
    let ended = 0;
    const copy = agent.duplicate(right, 0xffffffff);
    agent.serve(
      copy,
      ({ bytes }) => messages.push(new TextDecoder().decode(bytes)),
      () => ended++,
    );
    for (const word of ["a", "b"]) agent.write(left, text(word));
    agent.dispatch();
    expect(messages).toEqual(["a", "b"]);
    if (how === "closed") agent.close(left);
    else agent.revoke(right);
    agent.dispatch();
    agent.dispatch();
    expect(ended).toBe(1);
  });

  it("are looked at when the host's doorbell rings", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const host = new Host({ kernel, memory, onPost: () => undefined, onActivity: () => undefined });
    const [near, far] = host.handles.channel();
    host.handles.serve(
      far,
      ({ bytes }) => resolve(new TextDecoder().decode(bytes)),
      () => undefined,
    );
    host.handles.write(near, text("ring"));
    expect(await promise).toBe("ring");
    host.stop();
  });

  it("say what is wrong", () => {
    expect(() => agent.write(1, text("x"))).toThrow(/write to a channel/);
    expect(() => agent.grant("a name that is too long", left)).toThrow(RangeError);
    expect(() => agent.process(4711)).toThrow(/4711/);
    agent.close(right);
    expect(() => agent.write(left, text("x"))).toThrow();
    expect(() => agent.read(left)).toThrow();
  });
});
