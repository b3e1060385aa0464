import type {
  ServiceEnd,
  ServiceInstance,
  ServiceLogLine,
  ServiceState,
  ServiceStatus,
  ServiceUnit,
} from "@cloudos/abi/service";
import { ServiceError } from "@cloudos/abi/service";
import { backoffMs } from "./backoff.ts";
import { ServiceLog } from "./service-log.ts";
import type { Timers } from "./timers.ts";

/** A state in which nothing more will happen by itself. */
const SETTLED: ReadonlySet<ServiceState> = new Set(["stopped", "running", "done", "failed"]);

/**
 * Keeps one service as its specification says. `up` and `down` say what is wanted; ends of instances, health checks and timers
 * move it between states. Every answer of an older life is void: `#epoch` tells.
 */
export class Keeper {
  readonly unit: ServiceUnit;
  readonly #timers: Timers;
  readonly #onGivenUp: (reason: string) => void;
  readonly #onLine: (line: ServiceLogLine) => void;
  readonly #log = new ServiceLog();
  #state: ServiceState = "stopped";
  #wanted = false;
  #instance: ServiceInstance | undefined;
  #startedMs = 0;
  #generation = 0;
  /** Failures since an instance last ran long enough. */
  #failures = 0;
  #reason: string | undefined;
  /** The end to come was asked for. */
  #forgiven = false;
  #epoch = 0;
  #launching: AbortController | undefined;
  #cancelTimer: () => void = () => undefined;
  #waiters: (() => void)[] = [];

  constructor(
    unit: ServiceUnit,
    timers: Timers,
    onLine: (line: ServiceLogLine) => void,
    onGivenUp: (reason: string) => void,
  ) {
    this.#onGivenUp = onGivenUp;
    this.unit = unit;
    this.#timers = timers;
    this.#onLine = onLine;
  }

  get state(): ServiceState {
    return this.#state;
  }

