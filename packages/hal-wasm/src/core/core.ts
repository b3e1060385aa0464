import {
  ACTION_IDLE,
  ACTION_RESUME,
  ACTION_START,
  ACTION_UNWIND,
  type Clock,
  CORE_O_DOORBELL,
  CORE_O_NOW_US,
  coreBlock,
  EXIT_RETURN,
  EXIT_TRAP,
  EXIT_UNWOUND,
  IRQ_RESCHED,
  type MachineMode,
} from "@cloudos/abi";
import { type GateMaker, hostGate, wasmGate } from "../gate/gate.ts";
import { jspi } from "../kernel/features.ts";
import { FIRST_GATE_SLOT, instantiateKernel, type KernelFunctions, KernelPanic } from "../kernel/kernel-instance.ts";
import type { KernelMemory } from "../kernel/kernel-memory.ts";
import type { BoardModules } from "../kernel/modules.ts";
import { GateSlots } from "../loader/gate-slots.ts";
import { type LoaderContext, loadProgram } from "../loader/load-program.ts";
import { type SystemImports, systemImports } from "../loader/system-imports.ts";
import { errorsGoToTerminal, withCoreText } from "./core-text.ts";
import { createEventLoopTurn } from "./event-loop.ts";
import { Fiber, PARK_GO_ON, PARK_KILLED } from "./fiber.ts";
import { IdleWait } from "./idle.ts";
import type { ModuleCache } from "./module-cache.ts";
import { trapOf } from "./traps.ts";

/** How long a busy core keeps the event loop waiting. In UP mode the host's side of the machine lives on the same loop. */
const TURN_US: Readonly<Record<MachineMode, number>> = { smp: 4000, up: 1000 };

/** How late a timer may be while the page is hidden. Doorbells (input, messages) are not held back. */
const SAVING_SLACK_US = 250_000;

export interface CoreOptions {
  readonly id: number;
  readonly mode: MachineMode;
  readonly memory: KernelMemory;
  readonly modules: BoardModules;
  readonly clock: Clock;
  readonly cache: ModuleCache;
}

/** A CPU core: runs the kernel's fibers one at a time on this worker's event loop. */
export class Core {
  readonly #options: CoreOptions;
  readonly #kernel: KernelFunctions;
  readonly #loader: LoaderContext;
  readonly #maskedImports: () => SystemImports;
  #masked: LoaderContext | undefined;
  readonly #idle: IdleWait;
  readonly #eventLoop = createEventLoopTurn();
  /** By index. */
  readonly #fibers: (Fiber | undefined)[] = [];
  #fiberCount = 0;
  /** The core's own block: the clock as the kernel last read it. The block never moves, so the view stays good when memory grows. */
  readonly #block: Float64Array;
  /** Fibers whose module is being fetched. A killed one is taken out, and its answer dropped. */
  readonly #loading = new Map<number, symbol>();
  /** Work that arrived from the event loop; done between two fibers. */
  readonly #arrived: (() => void)[] = [];
  /** A fiber is on the processor: it has neither parked nor ended. */
  #running = false;
  /** Continues the loop once no fiber is on the processor. */
  #returned: (() => void) | undefined;
  /** What `core_next` answered when a fiber parked, if the loop has to see to it. */
  #next: number | undefined;
  #turnDueUs = 0;
  #stopped = false;
  /** Nobody looks: timers of all cores and processes fire together, a little late. */
  saving = false;
  #panic: KernelPanic | undefined;

