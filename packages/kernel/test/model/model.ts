/** The model: a world of processes and objects, and what each operation does to it. Independent of the kernel's code. */
import * as abi from "@cloudos/abi";
import { EndpointModel, EventModel, HandleModel, type ObjectModel, VmoModel } from "./objects.ts";
import { digest, type Operation, type Outcome, pattern } from "./operations.ts";

const SIGNALS_ALLOWED = (abi.SIGNAL_SIGNALED | abi.SIGNAL_USER) >>> 0;
const has = (rights: number, wanted: number) => (rights & wanted) === wanted;

interface Process {
  /** By the history's numbers. A closed handle leaves its number behind. */
  readonly handles: Map<number, HandleModel | "closed">;
  /** The call it waits in, and through which handle. */
  waiting: { readonly operation: Operation; readonly handle: HandleModel } | undefined;
  alive: boolean;
}

export class Model {
  readonly processes: Process[];
  /** Waiting processes in the order in which they began. */
  #waiters: Process[] = [];

  constructor(processes: number) {
    this.processes = Array.from({ length: processes }, () => ({ handles: new Map(), waiting: undefined, alive: true }));
  }

  /** A handle a process has from the start. */
  give(process: number, number: number, object: ObjectModel): void {
    this.processes[process]!.handles.set(number, new HandleModel(object));
  }

  handle(process: number, number: number): HandleModel | undefined {
    const found = this.processes[process]!.handles.get(number);
    return found === "closed" ? undefined : found;
  }

  /** Does it. The outcomes of this call and of all that waited and went on because of it, by process. */
  step(operation: Operation): Map<number, Outcome> {
    const process = this.processes[operation.by]!;
    const outcomes = new Map<number, Outcome>();
    if (operation.do === "kill") {
      this.#kill(process);
    } else {
      const outcome = this.#call(process, operation);
      outcomes.set(operation.by, outcome);
      if (outcome.errno === undefined) this.#waiters.push(process);
    }
    for (let moved = true; moved; ) {
      moved = false;
      for (const waiter of [...this.#waiters]) {
        const outcome = this.#again(waiter);
        if (outcome === undefined) continue;
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        waiter.waiting = undefined;
        outcomes.set(this.processes.indexOf(waiter), outcome);
        moved = true;
        break;
      }
    }
    return outcomes;
  }

  #kill(process: Process): void {
    process.alive = false;
    process.waiting = undefined;
    this.#waiters = this.#waiters.filter((other) => other !== process);
    for (const handle of process.handles.values()) if (handle !== "closed" && !handle.revoked) handle.leave();
    process.handles.clear();
  }

