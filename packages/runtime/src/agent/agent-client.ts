/** The host's side of the guest agent: packages/abi/src/guest-agent.ts says what the frames mean. */
import {
  AGENT_EXEC_TTY,
  AGENT_EXIT_NOT_STARTED,
  AGENT_EXIT_SIGNAL,
  AGENT_NET_ADDRESS,
  AGENT_NET_MAC,
  AGENT_TO_GUEST,
  AGENT_TO_HOST,
  AGENT_VERSION,
} from "@cloudos/abi/guest-agent";
import { concat } from "../snapshot/compress.ts";
import { AgentError, refused } from "./agent-error.ts";
import type { ByteChannel } from "./byte-channel.ts";
import { encodeFrame, type Frame, FrameReader, Payload } from "./frames.ts";
import { OutgoingStream } from "./outgoing-stream.ts";

export type ExecStatus =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: number }
  /** `errno` is Linux's. */
  | { readonly kind: "not-started"; readonly errno: number };

export type OutputListener = (bytes: Uint8Array) => void | Promise<void>;

export interface ExecOptions {
  readonly argv: readonly string[];
  /** Absent: the agent's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** A pseudo-terminal of this size for all three streams; output is `onStdout`'s. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
  /** A pending promise holds the program back. */
  readonly onStdout: OutputListener;
  readonly onStderr: OutputListener;
}

export interface GuestProcess {
  /** Resolves when the bytes are on their way within the agent's window; at once when the program has ended. */
  writeStdin(bytes: Uint8Array): Promise<void>;
  closeStdin(): Promise<void>;
  signal(signal: number): void;
  resize(columns: number, rows: number): void;
  /** Settles after the last output was delivered; rejects with AgentError when the machine goes away first. */
  readonly exited: Promise<ExecStatus>;
}

export interface GuestNetwork {
  readonly interface: string;
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** Absent: the interface keeps its address. */
  readonly address?: {
    readonly address: readonly number[];
    readonly prefixLength: number;
    readonly gateway: readonly number[];
    readonly nameServer: readonly number[];
  };
}

/** One request under way. */
interface Exchange {
  frame(frame: Frame): void;
  /** The channel is gone. */
  lost(error: AgentError): void;
}

export class AgentClient {
  readonly #channel: ByteChannel;
  readonly #reader = new FrameReader();
  readonly #exchanges = new Map<number, Exchange>();
  readonly #hello = Promise.withResolvers<void>();
  #session = 0;
  #nextId = 1;
  #lost: AgentError | null = null;
  kernelRelease = "";
  guestHostname = "";

  /** Says HELLO and resolves with the agent's answer. `session` is a random number that no earlier session of this guest had. */
  static async connect(channel: ByteChannel, session: number): Promise<AgentClient> {
    const client = new AgentClient(channel);
    client.#session = session >>> 0;
    client.#send(AGENT_TO_GUEST.hello, 0, new Payload().u32(AGENT_VERSION).u32(session).finish());
    await client.#hello.promise;
    return client;
  }

