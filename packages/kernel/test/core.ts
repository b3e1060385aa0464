/**
 * A core for the kernel's tests: a kernel instance, JSPI fibers and gates, and one pass of the loop at a time. It is what
 * packages/hal-wasm/src/core does, without clocks and sleep. Runs in the tests' own thread or in a worker.
 */
import { readFileSync } from "node:fs";
import {
  ACTION_RESUME,
  ACTION_START,
  ACTION_UNWIND,
  EXIT_RETURN,
  EXIT_TRAP,
  EXIT_UNWOUND,
  GATE_SLOTS,
  type KernelExports,
  SIGSEGV,
} from "@cloudos/abi";
import wabt from "wabt";
import type { Program } from "./service.ts";

export type Kernel = KernelExports & Record<string, (...values: never[]) => unknown>;

/** What the cores of a machine share. */
export interface Board {
  readonly memory: WebAssembly.Memory;
  readonly programs: ReadonlyMap<string, Program>;
  /** Memories of programs by process, to look at results. */
  readonly memories: Map<number, WebAssembly.Memory>;
  nowUs(): number;
  /** What programs of this board may import beside the system's calls: called once for each that is loaded. */
  imports?(pid: number, memory: WebAssembly.Memory): WebAssembly.Imports;
  /** A program, or the kernel under it, trapped or panicked. */
  trapped?(pid: number, error: Error): void;
}

declare const WebAssembly: {
  Suspending: new (f: (...a: number[]) => unknown) => object;
  promising(f: unknown): () => Promise<void>;
} & typeof globalThis.WebAssembly;

const features = { multi_memory: true, threads: true, bulk_memory: true };
const assembler = await wabt();
const read = (path: string) => readFileSync(new URL(path, import.meta.url));
const kernelModule = new WebAssembly.Module(read("../../../build/kernel/kernel.wasm"));
const posixModule = new WebAssembly.Module(read("../../../build/kernel/posix.wasm"));

export function compile(name: string, text: string): WebAssembly.Module {
  const parsed = assembler.parseWat(name, text, features);
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return new WebAssembly.Module(buffer as Uint8Array<ArrayBuffer>);
}
const gateModule = compile("gate.wat", read("../../hal-wasm/src/gate/gate.wat").toString());

/** The program's pages when it starts and may have at most. */
const PROGRAM_PAGES = 2;

interface Running {
  wake?: (value: undefined) => void;
  gateSlot: number;
  memory: WebAssembly.Memory;
  start: () => void;
  started: boolean;
}

/** A kernel instance on the board's memory. Agents, which have no fibers, do without `suspend`. */
export function makeKernel(
  board: Board,
  suspend: unknown = () => {},
  table = new WebAssembly.Table({ element: "anyfunc", initial: 1024 }),
): Kernel {
  const env = { memory: board.memory, table };
  const hal = {
    suspend,
    unwind: () => {
      throw new Unwinding();
    },
    now_us: () => board.nowUs(),
    wall_ms: () => 1_700_000_000_000 + board.nowUs() / 1000,
    entropy: (at: number, length: number) =>
      new Uint8Array(board.memory.buffer).fill(0xa5, at >>> 0, (at >>> 0) + length),
    panic: (code: number) => {
      throw new Error(`Kernel panic ${code}`);
    },
  } as unknown as WebAssembly.ModuleImports;
  const kernel = new WebAssembly.Instance(kernelModule, { env, hal }).exports;
  const posix = new WebAssembly.Instance(posixModule, { env, hal, kernel }).exports;
  return { ...kernel, ...posix } as unknown as Kernel;
}

/** packages/hal-wasm's, which is no dependency of this package: only its tests use it. */
interface Guard {
  stackProbe(): Uint8Array<ArrayBuffer>;
  maskedCalls(binaries: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
}
const guard = new URL("../../hal-wasm/src/loader/guarded-calls.ts", import.meta.url).href;
const { maskedCalls, stackProbe } = (await import(guard)) as Guard;

/** The kernel as a process with a call mask sees it: the board's own stubs. */
function maskedKernel(kernel: Kernel): WebAssembly.Exports {
  const { probe } = new WebAssembly.Instance(new WebAssembly.Module(stackProbe())).exports;
  const stubs = maskedCalls(["kernel", "posix"].map((name) => read(`../../../build/kernel/${name}.wasm`)));
  return new WebAssembly.Instance(new WebAssembly.Module(stubs), {
    stack: { probe },
    mask: { allowed: kernel.call_allowed },
    kernel,
  } as unknown as WebAssembly.Imports).exports;
}

class Unwinding extends Error {}

export class Core {
  readonly kernel: Kernel;
  readonly #board: Board;
  readonly #table = new WebAssembly.Table({ element: "anyfunc", initial: 4096 });
  readonly #fibers = new Map<number, Running>();
  readonly #freeSlots: number[] = [];
  #nextSlot = 1024;
  #running = false;