  /** A call that waits looks again. Undefined: it goes on waiting. */
  #again(process: Process): Outcome | undefined {
    const { operation, handle } = process.waiting!;
    if (handle.revoked) return { errno: abi.ECANCELED };
    const outcome = this.#call(process, operation);
    return outcome.errno === undefined ? undefined : outcome;
  }

  #use(process: Process, number: number, type: ObjectModel["type"] | undefined, rights: number): HandleModel | number {
    const handle = process.handles.get(number);
    if (handle === undefined || handle === "closed" || handle.revoked) return abi.EBADF;
    if (type !== undefined && handle.object.type !== type) return abi.EINVAL;
    return has(handle.rights, rights) ? handle : abi.ENOTCAPABLE;
  }

  #make(process: Process, number: number, object: ObjectModel): Outcome {
    process.handles.set(number, new HandleModel(object));
    return { errno: 0 };
  }

  #call(process: Process, operation: Operation): Outcome {
    switch (operation.do) {
      case "event_create":
        return this.#make(process, operation.makes, new EventModel());
      case "channel_create": {
        const [one, two] = EndpointModel.pair();
        this.#make(process, operation.makes, one);
        return this.#make(process, operation.makesPeer, two);
      }
      case "vmo_create":
        if ((operation.flags & ~abi.VMO_RESIZABLE) !== 0) return { errno: abi.EINVAL };
        if (operation.size > 2 ** 32) return { errno: abi.ERANGE };
        return this.#make(process, operation.makes, new VmoModel(operation.size, operation.flags !== 0));
      case "handle_dup": {
        const source = this.#use(process, operation.handle, undefined, abi.RIGHT_DUPLICATE);
        if (typeof source === "number") return { errno: source };
        const rights = source.rights & operation.rights;
        process.handles.set(operation.makes, new HandleModel(source.object, rights, source.badge, source));
        return { errno: 0 };
      }
      case "channel_mint": {
        const source = this.#use(process, operation.handle, "channel", abi.RIGHT_DUPLICATE | abi.RIGHT_MANAGE);
        if (typeof source === "number") return { errno: source };
        if (operation.badge === 0n || source.badge !== 0n) return { errno: abi.EINVAL };
        const rights = source.rights & operation.rights & ~abi.RIGHT_MANAGE;
        process.handles.set(operation.makes, new HandleModel(source.object, rights, operation.badge, source));
        return { errno: 0 };
      }
      case "handle_close": {
        const handle = process.handles.get(operation.handle);
        if (handle === undefined || handle === "closed") return { errno: abi.EBADF };
        if (!handle.revoked) handle.leave();
        process.handles.set(operation.handle, "closed");
        return { errno: 0 };
      }
      case "handle_revoke": {
        const handle = this.#use(process, operation.handle, undefined, 0);
        if (typeof handle === "number") return { errno: handle };
        handle.revoke();
        return { errno: 0 };
      }
      case "handle_info": {
        const handle = this.#use(process, operation.handle, undefined, 0);
        if (typeof handle === "number") return { errno: handle };
        return { errno: 0, out: [handle.object.type, handle.rights, handle.badge] };
      }
      case "object_signal":
        return this.#signal(process, operation);
      case "object_wait":
        return this.#wait(process, operation);
      case "channel_write":
        return this.#write(process, operation);
      case "channel_read":
        return this.#read(process, operation);
      case "kill":
        throw new Error("A kill is not a call");
      default:
        return this.#vmo(process, operation);
    }
  }

  #signal(process: Process, { handle, clear, set }: Operation & { do: "object_signal" }): Outcome {
    const found = this.#use(process, handle, undefined, abi.RIGHT_SIGNAL);
    if (typeof found === "number") return { errno: found };
    if (found.object.type !== "event") return { errno: abi.EINVAL };
    if (((clear | set) & ~SIGNALS_ALLOWED) !== 0) return { errno: abi.EINVAL };
    found.object.signals = ((found.object.signals & ~clear) | set) >>> 0;
    return { errno: 0 };
  }

  /** SIGNAL_* an object shows. */
  static signals(object: ObjectModel): number {
    if (object.type === "event") return object.signals;
    if (object.type === "vmo") return 0;
    const room = object.peer.queue.length < abi.CHANNEL_QUEUE_MAX && object.peer.queued <= abi.CHANNEL_QUEUE_BYTES_MAX;
    return (
      (object.queue.length > 0 ? abi.SIGNAL_READABLE : 0) |
      (!object.peer.closed && room ? abi.SIGNAL_WRITABLE : 0) |
      (object.peer.closed ? abi.SIGNAL_PEER_CLOSED : 0)
    );
  }

  #wait(process: Process, operation: Operation & { do: "object_wait" }): Outcome {
    const found = this.#use(process, operation.handle, undefined, abi.RIGHT_WAIT);
    if (typeof found === "number") return { errno: found };
    if (found.object.type === "vmo") return { errno: abi.EINVAL };
    const seen = Model.signals(found.object);
    if (operation.signals === 0 || (seen & operation.signals) !== 0) return { errno: 0, out: seen };
    if (!operation.waits) return { errno: abi.EAGAIN, out: seen };
    process.waiting = { operation, handle: found };
    return { errno: undefined };
  }

  #write(process: Process, operation: Operation & { do: "channel_write" }): Outcome {
    const through = this.#use(process, operation.handle, "channel", abi.RIGHT_WRITE);
    if (typeof through === "number") return { errno: through };
    if (operation.length > abi.CHANNEL_MESSAGE_MAX || operation.handles.length > abi.CHANNEL_HANDLES_MAX) {
      return { errno: abi.EMSGSIZE };
    }
    const handles: HandleModel[] = [];
    for (const number of operation.handles) {
      const moved = this.#use(process, number, undefined, 0);
      if (typeof moved === "number") return { errno: moved };
      if (moved === through) return { errno: abi.EINVAL };
      if (!has(moved.rights, abi.RIGHT_TRANSFER)) return { errno: abi.ENOTCAPABLE };
      if (handles.includes(moved)) return { errno: abi.EINVAL };
      handles.push(moved);
    }
    const { peer } = through.object as EndpointModel;
    if (peer.closed) return { errno: abi.EPIPE };
    if (EndpointModel.reaches(handles, peer)) return { errno: abi.ELOOP };
    const full =
      peer.queue.length >= abi.CHANNEL_QUEUE_MAX || peer.queued + operation.length > abi.CHANNEL_QUEUE_BYTES_MAX;
    if (full && operation.waits) {
      process.waiting = { operation, handle: through };
      return { errno: undefined };
    }
    if (full) return { errno: abi.EAGAIN };
    peer.queue.push({ bytes: pattern(operation.fill, operation.length), handles, badge: through.badge });
    for (const number of operation.handles) process.handles.set(number, "closed");
    return { errno: 0 };
  }

  #read(process: Process, operation: Operation & { do: "channel_read" }): Outcome {
    const through = this.#use(process, operation.handle, "channel", abi.RIGHT_READ);
    if (typeof through === "number") return { errno: through };
    const endpoint = through.object as EndpointModel;
    const message = endpoint.queue[0];
    if (message === undefined) {
      if (endpoint.peer.closed) return { errno: abi.EPIPE };
      if (!operation.waits) return { errno: abi.EAGAIN };
      process.waiting = { operation, handle: through };
      return { errno: undefined };
    }
    const { bytes, handles, badge } = message;
    const info = [bytes.length, handles.length, badge];
    if (bytes.length > operation.capacity || handles.length > operation.handleCapacity) {
      return { errno: abi.EMSGSIZE, out: info };
    }
    endpoint.queue.shift();
    // What was revoked on the way arrives as no handle at all.
    const arrived = handles.map((handle) => !handle.revoked);
    for (const [i, handle] of handles.entries()) {
      if (!handle.revoked) process.handles.set(operation.makes + i, handle);
    }
    return { errno: 0, out: [...info, digest(bytes), ...arrived] };
  }

  #vmo(process: Process, operation: Operation & { do: `vmo_${string}` }): Outcome {
    if (operation.do === "vmo_create") throw new Error("vmo_create names no VMO");
    const rights = {
      vmo_read: abi.RIGHT_READ,
      vmo_write: abi.RIGHT_WRITE,
      vmo_clone: abi.RIGHT_READ,
      vmo_resize: abi.RIGHT_WRITE | abi.RIGHT_MANAGE,
      vmo_size: 0,
    }[operation.do];
    if (operation.do === "vmo_clone") {
      const { offset, flags } = operation;
      if (offset % abi.PAGE_SIZE !== 0 || (flags & ~abi.VMO_RESIZABLE) !== 0) return { errno: abi.EINVAL };
    }
    const found = this.#use(process, operation.handle, "vmo", rights);
    if (typeof found === "number") return { errno: found };
    const vmo = found.object as VmoModel;
    const size = vmo.bytes.length;
    switch (operation.do) {
      case "vmo_size":
        return { errno: 0, out: size };
      case "vmo_read":
        if (operation.offset + operation.length > size) return { errno: abi.ERANGE };
        return { errno: 0, out: digest(vmo.bytes.subarray(operation.offset, operation.offset + operation.length)) };
      case "vmo_write":
        if (operation.offset + operation.length > size) return { errno: abi.ERANGE };
        vmo.bytes.set(pattern(operation.fill, operation.length), operation.offset);
        return { errno: 0 };
      case "vmo_resize":
        if (!vmo.resizable) return { errno: abi.EINVAL };
        vmo.resize(operation.size);
        return { errno: 0 };
      case "vmo_clone": {
        const { offset, size: wanted, flags } = operation;
        if (offset + wanted > size) return { errno: abi.ERANGE };
        return this.#make(process, operation.makes, vmo.clone(offset, wanted, flags !== 0));
      }
    }
  }
}
