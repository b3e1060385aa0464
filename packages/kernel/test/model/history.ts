/** Random histories: operations that mostly make sense where they stand, as the model knows what is there. */
import { PAGE_SIZE, RIGHTS_ALL_OBJECT, SIGNAL_PEER_CLOSED, SIGNAL_SIGNALED, VMO_RESIZABLE } from "@cloudos/abi";
import type { Random } from "../fuzz/random.ts";
import type { Model } from "./model.ts";
import type { EndpointModel, ObjectModel } from "./objects.ts";
import { ARRIVALS, type Operation } from "./operations.ts";
import { possible } from "./replay.ts";

/** Handles a process has before it makes fewer. */
const MANY = 24;
const USER_SIGNAL = 0x40000000;
const SIZES = [0, 1, PAGE_SIZE - 1, PAGE_SIZE, 3 * PAGE_SIZE + 5, 40 * PAGE_SIZE, 2000];
const LENGTHS = [0, 1, 15, 100, 128, 129, 4000, 4096, 20_000, 65536, 65537];

export class Histories {
  readonly #random: Random;
  readonly #model: Model;
  #next = 16;
  /** Whether somebody else can still do something, so that a wait may end. */
  #mayWait = false;

  constructor(random: Random, model: Model) {
    this.#random = random;
    this.#model = model;
  }

