import {
  CHANNEL_HANDLES_MAX,
  EAGAIN,
  type KernelExports,
  SIGNAL_PEER_CLOSED,
  SIGNAL_READABLE,
  SIGNAL_REVOKED,
} from "@cloudos/abi";
import type { KernelMemory } from "../kernel/kernel-memory.ts";
import { hostError } from "./host-error.ts";

/** A message as a service in TypeScript gets it. `handles` are the agent's own now; 0 is one that was revoked on the way. */
export interface ChannelMessage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly handles: readonly number[];
  /** Which client's handle it came through (channel_mint), 0n: not minted. */
  readonly badge: bigint;
  /** What `reply` names; 0 when the sender does not wait for an answer. */
  readonly ticket: number;
}

type Calls = KernelExports & Readonly<Record<`c1_${string}`, (...values: readonly (number | bigint)[]) => number>>;

// Places in the agent's buffer of 256 KiB.
const OUT = 0;
const INFO = 32;
const PACKETS = 64;
const PACKET_BYTES = 24;
const PACKETS_MAX = 64;
const HANDLES = 4096;
const BYTES = 8192;
const BYTES_MAX = 65536;
const DO_NOT_WAIT = 0n;

/**
 * The handles of an agent: what a service written in TypeScript holds of the kernel's objects, with the same calls, rights and
 * revocation as programs have. Nothing waits: `dispatch` is called when the agent's doorbell shows IRQ_PORT, and tells the listeners.
 */
export class AgentHandles {
  readonly #kernel: Calls;
  readonly #memory: KernelMemory;
  readonly #buffer: number;
  readonly #port: number;
  readonly #listeners = new Map<bigint, (signals: number) => void>();
  #nextKey = 1n;