  private constructor(channel: ByteChannel) {
    this.#channel = channel;
    this.#hello.promise.catch(() => undefined);
    channel.onData((bytes) => {
      if (this.#lost !== null) return;
      try {
        for (const frame of this.#reader.push(bytes)) this.#dispatch(frame);
      } catch (error) {
        // A guest that sends garbage has no agent any more.
        this.close(error instanceof Error ? error.message : String(error));
      }
    });
  }

  /** Everything under way fails with `reason`. */
  close(reason = "the machine is gone"): void {
    if (this.#lost !== null) return;
    const lost = new AgentError(0, `Cannot reach the guest's agent: ${reason}`);
    this.#lost = lost;
    this.#hello.reject(lost);
    for (const exchange of this.#exchanges.values()) exchange.lost(lost);
    this.#exchanges.clear();
    this.#channel.close();
  }

  exec(options: ExecOptions): GuestProcess {
    const id = this.#id();
    const env = Object.entries(options.env ?? {});
    const { terminal } = options;
    const request = new Payload()
      .u32(terminal === undefined ? 0 : AGENT_EXEC_TTY)
      .u16(terminal?.rows ?? 0)
      .u16(terminal?.columns ?? 0)
      .u32(options.uid ?? 0)
      .u32(options.gid ?? 0)
      .u16(options.argv.length)
      .u16(env.length)
      .text(options.cwd ?? "/");
    for (const arg of options.argv) request.text(arg);
    for (const [name, value] of env) request.text(`${name}=${value}`);
    const stdin = this.#outgoing(id);
    const exited = Promise.withResolvers<ExecStatus>();
    let delivered: Promise<void> = Promise.resolve();
    const deliver = (listener: OutputListener, bytes: Uint8Array) => {
      delivered = delivered.then(async () => {
        await listener(bytes);
        if (this.#exchanges.has(id)) this.#window(id, bytes.length);
      });
      delivered.catch(exited.reject);
    };
    this.#begin(id, {
      frame: ({ type, payload }) => {
        if (type === AGENT_TO_HOST.stdout) deliver(options.onStdout, payload);
        else if (type === AGENT_TO_HOST.stderr) deliver(options.onStderr, payload);
        else if (type === AGENT_TO_HOST.window) stdin.grant(u32(payload, 0));
        else if (type === AGENT_TO_HOST.exited || type === AGENT_TO_HOST.result) {
          this.#exchanges.delete(id);
          stdin.close();
          void delivered.then(() => exited.resolve(statusOf(type, payload)));
        }
      },
      lost: (error) => {
        stdin.close();
        exited.reject(error);
      },
    });
    exited.promise.catch(() => undefined);
    this.#send(AGENT_TO_GUEST.exec, id, request.finish());
    return {
      writeStdin: (bytes) => stdin.write(bytes),
      closeStdin: () => stdin.end(),
      signal: (signal) => this.#send(AGENT_TO_GUEST.signal, id, new Payload().u32(signal).finish()),
      resize: (columns, rows) => this.#send(AGENT_TO_GUEST.resize, id, new Payload().u16(rows).u16(columns).finish()),
      exited: exited.promise,
    };
  }

  /** Size of the terminal on the machine's console. */
  resizeConsole(columns: number, rows: number): void {
    this.#send(AGENT_TO_GUEST.resize, 0, new Payload().u16(rows).u16(columns).finish());
  }

  async readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const request = new Payload().text(path).finish();
    await this.#call(AGENT_TO_GUEST.readFile, request, `read "${path}" in the machine`, (id, { type, payload }) => {
      if (type !== AGENT_TO_HOST.data) return;
      chunks.push(payload);
      size += payload.length;
      this.#window(id, payload.length);
    });
    return concat(chunks, size);
  }