  constructor(board: Board, id: number) {
    this.#board = board;
    this.kernel = makeKernel(
      board,
      new WebAssembly.Suspending((index: number) => {
        this.#running = false;
        return new Promise((resolve) => {
          this.#fibers.get(index)!.wake = resolve;
        });
      }),
      this.#table,
    );
    this.kernel.core_init(id);
  }

  /** One pass of the loop. False when there was nothing to run. */
  async turn(): Promise<boolean> {
    const next = this.kernel.core_next() >>> 0;
    const index = next >>> 2;
    switch (next & 3) {
      case ACTION_START:
        this.#load(index);
        return true;
      case ACTION_RESUME:
        this.#resume(index);
        break;
      case ACTION_UNWIND:
        this.#fibers.delete(index);
        this.kernel.fiber_exited(index, EXIT_UNWOUND, 0);
        return true;
      default:
        return false;
    }
    while (this.#running) await undefined;
    return true;
  }

  #load(index: number): void {
    const { kernel } = this;
    const id = kernel.fiber_module(index);
    const program = [...this.#board.programs.values()].find((p) => p.kind === "module" && p.id === id);
    if (program?.kind !== "module") throw new Error(`No module ${id}`);
    const memory = new WebAssembly.Memory({ initial: PROGRAM_PAGES, maximum: PROGRAM_PAGES });
    const gate = new WebAssembly.Instance(gateModule, { cloudos: { memory }, env: { memory: this.#board.memory } });
    const slot = this.#freeSlots.pop() ?? this.#nextSlot;
    if (slot === this.#nextSlot) this.#nextSlot += GATE_SLOTS;
    if (this.#nextSlot > this.#table.length) this.#table.grow(this.#table.length);
    const names = ["copy_in", "copy_out", "fill", "load32", "store32", "store64", "size", "load64"];
    for (const [i, name] of names.entries()) this.#table.set(slot + i, gate.exports[name]);
    const imports: Record<string, Record<string, unknown>> = {
      cloudos: { memory },
      kernel: { preempt: kernel.preempt },
    };
    const prefixes = { wasi_snapshot_preview1: "p1_", wasi_unstable: "u_", cloudos_v1: "c1_" };
    const calls = kernel.process_masked(kernel.fiber_process(index)) === 0 ? kernel : maskedKernel(kernel);
    for (const [module, prefix] of Object.entries(prefixes)) {
      imports[module] = {};
      for (const [name, value] of Object.entries(calls)) {
        if (name.startsWith(prefix)) imports[module][name.slice(prefix.length)] = value;
      }
    }
    const pid = kernel.fiber_process(index);
    Object.assign(imports, this.#board.imports?.(pid, memory));
    const instance = new WebAssembly.Instance(program.module, imports as WebAssembly.Imports);
    this.#board.memories.set(pid, memory);
    this.#fibers.set(index, { gateSlot: slot, memory, start: instance.exports._start as () => void, started: false });
    kernel.fiber_bind(index, slot);
  }

  #resume(index: number): void {
    const fiber = this.#fibers.get(index)!;
    this.#running = true;
    if (fiber.started) {
      fiber.wake!(undefined);
      return;
    }
    fiber.started = true;
    const pid = this.kernel.fiber_process(index);
    const ended = (how: number, detail: number) => {
      this.#running = false;
      this.#fibers.delete(index);
      this.#freeSlots.push(fiber.gateSlot);
      this.kernel.fiber_exited(index, how, detail);
    };
    WebAssembly.promising(fiber.start)().then(
      () => ended(EXIT_RETURN, 0),
      (error: unknown) => {
        if (error instanceof Unwinding) {
          ended(EXIT_UNWOUND, 0);
          return;
        }
        this.#board.trapped?.(pid, error as Error);
        this.#running = false;
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
        ended(EXIT_TRAP, SIGSEGV);
      },
    );
  }
}
