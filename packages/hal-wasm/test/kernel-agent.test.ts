import { readFileSync } from "node:fs";
import { AGENT_HOST, KLOG_BASE, KLOG_O_DATA, KLOG_O_TOTAL, KLOG_SIZE } from "@cloudos/abi";
import { describe, expect, it } from "vitest";
import { writeBootInfo } from "../src/kernel/boot-info.ts";
import { createClock, preciseWallMs } from "../src/kernel/clock.ts";
import { fillWithEntropy } from "../src/kernel/entropy.ts";
import { readEpitaph } from "../src/kernel/epitaph.ts";
import { instantiateAgent, KernelPanic } from "../src/kernel/kernel-instance.ts";
import { KernelMemory } from "../src/kernel/kernel-memory.ts";
import { KlogReader } from "../src/kernel/klog.ts";

const PAGES = 1024;
const built = (name: string) =>
  new WebAssembly.Module(readFileSync(new URL(`../../../build/kernel/${name}.wasm`, import.meta.url)));
const modules = { kernel: built("kernel"), posix: built("posix") };

function machine() {
  const memory = new KernelMemory(new WebAssembly.Memory({ initial: 64, maximum: PAGES, shared: true }));
  const originMs = preciseWallMs();
  const boot = (info: { cores: number }) => {
    writeBootInfo(memory, { mode: "smp", cores: info.cores, maxPages: PAGES, originMs });
    return instantiateAgent({ agent: AGENT_HOST, modules, memory, clock: createClock(originMs), boot: true });
  };
  return { memory, boot };
}

describe("an agent's kernel instance", () => {
  it("boots and says so in the log", () => {
    const { memory, boot } = machine();
    boot({ cores: 2 });
    const lines = new KlogReader(memory).take();
    expect(lines[0]).toMatchObject({ level: "info", text: expect.stringMatching(/^cores: 2/) });
    expect(readEpitaph(memory)).toBeUndefined();
  });

  it("panics with an epitaph on a fiber that does not exist", () => {
    const { memory, boot } = machine();
    const kernel = boot({ cores: 1 });
    expect(() => kernel.fiber_exited(9999, 0, 0)).toThrow(KernelPanic);
    const epitaph = readEpitaph(memory);
    expect(epitaph?.code).toBeGreaterThan(0);
    expect(epitaph?.core).toBe(AGENT_HOST);
    expect(epitaph?.text).toMatch(/^Kernel panic \d+ at \S+:\d+ \(0x[0-9a-f]+, 0x[0-9a-f]+\)$/);
  });

  it("is refused when its boot information is missing", () => {
    const memory = new KernelMemory(new WebAssembly.Memory({ initial: 64, maximum: PAGES, shared: true }));
    const clock = createClock(preciseWallMs());
    expect(() => instantiateAgent({ agent: AGENT_HOST, modules, memory, clock, boot: true })).toThrow();
  });
});

describe("the kernel's log", () => {
  const CAPACITY = KLOG_SIZE - KLOG_O_DATA;

  /** Writes as the kernel does. */
  function writer(memory: KernelMemory) {
    return (line: string) => {
      for (const byte of new TextEncoder().encode(line)) {
        const total = memory.u32(KLOG_BASE + KLOG_O_TOTAL);
        memory.bytes[KLOG_BASE + KLOG_O_DATA + (total % CAPACITY)] = byte;
        memory.setU32(KLOG_BASE + KLOG_O_TOTAL, total + 1);
      }
    };
  }

  it("is read line by line; half a line waits for its end", () => {
    const { memory } = machine();
    const write = writer(memory);
    const klog = new KlogReader(memory);
    write("17 hello\n242 care");
    expect(klog.take()).toEqual([{ level: "info", atUs: 7, text: "hello" }]);
    write("ful\n");
    expect(klog.take()).toEqual([{ level: "warn", atUs: 42, text: "careful" }]);
    expect(klog.take()).toEqual([]);
  });

  it("goes on with a whole line after it was overrun", () => {
    const { memory } = machine();
    const write = writer(memory);
    const klog = new KlogReader(memory);
    for (let line = 0; line < 5000; line++) write(`1${line} this is line ${line}\n`);
    const lines = klog.take();
    expect(lines.at(-1)?.text).toBe("this is line 4999");
    expect(lines.length).toBeGreaterThan(1000);
    expect(lines.every(({ atUs, text }) => text === `this is line ${atUs}`)).toBe(true);
  });
});

describe("clock and entropy", () => {
  it("two clocks of one machine agree", () => {
    const originMs = preciseWallMs();
    const [first, second] = [createClock(originMs), createClock(originMs)];
    const before = first.nowUs();
    const between = second.nowUs();
    expect(between).toBeGreaterThanOrEqual(before);
    expect(first.nowUs()).toBeGreaterThanOrEqual(between);
    expect(before).toBeGreaterThanOrEqual(0);
  });

  it("fills more than one chunk, and nothing beside it", () => {
    const { memory } = machine();
    const at = 4 * 65536 - 8;
    const length = 100_000;
    fillWithEntropy(memory, at, length);
    const filled = memory.copy(at, length);
    expect(new Set(filled).size).toBe(256);
    expect(filled.subarray(length - 64).some((byte) => byte !== 0)).toBe(true);
    expect(memory.copy(at - 8, 8)).toEqual(new Uint8Array(8));
    expect(memory.copy(at + length, 8)).toEqual(new Uint8Array(8));
  });
});
