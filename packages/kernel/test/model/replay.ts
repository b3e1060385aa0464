/** Runs a history on the model and on the kernel, step by step, and finds the first step after which they differ. */
import { EAGAIN, EMSGSIZE } from "@cloudos/abi";
import { baseline, type Footprint } from "../leak/footprint.ts";
import { type Actor, type Answer, AT, FOREVER, Troupe } from "../troupe.ts";
import { Model } from "./model.ts";
import { EndpointModel } from "./objects.ts";
import { digest, type Operation, type Outcome, pattern } from "./operations.ts";

export interface World {
  readonly processes: number;
  readonly cores: number;
}

export interface Difference {
  /** Number of the step after which model and kernel differ. */
  readonly step: number;
  readonly text: string;
}

const TYPES: Readonly<Record<number, string>> = { 9: "channel", 11: "event", 13: "vmo" };
/** Handle values that mean nothing: what a number stands for whose handle was never made, as when steps are left out. */
const NEVER = 0x7ffff000;

interface Pending {
  readonly operation: Operation;
  readonly answer: Answer;
}

/** One process in the kernel: its handle values by the history's numbers. */
class Player {
  readonly actor: Actor;
  readonly values = new Map<number, number>();
  pending: Pending | undefined;

  constructor(actor: Actor) {
    this.actor = actor;
  }

  value(number: number): number {
    return this.values.get(number) ?? NEVER;
  }

  /** Puts arguments in place and begins the call. */
  begin(operation: Operation): void {
    const answer = this.actor.begin(operation.do, ...this.#arguments(operation));
    this.pending = { operation, answer };
  }

  #arguments(operation: Operation): (number | bigint)[] {
    const { actor } = this;
    const deadline = "waits" in operation && operation.waits ? FOREVER : 0n;
    switch (operation.do) {
      case "event_create":
      case "channel_create":
        return [AT.out];
      case "vmo_create":
        return [BigInt(operation.size), operation.flags, AT.out];
      case "handle_dup":
        return [this.value(operation.handle), operation.rights, AT.out];
      case "channel_mint":
        return [this.value(operation.handle), operation.badge, operation.rights, AT.out];
      case "handle_close":
      case "handle_revoke":
        return [this.value(operation.handle)];
      case "handle_info":
        return [this.value(operation.handle), AT.info];
      case "object_signal":
        return [this.value(operation.handle), operation.clear, operation.set];
      case "object_wait":
        return [this.value(operation.handle), operation.signals, deadline, AT.out];
      case "channel_write":
        actor.bytes.set(pattern(operation.fill, Math.min(operation.length, 65536)), AT.big);
        actor.put(AT.handles, ...operation.handles.map((number) => this.value(number)));
        return [this.value(operation.handle), AT.big, operation.length, AT.handles, operation.handles.length, deadline];
      case "channel_read": {
        const { capacity, handleCapacity } = operation;
        return [this.value(operation.handle), AT.big, capacity, AT.handles, handleCapacity, AT.info, deadline];
      }
      case "vmo_read":
        return [this.value(operation.handle), BigInt(operation.offset), AT.big, operation.length];
      case "vmo_write":
        actor.bytes.set(pattern(operation.fill, operation.length), AT.big);
        return [this.value(operation.handle), BigInt(operation.offset), AT.big, operation.length];
      case "vmo_clone": {
        const { offset, size, flags } = operation;
        return [this.value(operation.handle), BigInt(offset), BigInt(size), flags, AT.out];
      }
      case "vmo_resize":
        return [this.value(operation.handle), BigInt(operation.size)];
      case "vmo_size":
        return [this.value(operation.handle), AT.out];
      case "kill":
        return [];
    }
  }

  /** What the call has answered, if it has. New handles get their numbers. */
  finish(): Outcome | undefined {
    if (this.pending === undefined) return undefined;
    const { operation, answer } = this.pending;
    if (answer.errno === undefined) return { errno: undefined };
    this.pending = undefined;
    const { errno } = answer;
    const { actor } = this;
    const made = "makes" in operation && operation.do !== "channel_read";
    if (errno === 0 && made) this.values.set(operation.makes, actor.u32(AT.out));
    switch (operation.do) {
      case "channel_create":
        if (errno === 0) this.values.set(operation.makesPeer, actor.u32(AT.out + 4));
        break;
      case "handle_info":
        if (errno !== 0) break;
        return {
          errno,
          out: [TYPES[actor.u32(AT.info)] ?? actor.u32(AT.info), actor.u32(AT.info + 4), actor.u64(AT.info + 8)],
        };
      case "object_wait":
        if (errno === 0 || errno === EAGAIN) return { errno, out: actor.u32(AT.out) };
        break;
      case "channel_read": {
        const info = [actor.u32(AT.info), actor.u32(AT.info + 4), actor.u64(AT.info + 8)] as const;
        if (errno === EMSGSIZE) return { errno, out: info };
        if (errno !== 0) break;
        const arrived = Array.from({ length: info[1] }, (_, i) => {
          const value = actor.u32(AT.handles + 4 * i);
          if (value !== 0) this.values.set(operation.makes + i, value);
          return value !== 0;
        });
        return { errno, out: [...info, digest(actor.bytes.subarray(AT.big, AT.big + info[0])), ...arrived] };
      }
      case "vmo_read":
        if (errno !== 0) break;
        return { errno, out: digest(actor.bytes.subarray(AT.big, AT.big + operation.length)) };
      case "vmo_size":
        if (errno !== 0) break;
        return { errno, out: Number(actor.u64(AT.out)) };
    }
    return { errno };
  }
}

