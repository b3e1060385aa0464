import { joinState, STATE_EMULATOR, splitState } from "@cloudos/hal-wasm/machine/saved-state";
import { type MachineWorkerHandle, SupervisedMachine } from "@cloudos/hal-wasm/machine/supervisor";
import type { MachineBoard } from "@cloudos/runtime";

/** Machines of this page: each in a worker of its own, all from one compiled emulator. */
export class WebBoard implements MachineBoard {
  readonly emulator = STATE_EMULATOR;
  readonly split = splitState;
  readonly join = joinState;
  readonly #osUrl: string;
  #compiled: Promise<WebAssembly.Module> | null = null;
  #spare: Worker | null = null;

  constructor(osUrl: string) {
    this.#osUrl = osUrl;
  }

  /** Compiles the emulator and loads a worker's script: what a start would otherwise wait for. */
  prepare(): void {
    void this.#emulator().catch(() => undefined);
    this.#spare ??= startWorker();
  }

  async create(config: Parameters<MachineBoard["create"]>[0]): Promise<SupervisedMachine> {
    const worker = this.#spare ?? startWorker();
    this.#spare = null;
    try {
      const emulator = await this.#emulator();
      return await SupervisedMachine.create(worker as unknown as MachineWorkerHandle, { ...config, emulator });
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  #emulator(): Promise<WebAssembly.Module> {
    this.#compiled ??= WebAssembly.compileStreaming(fetch(new URL("x86.wasm", this.#osUrl)));
    this.#compiled.catch(() => {
      // The next start tries again.
      this.#compiled = null;
    });
    return this.#compiled;
  }
}

// Vite finds workers by this very form of the expression.
function startWorker(): Worker {
  return new Worker(new URL("./machine-worker.ts", import.meta.url), { type: "module", name: "x86 machine" });
}
