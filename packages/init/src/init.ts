import type { ServiceLogLine, ServiceStatus, Services, ServiceUnit } from "@cloudos/abi/service";
import { ServiceError } from "@cloudos/abi/service";
import { Keeper } from "./keeper.ts";
import { dependents, startOrder } from "./order.ts";
import { systemTimers, type Timers } from "./timers.ts";

type LineListener = (name: string, line: ServiceLogLine) => void;

export interface InitOptions {
  readonly timers?: Timers;
  /** A service died too often, or cannot be started. */
  readonly onGivenUp?: ((name: string, reason: string) => void) | undefined;
}

/** Starts services in the order of what they need and keeps them running. */
export class Init implements Services {
  readonly #keepers = new Map<string, Keeper>();
  readonly #followers = new Set<{ readonly name: string | undefined; readonly listener: LineListener }>();
  readonly #timers: Timers;
  readonly #onGivenUp: InitOptions["onGivenUp"];
  #up = false;

  constructor(options: InitOptions = {}) {
    this.#timers = options.timers ?? systemTimers;
    this.#onGivenUp = options.onGivenUp;
  }

  list(): readonly ServiceStatus[] {
    return [...this.#keepers.values()].map(({ status }) => status);
  }

  status(name: string): ServiceStatus {
    return this.#keeper(name).status;
  }

  add(unit: ServiceUnit): void {
    const { name } = unit.spec;
    const known = this.#keepers.get(name);
    if (known && (known.state === "running" || known.state === "starting" || known.state === "stopping")) {
      throw new ServiceError(`Cannot replace service "${name}": it is ${known.state}`);
    }
    // Does it fit in? A cycle is refused here, where it can be named, and changes nothing.
    const others = [...this.#keepers.values()].map(({ unit: each }) => each.spec).filter((each) => each.name !== name);
    if (this.#up) startOrder([...others, unit.spec]);
    void known?.down();
    this.#keepers.set(
      name,
      new Keeper(
        unit,
        this.#timers,
        (line) => {
          for (const follower of this.#followers) {
            if (follower.name === undefined || follower.name === name) follower.listener(name, line);
          }
        },
        (reason) => this.#onGivenUp?.(name, reason),
      ),
    );
    if (this.#up && unit.spec.enabled) this.start(name).catch(() => undefined); // Its state and log say why.
  }

  /** One service before all others, needed for the machine to come up at all. Rejects with what its launch rejected with. */
  bring(name: string): Promise<void> {
    return this.#keeper(name).first();
  }

  /** Starts every enabled service. Throws on a cycle; services that do not start are left to their policies. */
  startAll(): Promise<void> {
    const order = startOrder([...this.#keepers.values()].map(({ unit }) => unit.spec));
    this.#up = true;
    const enabled = order.filter((name) => this.#keeper(name).unit.spec.enabled);
    return Promise.allSettled(enabled.map((name) => this.start(name))).then(() => undefined);
  }

  /** Stops every service but those the machine cannot run without, what needs others first. */
  async stopAll(): Promise<void> {
    this.#up = false;
    const specs = [...this.#keepers.values()].map(({ unit }) => unit.spec);
    for (const name of startOrder(specs).reverse()) {
      if (!this.#keeper(name).unit.spec.essential) await this.#keeper(name).down();
    }
  }

  async start(name: string): Promise<void> {
    const keeper = this.#keeper(name);
    if (keeper.state === "running") return;
    startOrder([...this.#keepers.values()].map(({ unit }) => unit.spec));
    if (keeper.unit.spec.needs.length > 0) {
      keeper.waits();
      try {
        for (const need of keeper.unit.spec.needs) await this.#ready(need);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        keeper.cannot(reason);
        throw error;
      }
      // Stopped while it waited?
      if (keeper.state === "stopped") throw new ServiceError(`Service "${name}" was stopped`);
    }
    await keeper.up();
  }

  async stop(name: string): Promise<void> {
    const { spec } = this.#keeper(name).unit;
    if (spec.essential) {
      throw new ServiceError(`Cannot stop "${name}": the machine does not run without it. It can be restarted`);
    }
    const specs = [...this.#keepers.values()].map(({ unit }) => unit.spec);
    for (const each of [...dependents(specs, name), name]) await this.#keeper(each).down();
  }

  async restart(name: string): Promise<void> {
    const keeper = this.#keeper(name);
    if (keeper.unit.spec.essential && keeper.state === "running") {
      await this.kill(name);
      return;
    }
    await keeper.down();
    await this.start(name);
  }

  async kill(name: string): Promise<void> {
    await this.#keeper(name).kill("killed on request", true);
  }

  log(name: string): readonly ServiceLogLine[] {
    return this.#keeper(name).lines;
  }

  follow(name: string | undefined, listener: LineListener): () => void {
    if (name !== undefined) this.#keeper(name);
    const follower = { name, listener };
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** A need that is not wanted is started; one that runs, or has run, is ready. */
  async #ready(name: string): Promise<void> {
    const { state } = this.#keeper(name);
    if (state === "running" || state === "done") return;
    await this.start(name);
  }

  #keeper(name: string): Keeper {
    const keeper = this.#keepers.get(name);
    if (keeper) return keeper;
    throw new ServiceError(`There is no service "${name}"`);
  }
}
