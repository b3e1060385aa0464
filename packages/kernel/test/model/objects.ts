/**
 * What the kernel's objects are, in as few words as possible and by other means than the kernel: plain values and sets, no
 * locks, no reference counts, no memory. Semantics: docs/kernel/objects.
 */
import { PAGE_SIZE, RIGHTS_ALL_OBJECT } from "@cloudos/abi";

export type ObjectModel = EventModel | EndpointModel | VmoModel;

/** One handle: whose it is, what it may, and whom it was derived from. */
export class HandleModel {
  readonly object: ObjectModel;
  readonly rights: number;
  readonly badge: bigint;
  parent: HandleModel | undefined;
  readonly children = new Set<HandleModel>();
  revoked = false;

  constructor(object: ObjectModel, rights = RIGHTS_ALL_OBJECT, badge = 0n, parent?: HandleModel) {
    this.object = object;
    this.rights = rights;
    this.badge = badge;
    this.parent = parent;
    parent?.children.add(this);
    object.handles.add(this);
  }

  /** Closed: what was derived from it belongs to its parent from now on. */
  leave(): void {
    this.parent?.children.delete(this);
    for (const child of this.children) {
      child.parent = this.parent;
      this.parent?.children.add(child);
    }
    this.children.clear();
    this.parent = undefined;
    this.#release();
  }

  /** Ends all that was derived from it; those handles, deepest first. */
  revoke(): HandleModel[] {
    const ended = [...this.children].flatMap((child) => [...child.revoke(), child]);
    this.children.clear();
    for (const handle of ended) {
      handle.revoked = true;
      handle.parent = undefined;
      handle.#release();
    }
    return ended;
  }

  #release(): void {
    this.object.handles.delete(this);
    if (this.object.handles.size === 0) this.object.end();
  }
}

export class EventModel {
  readonly type = "event";
  readonly handles = new Set<HandleModel>();
  signals = 0;
  end(): void {}
}

export interface MessageModel {
  readonly bytes: Uint8Array;
  readonly handles: readonly HandleModel[];
  readonly badge: bigint;
}

export class EndpointModel {
  readonly type = "channel";
  readonly handles = new Set<HandleModel>();
  peer!: EndpointModel;
  queue: MessageModel[] = [];
  closed = false;

  static pair(): [EndpointModel, EndpointModel] {
    const [one, two] = [new EndpointModel(), new EndpointModel()];
    one.peer = two;
    two.peer = one;
    return [one, two];
  }

  get queued(): number {
    return this.queue.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** The last handle is gone: nobody will read what is queued. */
  end(): void {
    this.closed = true;
    const unread = this.queue;
    this.queue = [];
    for (const { handles } of unread) for (const handle of handles) if (!handle.revoked) handle.leave();
  }

  /** Whether `target` is among `handles`, or in the queue of an endpoint that is, and so on. */
  static reaches(handles: readonly HandleModel[], target: EndpointModel): boolean {
    const seen = new Set<EndpointModel>();
    const visit = (handle: HandleModel): boolean => {
      const { object } = handle;
      if (handle.revoked || object.type !== "channel" || seen.has(object)) return false;
      if (object === target) return true;
      seen.add(object);
      return object.queue.some((message) => message.handles.some(visit));
    };
    return handles.some(visit);
  }
}

export class VmoModel {
  readonly type = "vmo";
  readonly handles = new Set<HandleModel>();
  readonly resizable: boolean;
  bytes: Uint8Array;

  constructor(size: number, resizable: boolean) {
    this.bytes = new Uint8Array(pages(size));
    this.resizable = resizable;
  }
  end(): void {}

  /** A snapshot: an honest copy. */
  clone(offset: number, size: number, resizable: boolean): VmoModel {
    const clone = new VmoModel(size, resizable);
    clone.bytes.set(this.bytes.subarray(offset, offset + clone.bytes.length));
    return clone;
  }
  resize(size: number): void {
    const bytes = new Uint8Array(pages(size));
    bytes.set(this.bytes.subarray(0, bytes.length));
    this.bytes = bytes;
  }
}

export const pages = (size: number): number => Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