  /** `kernel` is the agent's own instance. */
  constructor(kernel: KernelExports, memory: KernelMemory) {
    this.#kernel = kernel as Calls;
    this.#memory = memory;
    this.#buffer = kernel.agent_attach();
    if (this.#buffer < 0) throw hostError(-this.#buffer, "Cannot attach an agent to the kernel");
    memory.reach(this.#buffer + BYTES + BYTES_MAX);
    this.#port = this.#made("create a port", this.#kernel.c1_port_create!(this.#buffer + OUT));
  }

  /** A new channel: its two ends. */
  channel(): readonly [number, number] {
    const first = this.#made("create a channel", this.#kernel.c1_channel_create!(this.#buffer + OUT));
    return [first, this.#memory.u32(this.#buffer + OUT + 4)];
  }

  /** Queues a message and moves `handles` with it. Throws EPIPE when the other end is closed, EAGAIN when the queue is full. */
  write(channel: number, bytes: Uint8Array, handles: readonly number[] = []): void {
    const { at, list } = this.#put(bytes, handles);
    check(
      "write to a channel",
      this.#kernel.c1_channel_write!(channel, at, bytes.length, list, handles.length, DO_NOT_WAIT),
    );
  }

  /** The oldest message; undefined: there is none now. Throws EPIPE when there never will be one. */
  read(channel: number): ChannelMessage | undefined {
    const [bytes, list, info] = [this.#buffer + BYTES, this.#buffer + HANDLES, this.#buffer + INFO];
    const errno = this.#kernel.c1_channel_read!(
      channel,
      bytes,
      BYTES_MAX,
      list,
      CHANNEL_HANDLES_MAX,
      info,
      DO_NOT_WAIT,
    );
    if (errno === EAGAIN) return undefined;
    check("read from a channel", errno);
    const { view } = this.#memory;
    const count = view.getUint32(info + 4, true);
    return {
      bytes: this.#memory.copy(bytes, view.getUint32(info, true)),
      handles: Array.from({ length: count }, (_, i) => view.getUint32(list + 4 * i, true)),
      badge: view.getBigUint64(info + 8, true),
      ticket: view.getUint32(info + 16, true),
    };
  }

  /** Answers a call. Throws ESRCH when the caller has given up. */
  reply(channel: number, ticket: number, bytes: Uint8Array, handles: readonly number[] = []): void {
    const { at, list } = this.#put(bytes, handles);
    check("answer a call", this.#kernel.c1_channel_reply!(channel, ticket, at, bytes.length, list, handles.length));
  }

  /** A handle to the same end whose messages carry `badge`. */
  mint(channel: number, badge: bigint, rights: number): number {
    return this.#made("mint a handle", this.#kernel.c1_channel_mint!(channel, badge, rights, this.#buffer + OUT));
  }

  duplicate(handle: number, rights: number): number {
    return this.#made("duplicate a handle", this.#kernel.c1_handle_dup!(handle, rights, this.#buffer + OUT));
  }

  /** Ends whatever was derived from the handle, wherever it is. */
  revoke(handle: number): void {
    check("revoke a handle", this.#kernel.c1_handle_revoke!(handle));
  }

  close(handle: number): void {
    check("close a handle", this.#kernel.c1_handle_close!(handle));
  }

  /** A handle to any process: it shows SIGNAL_EXITED when it ends. */
  process(pid: number): number {
    return this.#made(`watch process ${pid}`, this.#kernel.c1_proc_open!(pid, this.#buffer + OUT));
  }

  /** The process that the host starts next (call `spawn` right after) gets a duplicate of the handle under `name`, at most 16 bytes. */
  grant(name: string, handle: number, rights = 0xffffffff): void {
    const encoded = new TextEncoder().encode(name);
    if (encoded.length > 16)
      throw new RangeError(`Cannot grant "${name}": the name has ${encoded.length} bytes, at most 16 fit`);
    const at = this.#buffer + BYTES;
    this.#memory.bytes.fill(0, at, at + 16);
    this.#memory.bytes.set(encoded, at);
    check(`grant "${name}"`, this.#kernel.c1_bootstrap_put!(at, handle, rights | 0));
  }

  /** Tells `listener` while the object shows one of `signals`, once per dispatch, until the returned function is called. */
  watch(handle: number, signals: number, listener: (signals: number) => void): () => void {
    const key = this.#nextKey++;
    check("watch an object", this.#kernel.c1_port_bind!(this.#port, handle, signals, key));
    this.#listeners.set(key, listener);
    return () => {
      if (this.#listeners.delete(key)) this.#kernel.c1_port_unbind!(this.#port, key);
    };
  }

  /** Serves a channel: every message goes to `onMessage`; `onEnd` once when the other end is closed or the handle is revoked. */
  serve(channel: number, onMessage: (message: ChannelMessage) => void, onEnd: () => void): () => void {
    const stop = this.watch(channel, SIGNAL_READABLE | SIGNAL_PEER_CLOSED, (signals) => {
      if ((signals & SIGNAL_REVOKED) === 0) {
        for (let message = this.#next(channel); message !== undefined; message = this.#next(channel))
          onMessage(message);
      }
      if ((signals & (SIGNAL_PEER_CLOSED | SIGNAL_REVOKED)) === 0) return;
      stop();
      onEnd();
    });
    return stop;
  }

  /** Looks at the port. Call it when IRQ_PORT was on the doorbell; returns whether there is reason to call again at once. */
  dispatch(): boolean {
    const packets = this.#buffer + PACKETS;
    const errno = this.#kernel.c1_port_wait!(this.#port, DO_NOT_WAIT, packets, PACKETS_MAX, this.#buffer + OUT);
    if (errno === EAGAIN) return false;
    check("look at a port", errno);
    const { view } = this.#memory;
    const told = Array.from({ length: view.getUint32(this.#buffer + OUT, true) }, (_, i) => {
      const at = packets + PACKET_BYTES * i;
      return { key: view.getBigUint64(at, true), signals: view.getUint32(at + 8, true) };
    });
    for (const { key, signals } of told) this.#listeners.get(key)?.(signals);
    return told.length === PACKETS_MAX;
  }

  /** Like `read`; the other end's close is the end of the messages. */
  #next(channel: number): ChannelMessage | undefined {
    try {
      return this.read(channel);
    } catch {
      return undefined;
    }
  }

  #put(bytes: Uint8Array, handles: readonly number[]): { readonly at: number; readonly list: number } {
    if (bytes.length > BYTES_MAX)
      throw new RangeError(`Cannot send a message of ${bytes.length} bytes, at most ${BYTES_MAX} fit`);
    const [at, list] = [this.#buffer + BYTES, this.#buffer + HANDLES];
    this.#memory.bytes.set(bytes, at);
    for (const [i, handle] of handles.entries()) this.#memory.setU32(list + 4 * i, handle);
    return { at, list };
  }

  #made(action: string, errno: number): number {
    check(action, errno);
    return this.#memory.u32(this.#buffer + OUT);
  }
}

function check(action: string, errno: number): void {
  if (errno !== 0) throw hostError(errno, `Cannot ${action}`);
}