  /** The next operation; undefined when no process can do anything any more. */
  next(): Operation | undefined {
    const able = this.#model.processes.flatMap((process, by) => (process.alive && !process.waiting ? [by] : []));
    const waiting = this.#model.processes.flatMap((process, by) => (process.waiting ? [by] : []));
    // Death at any time, also in a wait; somebody stays who can do something.
    const mortal = able.length > 1 ? [...able, ...waiting] : waiting;
    if (able.length + waiting.length > 2 && mortal.length > 0 && this.#random.oneIn(120)) {
      return { by: this.#random.pick(mortal), do: "kill" };
    }
    if (able.length === 0) return undefined;
    this.#mayWait = able.length > 2 || (able.length > 1 && this.#random.oneIn(4));
    for (;;) {
      const operation = this.#operation(this.#random.pick(able));
      if (possible(this.#model, operation)) return operation;
    }
  }

  /** Looks at everything that can be looked at. */
  *audit(): Iterable<Operation> {
    for (const [by, process] of this.#model.processes.entries()) {
      for (const [handle, known] of process.handles) {
        if (known === "closed") continue;
        yield { by, do: "handle_info", handle };
        const { type } = known.object;
        if (type !== "vmo") yield { by, do: "object_wait", handle, signals: 0, waits: false };
        else yield { by, do: "vmo_read", handle, offset: 0, length: Math.min(known.object.bytes.length, 65536) };
      }
    }
  }

  #number(count = 1): number {
    this.#next += count;
    return this.#next - count;
  }

  /** A handle of the process to an object of a type: mostly a live one. */
  #handle(by: number, type?: ObjectModel["type"]): number {
    const entries = [...this.#model.processes[by]!.handles];
    const fitting = entries.filter(
      ([, handle]) => handle !== "closed" && !handle.revoked && (type === undefined || handle.object.type === type),
    );
    if (fitting.length === 0 || this.#random.oneIn(20)) return this.#random.pick(entries)?.[0] ?? 0;
    return this.#random.pick(fitting)[0];
  }

  /** An operation on an object of a type; when the process has none, it makes one. */
  #on(by: number, type: ObjectModel["type"], operation: () => Operation): Operation {
    const handles = [...this.#model.processes[by]!.handles.values()];
    const found = handles.some((handle) => handle !== "closed" && !handle.revoked && handle.object.type === type);
    if (found) return operation();
    if (type === "event") return { by, do: "event_create", makes: this.#number() };
    if (type === "channel") return { by, do: "channel_create", makes: this.#number(), makesPeer: this.#number() };
    return {
      by,
      do: "vmo_create",
      makes: this.#number(),
      size: this.#random.pick(SIZES),
      flags: this.#random.below(2),
    };
  }

  /** An endpoint that this can be done with now, if there is one: mostly such a one is taken. */
  #endpoint(by: number, ready: (endpoint: EndpointModel) => boolean): number {
    const numbers = [...this.#model.processes[by]!.handles].flatMap(([number, handle]) =>
      handle !== "closed" && !handle.revoked && handle.object.type === "channel" && ready(handle.object)
        ? [number]
        : [],
    );
    return numbers.length === 0 || this.#random.oneIn(4) ? this.#handle(by, "channel") : this.#random.pick(numbers);
  }

  #awaited(object: ObjectModel): boolean {
    return this.#model.processes.some(({ waiting }) => waiting?.handle.object === object);
  }

  #operation(by: number): Operation {
    const r = this.#random;
    const live = [...this.#model.processes[by]!.handles.values()].filter((handle) => handle !== "closed").length;
    const rights = () => (r.oneIn(2) ? -1 : RIGHTS_ALL_OBJECT & ~(1 << r.pick([1, 6, 9, 10, 11, 13, 30])));
    const choices: readonly (() => Operation)[] = [
      () => ({ by, do: "event_create", makes: this.#number() }),
      () => ({ by, do: "channel_create", makes: this.#number(), makesPeer: this.#number() }),
      () => ({ by, do: "vmo_create", makes: this.#number(), size: r.pick(SIZES), flags: r.oneIn(12) ? 2 : r.below(2) }),
      () => ({ by, do: "handle_dup", handle: this.#handle(by), rights: rights(), makes: this.#number() }),
      () => {
        const badge = r.oneIn(8) ? 0n : BigInt(r.bits());
        return {
          by,
          do: "channel_mint",
          handle: this.#handle(by, "channel"),
          badge,
          rights: rights(),
          makes: this.#number(),
        };
      },
      () => ({ by, do: "handle_dup", handle: this.#handle(by), rights: -1, makes: this.#number() }),
      () => ({ by, do: "handle_dup", handle: this.#handle(by), rights: -1, makes: this.#number() }),
      () => ({ by, do: "handle_close", handle: this.#handle(by) }),
      () => ({ by, do: "handle_revoke", handle: this.#handle(by) }),
      () => ({ by, do: "handle_info", handle: this.#handle(by) }),
      () => {
        const [clear, set] = [r.pick([0, SIGNAL_SIGNALED, -1]), r.pick([0, SIGNAL_SIGNALED, USER_SIGNAL, 1])];
        return this.#on(by, "event", () => {
          const handle = this.#handle(by, r.oneIn(9) ? undefined : "event");
          return { by, do: "object_signal", handle, clear, set };
        });
      },
      () => this.#wait(by),
      () => this.#write(by),
      () => this.#write(by),
      () => this.#write(by),
      () => this.#read(by),
      () => this.#read(by),
      () => this.#read(by),
      () => this.#on(by, "vmo", () => ({ by, do: "vmo_read", handle: this.#handle(by, "vmo"), ...this.#range() })),
      () =>
        this.#on(by, "vmo", () => ({
          by,
          do: "vmo_write",
          handle: this.#handle(by, "vmo"),
          ...this.#range(),
          fill: r.below(256),
        })),
      () =>
        this.#on(by, "vmo", () => ({
          by,
          do: "vmo_write",
          handle: this.#handle(by, "vmo"),
          ...this.#range(),
          fill: r.below(256),
        })),
      () => {
        const offset = r.oneIn(12) ? 5 : PAGE_SIZE * r.below(4);
        const flags = r.oneIn(2) ? VMO_RESIZABLE : 0;
        return {
          by,
          do: "vmo_clone",
          handle: this.#handle(by, "vmo"),
          offset,
          size: r.pick(SIZES),
          flags,
          makes: this.#number(),
        };
      },
      () => this.#on(by, "vmo", () => ({ by, do: "vmo_resize", handle: this.#handle(by, "vmo"), size: r.pick(SIZES) })),
      () => this.#on(by, "vmo", () => ({ by, do: "vmo_size", handle: this.#handle(by, "vmo") })),
    ];
    if (live > MANY) return { by, do: "handle_close", handle: this.#handle(by) };
    return r.pick(choices)();
  }

  #range(): { offset: number; length: number } {
    const r = this.#random;
    return {
      offset: r.pick([0, 1, PAGE_SIZE - 3, PAGE_SIZE, 2 * PAGE_SIZE + 7, r.below(6 * PAGE_SIZE)]),
      length: r.pick([0, 1, 8, PAGE_SIZE, r.below(3 * PAGE_SIZE), 65536]),
    };
  }

  /** A wait for something that no other waiter can take away: whom the kernel lets run first is its own business. */
  #wait(by: number): Operation {
    const r = this.#random;
    const handle = this.#handle(by, r.pick(["event", "channel"] as const));
    const object = this.#model.handle(by, handle)?.object;
    const waits = this.#mayWait && r.oneIn(4);
    const signals = r.pick([0, SIGNAL_SIGNALED, USER_SIGNAL, SIGNAL_PEER_CLOSED, 0xff00003f]);
    if (object?.type === "channel" && waits)
      return { by, do: "object_wait", handle, signals: SIGNAL_PEER_CLOSED, waits };
    return { by, do: "object_wait", handle, signals, waits };
  }

  #write(by: number): Operation {
    const r = this.#random;
    const handle = this.#endpoint(by, ({ peer }) => !peer.closed && (this.#awaited(peer) || r.oneIn(3)));
    const handles = Array.from({ length: r.pick([0, 0, 0, 1, 1, 2, r.below(5)]) }, () => this.#handle(by));
    const length = r.oneIn(3) ? r.pick(LENGTHS) : r.below(200);
    const waits = this.#mayWait && r.oneIn(4) && !this.#waited(by, handle, "channel_write");
    return { by, do: "channel_write", handle, fill: r.below(256), length, handles, waits };
  }

  #read(by: number): Operation {
    const r = this.#random;
    const handle = this.#endpoint(by, ({ queue }) => queue.length > 0);
    const capacity = r.oneIn(8) ? r.below(128) : 65536;
    const handleCapacity = r.oneIn(8) ? 0 : 16;
    return {
      by,
      do: "channel_read",
      handle,
      capacity,
      handleCapacity,
      waits: r.oneIn(3),
      makes: this.#number(ARRIVALS),
    };
  }

  /** Does another process wait in this call on the same endpoint? */
  #waited(by: number, handle: number, call: Operation["do"]): boolean {
    const endpoint = this.#model.handle(by, handle)?.object as EndpointModel | undefined;
    return this.#model.processes.some(
      ({ waiting }) => waiting?.operation.do === call && waiting.handle.object === endpoint,
    );
  }
}
