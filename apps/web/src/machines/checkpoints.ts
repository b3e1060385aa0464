import type { EnvironmentInfo, LiveMachine } from "@cloudos/runtime";

/** Quiet time on the console before a machine's state is saved. */
const QUIET_MS = 1500;
/** A busy console is saved now and then all the same. */
const LONGEST_MS = 30_000;
/** Nobody looks and nothing happens: the machine gives its memory back. */
const IDLE_SUSPEND_MS = 10 * 60_000;
const LOOK_MS = 500;
const BUSY_LOAD = 0.1;

export interface CheckpointedMachines {
  list(): Promise<readonly EnvironmentInfo[]>;
  live(name: string): Promise<LiveMachine>;
  snapshot(name: string): Promise<unknown>;
  suspend(name: string): Promise<unknown>;
}

/**
 * A closing page has no time to save a machine, so states are saved when a machine has come to rest, and when the page is hidden. What
 * happened since the last save is lost with the page; files are not.
 */
export class Checkpoints {
  readonly #machines: CheckpointedMachines;
  readonly #onError: (text: string) => void;
  /** Console activity that the last save of a machine has in it. */
  readonly #saved = new Map<string, number>();
  readonly #savedAt = new Map<string, number>();
  #running = false;

  constructor(machines: CheckpointedMachines, onError: (text: string) => void) {
    this.#machines = machines;
    this.#onError = onError;
    setInterval(() => void this.#look(false), LOOK_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.#look(true);
    });
  }

  async #look(hidden: boolean): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (const { name, state } of await this.#machines.list()) {
        if (state.name === "running") await this.#consider(name, hidden);
      }
    } catch (error) {
      this.#onError(error instanceof Error ? error.message : String(error));
    } finally {
      this.#running = false;
    }
  }

  async #consider(name: string, hidden: boolean): Promise<void> {
    const live = await this.#machines.live(name);
    const { lastActivityMs, attached } = live.console;
    const now = performance.now();
    const quietMs = now - lastActivityMs;
    const stats = await live.device.stats();
    if (!attached && quietMs > IDLE_SUSPEND_MS && stats.idleMs > IDLE_SUSPEND_MS) {
      await this.#machines.suspend(name);
      return;
    }
    if (this.#saved.get(name) === lastActivityMs) return;
    const isDue = quietMs > QUIET_MS && stats.load < BUSY_LOAD;
    const isOverdue = now - (this.#savedAt.get(name) ?? lastActivityMs) > LONGEST_MS;
    if (!isDue && !isOverdue && !hidden) return;
    await this.#machines.snapshot(name);
    this.#saved.set(name, lastActivityMs);
    this.#savedAt.set(name, performance.now());
  }
}