export interface Replay {
  readonly difference: Difference | undefined;
  readonly before: Footprint;
  /** After all processes have ended. */
  readonly after: Footprint;
}

/** Neighbours (the last and the first, too) have a channel between them from the start: numbers `START_LEFT` and `START_RIGHT`. */
export const START_LEFT = 1;
export const START_RIGHT = 2;

export class Stage {
  readonly model: Model;
  readonly troupe: Troupe;
  readonly #players: Player[] = [];
  before: Footprint | undefined;

  private constructor(world: World) {
    this.model = new Model(world.processes);
    this.troupe = new Troupe({ cores: world.cores, processLimit: 64 });
  }

  static async set(world: World): Promise<Stage> {
    const stage = new Stage(world);
    const { troupe, model } = stage;
    // The agent's table of handles is made with its first handle and stays.
    for (const handle of troupe.channel()) troupe.agent("handle_close", handle);
    stage.before = baseline(troupe.host);
    const channels = Array.from({ length: world.processes }, () => troupe.channel());
    for (let i = 0; i < world.processes; i++) {
      const left = channels[(i + world.processes - 1) % world.processes]![1];
      const right = channels[i]![0];
      stage.#players.push(new Player(await troupe.start({ left, right })));
    }
    for (const handle of channels.flat()) troupe.agent("handle_close", handle);
    for (let i = 0; i < world.processes; i++) {
      const player = stage.#players[i]!;
      player.values.set(START_LEFT, await player.actor.given("left"));
      player.values.set(START_RIGHT, await player.actor.given("right"));
      const [one, two] = EndpointModel.pair();
      model.give(i, START_RIGHT, one);
      model.give((i + 1) % world.processes, START_LEFT, two);
    }
    return stage;
  }

  /** Does a step on both sides. What is different afterwards, or undefined. */
  async step(operation: Operation): Promise<string | undefined> {
    const player = this.#players[operation.by]!;
    const expected = this.model.step(operation);
    if (operation.do === "kill") {
      await player.actor.kill();
      player.pending = undefined;
    } else {
      player.begin(operation);
      await this.troupe.host.settle();
    }
    for (const [i, other] of this.#players.entries()) {
      const wanted = expected.get(i);
      const got = other.finish();
      if (got === undefined) continue;
      const waits = wanted === undefined || wanted.errno === undefined;
      if (waits && got.errno === undefined) continue;
      const [a, b] = [show(waits ? { errno: undefined } : wanted), show(got)];
      if (a !== b) return `process ${i}: the model says ${a}, the kernel ${b}`;
    }
    return undefined;
  }

  /** Ends everything. */
  async close(): Promise<Footprint> {
    await this.troupe.end();
    return baseline(this.troupe.host);
  }
}

const show = ({ errno, out }: Outcome): string =>
  errno === undefined ? "it waits" : `errno ${errno}${out === undefined ? "" : ` ${String(out)}`}`;

/** Steps that the model says cannot be made (a process that waits or is dead) are left out. */
export function possible(model: Model, operation: Operation): boolean {
  const process = model.processes[operation.by]!;
  return process.alive && (process.waiting === undefined || operation.do === "kill");
}

export async function replay(world: World, history: readonly Operation[]): Promise<Replay> {
  const stage = await Stage.set(world);
  let difference: Difference | undefined;
  for (const [step, operation] of history.entries()) {
    if (!possible(stage.model, operation)) continue;
    const text = await stage.step(operation);
    if (text === undefined) continue;
    difference = { step, text };
    break;
  }
  return { difference, before: stage.before!, after: await stage.close() };
}

/** Leaves out steps as long as a difference stays. */
export async function minimise(world: World, history: readonly Operation[]): Promise<readonly Operation[]> {
  let kept = [...history];
  for (let size = Math.ceil(kept.length / 4); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = kept.length - size; at >= 0; at -= size) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      const { difference } = await replay(world, fewer);
      if (difference !== undefined) kept = fewer.slice(0, difference.step + 1);
    }
  }
  return kept;
}

export function print(history: readonly Operation[]): string {
  return history
    .map((operation) => JSON.stringify(operation, (_, value) => (typeof value === "bigint" ? `${value}n` : value)))
    .join("\n");
}