  constructor(options: CoreOptions) {
    const { id, memory, modules, clock } = options;
    this.#options = options;
    const table = new WebAssembly.Table({ element: "anyfunc", initial: FIRST_GATE_SLOT });
    const stack = new WebAssembly.Instance(modules.fiber, {
      core: {
        park: new jspi.Suspending((index: number) => this.#park(index)),
        unwinding: (index: number) => {
          this.#fibers[index]!.unwinding = true;
        },
        panicked: (code: number) => {
          this.#panic = new KernelPanic(code);
        },
      },
    }).exports;
    this.#kernel = instantiateKernel({
      modules: modules.kernel,
      memory,
      table,
      clock,
      control: { suspend: stack.suspend!, unwind: stack.unwind!, panic: stack.panic! },
    });
    this.#kernel.core_init(id);
    const { probe } = new WebAssembly.Instance(modules.guard.probe).exports;
    const guarded = {
      stack: { probe: probe! },
      mask: { allowed: this.#kernel.call_allowed as unknown as WebAssembly.ImportValue },
      kernel: this.#kernel as unknown as WebAssembly.ModuleImports,
    };
    const calls = new WebAssembly.Instance(modules.guard.calls, guarded).exports;
    this.#maskedImports = () => systemImports(new WebAssembly.Instance(modules.guard.masked, guarded).exports);
    const gate: GateMaker =
      modules.gate.kind === "wasm"
        ? wasmGate(modules.gate.module, memory.memory)
        : hostGate(modules.gate.module, memory.memory);
    this.#loader = {
      imports: systemImports(calls),
      gate,
      slots: new GateSlots(table, FIRST_GATE_SLOT),
      preempt: calls.preempt!,
    };
    this.#idle = new IdleWait(memory, id);
    this.#block = new Float64Array(memory.memory.buffer, coreBlock(id), CORE_O_NOW_US / 8 + 1);
  }

  /** Fibers with a stack or on their way to one, for leak checks. */
  get fiberCount(): number {
    return this.#fiberCount + this.#loading.size;
  }

  /** Runs until `stop`, or rejects with what the kernel died of. */
  async run(): Promise<void> {
    const { clock, mode } = this.#options;
    this.#turnDueUs = clock.nowUs() + TURN_US[mode];
    while (!this.#stopped) {
      const next = this.#next ?? this.#arrivedThenNext();
      this.#next = undefined;
      const index = next >>> 2;
      switch (next & 3) {
        case ACTION_IDLE:
          if (this.#arrived.length === 0) await this.#waitForWork();
          break;
        case ACTION_START:
          this.#idle.reset();
          this.#begin(index);
          break;
        case ACTION_RESUME:
          this.#idle.reset();
          this.#resume(index);
          break;
        case ACTION_UNWIND:
          this.#unwind(index);
          break;
      }
      if (this.#running) await this.#untilReturned();
      if (this.#panic) throw this.#panic;
      if (this.#nowUs >= this.#turnDueUs) {
        await this.#eventLoop.take();
        this.#turnDueUs = clock.nowUs() + TURN_US[mode];
      }
    }
    this.#eventLoop.close();
  }

  stop(): void {
    this.#stopped = true;
    this.#wakeSelf();
  }

  /** Microseconds, as the kernel last read the clock: at the last switch or check of the running program. */
  get #nowUs(): number {
    return this.#block[CORE_O_NOW_US / 8]!;
  }

  #arrivedThenNext(): number {
    for (let work = this.#arrived.shift(); work; work = this.#arrived.shift()) work();
    return this.#kernel.core_next() >>> 0;
  }

  #untilReturned(): Promise<void> {
    return new Promise((resolve) => {
      this.#returned = resolve;
    });
  }

  /** No fiber is on the processor any more: the loop goes on. */
  #leave(): void {
    this.#running = false;
    const returned = this.#returned;
    this.#returned = undefined;
    returned?.();
  }

  async #waitForWork(): Promise<void> {
    const { clock, mode } = this.#options;
    const nowUs = clock.nowUs();
    const deadlineUs = this.#kernel.core_deadline_us();
    const wakeUs = this.saving ? Math.ceil(deadlineUs / SAVING_SLACK_US) * SAVING_SLACK_US : deadlineUs;
    const timeoutMs = (wakeUs - nowUs) / 1000;
    await this.#idle.wait(timeoutMs, mode === "smp" && this.#loading.size === 0);
  }

  #wakeSelf(): void {
    this.#options.memory.ring(coreBlock(this.#options.id) + CORE_O_DOORBELL, IRQ_RESCHED);
  }

  /** A new process: from the cache at once, else when its module has arrived. */
  #begin(index: number): void {
    const { cache } = this.#options;
    const moduleId = this.#kernel.fiber_module(index) >>> 0;
    const cached = cache.peek(moduleId);
    if (cached) {
      this.#load(index, cached);
      return;
    }
    const ticket = Symbol("load");
    this.#loading.set(index, ticket);
    const whenStillWanted = (work: () => void) => {
      this.#arrived.push(() => {
        if (this.#loading.get(index) === ticket) work();
      });
      this.#wakeSelf();
    };
    const progress = (text: string) => {
      whenStillWanted(() => this.#progress(index, text));
    };
    cache.get(moduleId, progress).then((result) => {
      whenStillWanted(() => {
        this.#loading.delete(index);
        this.#load(index, result);
      });
    });
  }

  /** Links programs to stubs that look at their process's call mask. Made when the first such process comes. */
  #maskedLoader(): LoaderContext {
    this.#masked ??= { ...this.#loader, imports: this.#maskedImports() };
    return this.#masked;
  }

  #load(index: number, result: Awaited<ReturnType<ModuleCache["get"]>>): void {
    const kernel = this.#kernel;
    const pid = kernel.fiber_process(index);
    const limitPages = kernel.process_memory_limit(pid) >>> 0;
    const loader = kernel.process_masked(pid) === 0 ? this.#loader : this.#maskedLoader();
    const loaded = result.ok ? loadProgram(loader, result.value, limitPages) : result;
    if (loaded.ok) {
      this.#fibers[index] = new Fiber(index, loaded.value);
      this.#fiberCount++;
      const { dataStart, dataEnd, stackTop, heapBase } = loaded.value.layout;
      kernel.fiber_layout(index, dataStart, dataEnd, stackTop, heapBase);
      kernel.fiber_bind(index, loaded.value.gateSlot);
      return;
    }
    withCoreText(this.#options.memory, `${loaded.message}\n`, (address, length) => {
      kernel.fiber_load_failed(index, loaded.errno, address, length);
    });
  }

  #progress(index: number, text: string): void {
    const pid = this.#kernel.fiber_process(index);
    if (errorsGoToTerminal(this.#options.memory, this.#kernel, pid)) this.#notice(index, text);
  }

  #notice(index: number, text: string): void {
    withCoreText(this.#options.memory, text, (address, length) => this.#kernel.fiber_notice(index, address, length));
  }

  #resume(index: number): void {
    const fiber = this.#fibers[index]!;
    this.#running = true;
    if (fiber.started) {
      this.#release(fiber, PARK_GO_ON);
      return;
    }
    fiber.started = true;
    // Runs right here until it first parks.
    jspi
      .promising(fiber.program.start)()
      .then(
        () => this.#ended(fiber, EXIT_RETURN, 0),
        (error: unknown) => this.#failed(fiber, error),
      );
  }

  #unwind(index: number): void {
    this.#loading.delete(index);
    const fiber = this.#fibers[index];
    if (fiber?.wake) {
      this.#running = true;
      this.#release(fiber, PARK_KILLED);
      return;
    }
    // Killed before it had a stack.
    if (fiber) this.#forget(fiber);
    this.#kernel.fiber_exited(index, EXIT_UNWOUND, 0);
  }

  /**
   * A fiber leaves the processor. Mostly another one is ready, and is resumed right from here: the loop, which would cost two more
   * microtasks, is needed only for everything else.
   */
  #park(index: number): Promise<number> {
    const fiber = this.#fibers[index]!;
    const parked = new Promise<number>((resolve) => {
      fiber.wake = resolve;
    });
    if (this.#arrived.length === 0 && !this.#stopped && this.#nowUs < this.#turnDueUs) {
      const next = this.#kernel.core_next() >>> 0;
      const ready = (next & 3) === ACTION_RESUME ? this.#fibers[next >>> 2] : undefined;
      if (ready?.started) {
        this.#release(ready, PARK_GO_ON);
        return parked;
      }
      this.#next = next;
    }
    this.#leave();
    return parked;
  }

  #release(fiber: Fiber, outcome: number): void {
    const wake = fiber.wake!;
    fiber.wake = undefined;
    wake(outcome);
  }

  #failed(fiber: Fiber, error: unknown): void {
    if (fiber.unwinding || this.#panic) {
      this.#ended(fiber, EXIT_UNWOUND, 0);
      return;
    }
    const trap = trapOf(error);
    this.#notice(fiber.index, `${fiber.program.name}: ${trap.text}\n`);
    this.#ended(fiber, EXIT_TRAP, trap.signal);
  }

  #ended(fiber: Fiber, how: number, detail: number): void {
    this.#forget(fiber);
    // A dead kernel is not told.
    if (!this.#panic) this.#kernel.fiber_exited(fiber.index, how, detail);
    this.#leave();
  }

  #forget(fiber: Fiber): void {
    this.#loader.slots.release(fiber.program.gateSlot);
    this.#fibers[fiber.index] = undefined;
    this.#fiberCount--;
  }
}