  /** The file appears under its name when all of it is there. */
  async writeFile(path: string, data: Uint8Array, mode = 0o644): Promise<void> {
    const id = this.#id();
    const stream = this.#outgoing(id);
    const request = new Payload().u32(mode).text(path).finish();
    const done = this.#call(
      AGENT_TO_GUEST.writeFile,
      request,
      `write "${path}" in the machine`,
      (_id, { type, payload }) => {
        if (type === AGENT_TO_HOST.window) stream.grant(u32(payload, 0));
      },
      id,
    ).finally(() => stream.close());
    // A refusal ends the request before the data is all sent.
    await Promise.all([done, stream.write(data).then(() => stream.end())]);
  }

  setClock(unixUs: bigint): Promise<void> {
    return this.#call(AGENT_TO_GUEST.setClock, new Payload().u64(unixUs).finish(), "set the machine's clock");
  }
  /** 1 to 512 bytes. */
  addEntropy(bytes: Uint8Array): Promise<void> {
    return this.#call(AGENT_TO_GUEST.entropy, bytes, "give the machine entropy");
  }
  setHostname(name: string): Promise<void> {
    return this.#call(AGENT_TO_GUEST.hostname, new Payload().text(name).finish(), "name the machine");
  }
  /** 32 hexadecimal digits. */
  setMachineId(id: string): Promise<void> {
    return this.#call(AGENT_TO_GUEST.machineId, new Payload().text(id).finish(), "set the machine's id");
  }
  configureNetwork({ interface: name, mac, address }: GuestNetwork): Promise<void> {
    const zero = [0, 0, 0, 0];
    const request = new Payload()
      .text(name)
      .raw(mac)
      .u8(AGENT_NET_MAC | (address === undefined ? 0 : AGENT_NET_ADDRESS))
      .u8(address?.prefixLength ?? 0)
      .raw(address?.address ?? zero)
      .raw(address?.gateway ?? zero)
      .raw(address?.nameServer ?? zero)
      .finish();
    return this.#call(AGENT_TO_GUEST.network, request, "configure the machine's network");
  }
  /** Resolves when the agent has begun; the machine ends a little later. */
  shutdown(mode: "power-off" | "reboot"): Promise<void> {
    return this.#call(
      AGENT_TO_GUEST.shutdown,
      new Payload().u8(mode === "reboot" ? 1 : 0).finish(),
      "stop the machine",
    );
  }
  /** Before a snapshot: dirty pages to the file system and, on request, clean caches dropped. */
  settle(options: { readonly sync: boolean; readonly dropCaches: boolean }): Promise<void> {
    const flags = (options.sync ? 1 : 0) | (options.dropCaches ? 2 : 0);
    return this.#call(AGENT_TO_GUEST.settle, new Payload().u8(flags).finish(), "settle the machine");
  }

  #call(
    type: number,
    payload: Uint8Array,
    action: string,
    onFrame: (id: number, frame: Frame) => void = () => undefined,
    id = this.#id(),
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#begin(id, {
        frame: (frame) => {
          if (frame.type !== AGENT_TO_HOST.result) return onFrame(id, frame);
          this.#exchanges.delete(id);
          const errno = u32(frame.payload, 0) | 0;
          if (errno === 0) resolve();
          else reject(refused(action, errno));
        },
        lost: reject,
      });
      this.#send(type, id, payload);
    });
  }

  #begin(id: number, exchange: Exchange): void {
    if (this.#lost !== null) exchange.lost(this.#lost);
    else this.#exchanges.set(id, exchange);
  }

  #outgoing(id: number): OutgoingStream {
    return new OutgoingStream((bytes) => this.#send(AGENT_TO_GUEST.stdin, id, bytes));
  }

  #window(id: number, bytes: number): void {
    if (bytes > 0) this.#send(AGENT_TO_GUEST.window, id, new Payload().u32(bytes).finish());
  }

  #send(type: number, id: number, payload: Uint8Array): Promise<void> {
    return this.#lost === null ? this.#channel.send(encodeFrame(type, id, payload)) : Promise.resolve();
  }

  #dispatch(frame: Frame): void {
    if (frame.type === AGENT_TO_HOST.hello) this.#helloed(frame.payload);
    // A frame of a session before this one, or of a request that is over.
    else this.#exchanges.get(frame.id)?.frame(frame);
  }

  #helloed(payload: Uint8Array): void {
    if (payload.length < 8 || u32(payload, 4) !== this.#session) return;
    const version = u32(payload, 0);
    if (version !== AGENT_VERSION) {
      this.close(`its version is ${version}, expected ${AGENT_VERSION}`);
      return;
    }
    const [release = "", hostname = ""] = new TextDecoder().decode(payload.subarray(8)).split("\0");
    this.kernelRelease = release;
    this.guestHostname = hostname;
    this.#hello.resolve();
  }

  #id(): number {
    const id = this.#nextId;
    this.#nextId = (id % 0x7fffffff) + 1;
    return this.#exchanges.has(id) ? this.#id() : id;
  }
}

function statusOf(type: number, payload: Uint8Array): ExecStatus {
  // The agent's RESULT to an exec: it could not even read the request.
  if (type === AGENT_TO_HOST.result) return { kind: "not-started", errno: u32(payload, 0) };
  const value = u32(payload, 1);
  if (payload[0] === AGENT_EXIT_SIGNAL) return { kind: "signaled", signal: value };
  if (payload[0] === AGENT_EXIT_NOT_STARTED) return { kind: "not-started", errno: value };
  return { kind: "exited", code: value };
}

/** Missing bytes read as zeros: a guest may cut its frames as it likes. */
function u32(bytes: Uint8Array, at: number): number {
  const byte = (i: number) => bytes[at + i] ?? 0;
  return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
}