  get status(): ServiceStatus {
    const running = this.#instance !== undefined && (this.#state === "running" || this.#state === "stopping");
    return {
      spec: this.unit.spec,
      state: this.#state,
      ...(running && {
        identity: this.#instance!.identity,
        uptimeMs: Math.max(0, this.#timers.nowMs() - this.#startedMs),
      }),
      restarts: Math.max(0, this.#generation - 1),
      ...(this.#reason !== undefined && { reason: this.#reason }),
    };
  }

  get lines(): readonly ServiceLogLine[] {
    return this.#log.lines;
  }

  log(text: string): void {
    this.#onLine(this.#log.add({ atMs: this.#timers.wallMs(), text }));
  }

  /** Shown while what it needs is being started. */
  waits(): void {
    if (!this.#wanted && this.#state !== "stopping") this.#enter("waiting");
  }

  /** What it needs cannot be had. */
  cannot(reason: string): void {
    this.#wanted = false;
    this.#epoch++;
    this.#reason = reason;
    this.log(`not started: ${reason}`);
    this.#enter("failed");
  }

  /** Wanted from now on. Resolves when it runs (or is done); rejects when it is given up or stopped meanwhile. */
  async up(): Promise<void> {
    // Nothing is awaited when nothing is being stopped: of two who ask at once the second finds it wanted.
    while (this.#state === "stopping") await this.#change();
    if (!this.#wanted) {
      this.#wanted = true;
      this.#failures = 0;
      this.#reason = undefined;
      void this.#launch();
    }
    await this.settled();
    if (this.#state === "running" || this.#state === "done") return;
    throw new ServiceError(`Service "${this.unit.spec.name}" does not run: ${this.#reason ?? "it was stopped"}`);
  }

  /** As `up`, but a launch that fails is not tried again: the error of `launch` itself is thrown. */
  async first(): Promise<void> {
    this.#wanted = true;
    const error = await this.#launch(false);
    if (error !== undefined) throw error;
  }

  /** Not wanted from now on. Resolves when there is no instance. */
  async down(): Promise<void> {
    this.#wanted = false;
    this.#cancelTimer();
    const instance = this.#instance;
    if (instance === undefined) {
      // A launch under way finds that it is not wanted, and kills what it made.
      this.#epoch++;
      this.#launching?.abort();
      if (this.#state !== "done" && this.#state !== "failed") this.#enter("stopped");
      return;
    }
    if (this.#state !== "stopping") {
      this.#enter("stopping");
      instance.stop();
      this.#after(this.unit.spec.stopTimeoutMs, () => {
        this.log(`did not stop within ${this.unit.spec.stopTimeoutMs} ms: killed`);
        instance.kill();
      });
    }
    await instance.ended;
    while (this.#state === "stopping") await this.#change();
  }

  /** Ends the instance as a crash would. One on request is nobody's failure: it does not count towards giving up. */
  async kill(reason: string, onRequest = false): Promise<void> {
    const instance = this.#instance;
    if (instance === undefined) {
      this.#launching?.abort();
      return this.settled();
    }
    this.log(reason);
    this.#forgiven = onRequest;
    instance.kill();
    await instance.ended;
    // The end is dealt with in the same turn, behind this one.
    await undefined;
    await this.settled();
  }

  /** Resolves in a state that lasts. */
  async settled(): Promise<void> {
    while (!SETTLED.has(this.#state)) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Returns what kept it from starting. */
  async #launch(retry = true): Promise<unknown> {
    const epoch = ++this.#epoch;
    this.#enter("starting");
    const launching = new AbortController();
    this.#launching = launching;
    let instance: ServiceInstance;
    try {
      instance = await this.unit.launch({
        generation: this.#generation,
        log: (text) => this.log(text),
        signal: launching.signal,
      });
      this.#launching = undefined;
    } catch (error) {
      if (epoch !== this.#epoch) return undefined;
      const text = error instanceof Error ? error.message : String(error);
      this.log(`cannot start: ${text}`);
      this.#reason = text;
      if (retry) this.#again();
      else {
        this.#wanted = false;
        this.#enter("failed");
      }
      return error;
    }
    if (epoch !== this.#epoch || launching.signal.aborted) {
      instance.kill();
      // Killed while it started, and still wanted.
      if (epoch === this.#epoch) this.#again();
      return undefined;
    }
    this.#generation++;
    this.#instance = instance;
    this.#startedMs = this.#timers.nowMs();
    this.log(`started (${instance.identity})`);
    void instance.ended.then((end) => this.#ended(epoch, end));
    if (this.unit.spec.kind === "daemon") {
      this.#enter("running");
      this.#watch(epoch);
    }
    return undefined;
  }

  #ended(epoch: number, end: ServiceEnd): void {
    if (epoch !== this.#epoch) return;
    this.#cancelTimer();
    this.#instance = undefined;
    this.#reason = end.text;
    this.log(end.text);
    const { restart, backoff } = this.unit.spec;
    if (!this.#wanted) this.#enter("stopped");
    else if (end.ok && (this.unit.spec.kind === "oneshot" || restart !== "always")) this.#finish("done");
    else if (restart === "never") this.#finish("failed");
    else {
      if (this.#forgiven || this.#timers.nowMs() - this.#startedMs >= backoff.healthyMs) this.#failures = 0;
      this.#forgiven = false;
      this.#again();
    }
  }

  #finish(state: "done" | "failed"): void {
    this.#wanted = false;
    this.#enter(state);
  }

  #again(): void {
    const delayMs = backoffMs(this.unit.spec.backoff, ++this.#failures);
    if (delayMs === undefined) {
      this.#reason = `given up after ${this.#failures} failures: ${this.#reason}`;
      this.log(this.#reason);
      this.#finish("failed");
      this.#onGivenUp(this.#reason);
      return;
    }
    this.#enter("backoff");
    this.#after(delayMs, () => void this.#launch());
  }

  /** Asks after its health, for as long as this life lasts. */
  #watch(epoch: number): void {
    const { health } = this.unit.spec;
    const instance = this.#instance;
    if (!health || !instance?.check) return;
    const check = instance.check.bind(instance);
    this.#after(health.intervalMs, () => {
      let answered = false;
      const current = () => epoch === this.#epoch && this.#instance === instance && this.#state === "running";
      const sick = (reason: string) => {
        if (answered || !current()) return;
        answered = true;
        void this.kill(`health check failed: ${reason}`);
      };
      const patience = () => {
        const dueMs = this.#timers.nowMs() + health.timeoutMs;
        this.#after(health.timeoutMs, () => {
          // Timers held back (a hidden tab, a suspended computer) held the answer back as well.
          if (this.#timers.nowMs() - dueMs > health.timeoutMs) patience();
          else sick(`no answer within ${health.timeoutMs} ms`);
        });
      };
      patience();
      check().then(
        () => {
          if (answered || !current()) return;
          answered = true;
          this.#watch(epoch);
        },
        (error: unknown) => sick(error instanceof Error ? error.message : String(error)),
      );
    });
  }

  /** The one timer of the state it is in. */
  #after(delayMs: number, action: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#timers.after(delayMs, action);
  }

  #enter(state: ServiceState): void {
    if (state !== "backoff" && state !== "stopping") this.#cancelTimer();
    this.#state = state;
    for (const wake of this.#waiters.splice(0)) wake();
  }
}
