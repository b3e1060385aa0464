/** A program of the OS that has lent us its terminal (abi: host-command.ts). */

import {
  COMMAND_CREDIT,
  COMMAND_EXIT,
  COMMAND_HEADER,
  COMMAND_PAYLOAD_MAX,
  COMMAND_RAW,
  COMMAND_SIGNAL,
  COMMAND_SIZE,
  COMMAND_STDERR,
  COMMAND_STDIN,
  COMMAND_STDIN_END,
  COMMAND_STDOUT,
} from "@cloudos/abi/host-command";
import type { HostConnection } from "@cloudos/abi/machine";

export interface CommandRequest {
  /** Without the command's name. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly terminal: { readonly columns: number; readonly rows: number } | null;
  readonly stdin: "terminal" | "other";
}

export interface StdinTaker {
  /** A pending promise holds the program's reading back. */
  readonly onData: (bytes: Uint8Array) => void | Promise<void>;
  readonly onEnd: () => void;
}

/** Below the capacity of the stream, so that the program never waits with bytes of standard input in hand and can always hear us. */
const STDIN_CREDIT = 32768;
const SIGHUP = 1;

export class CommandSession {
  readonly request: CommandRequest;
  readonly #connection: HostConnection;
  readonly #encoder = new TextEncoder();
  #held = new Uint8Array();
  #stdin: StdinTaker | null = null;
  #taken: Promise<void> = Promise.resolve();
  #size: { readonly columns: number; readonly rows: number } | null;
  onResize: (columns: number, rows: number) => void = () => undefined;
  /** Signals but SIGHUP. Without a listener SIGINT and SIGTERM end the command. */
  onSignal: ((signal: number) => void) | null = null;
  /** The terminal was closed: the process will be gone in a moment. */
  onHangup: () => void = () => undefined;
  /** Resolves when the process is gone, whatever ended it. */
  readonly gone: Promise<void>;

  constructor(connection: HostConnection, request: CommandRequest) {
    this.request = request;
    this.#connection = connection;
    this.#size = request.terminal;
    this.gone = connection.ended;
    connection.onData((bytes) => this.#receive(bytes));
  }

  /** Size of the terminal now; null without one. */
  get size(): { readonly columns: number; readonly rows: number } | null {
    return this.#size;
  }

  /** Resolves when the program has room for more. */
  stdout(output: string | Uint8Array): Promise<void> {
    return this.#output(COMMAND_STDOUT, output);
  }
  stderr(output: string | Uint8Array): Promise<void> {
    return this.#output(COMMAND_STDERR, output);
  }

  /** Standard input from now on. `raw`: keys as they come, and no signals from them. */
  takeStdin(taker: StdinTaker, raw: boolean): void {
    this.#stdin = taker;
    if (raw) void this.setRaw(true);
    void this.#send(COMMAND_CREDIT, u32(STDIN_CREDIT));
  }
  setRaw(raw: boolean): Promise<void> {
    return this.#send(COMMAND_RAW, Uint8Array.of(raw ? 1 : 0));
  }

  /** The command is done: its program ends with `status`. */
  async exit(status: number): Promise<void> {
    await this.#send(COMMAND_EXIT, Uint8Array.of(Math.min(255, Math.max(0, status))));
    await this.#connection.end();
  }

  async #output(type: number, output: string | Uint8Array): Promise<void> {
    const bytes = typeof output === "string" ? this.#encoder.encode(output) : output;
    for (let at = 0; at < bytes.length; at += COMMAND_PAYLOAD_MAX) {
      await this.#send(type, bytes.subarray(at, at + COMMAND_PAYLOAD_MAX));
    }
  }

  #send(type: number, payload: Uint8Array): Promise<void> {
    const frame = new Uint8Array(COMMAND_HEADER + payload.length);
    new DataView(frame.buffer).setUint32(0, payload.length, true);
    frame[4] = type;
    frame.set(payload, COMMAND_HEADER);
    return this.#connection.write(frame);
  }

  #receive(bytes: Uint8Array): void {
    const held = new Uint8Array(this.#held.length + bytes.length);
    held.set(this.#held);
    held.set(bytes, this.#held.length);
    const view = new DataView(held.buffer);
    let at = 0;
    while (held.length - at >= COMMAND_HEADER) {
      const length = view.getUint32(at, true);
      // It is a program: it may send anything. Nothing it sends can be held on to without bound.
      if (length > COMMAND_PAYLOAD_MAX) {
        this.#connection.close();
        return;
      }
      if (held.length - at < COMMAND_HEADER + length) break;
      const payload = held.slice(at + COMMAND_HEADER, at + COMMAND_HEADER + length);
      this.#frame(held[at + 4]!, payload);
      at += COMMAND_HEADER + length;
    }
    this.#held = held.slice(at);
  }

  #frame(type: number, payload: Uint8Array): void {
    const stdin = this.#stdin;
    switch (type) {
      case COMMAND_STDIN:
        this.#taken = this.#taken.then(async () => {
          await stdin?.onData(payload);
          await this.#send(COMMAND_CREDIT, u32(payload.length));
        });
        break;
      case COMMAND_STDIN_END:
        this.#taken = this.#taken.then(() => stdin?.onEnd());
        break;
      case COMMAND_SIGNAL:
        this.#signal(payload[0] ?? 0);
        break;
      case COMMAND_SIZE: {
        const columns = (payload[0] ?? 0) | ((payload[1] ?? 0) << 8);
        const rows = (payload[2] ?? 0) | ((payload[3] ?? 0) << 8);
        this.#size = { columns, rows };
        this.onResize(columns, rows);
        break;
      }
    }
  }

  #signal(signal: number): void {
    if (signal === SIGHUP) {
      this.onHangup();
      void this.exit(128 + signal);
    } else if (this.onSignal !== null) this.onSignal(signal);
    else void this.exit(128 + signal);
  }
}

/** null when the text is no request of this `type`. It comes from a program: anything may be in it. */
export function parseRequest(text: string, type: string): CommandRequest | null {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null;
    if (typeof value !== "object" || value === null || value.type !== type) return null;
    const { argv, cwd, terminal, stdin } = value;
    if (!Array.isArray(argv) || !argv.every((arg) => typeof arg === "string") || typeof cwd !== "string") return null;
    const size = terminal as { columns?: unknown; rows?: unknown } | null;
    const isSize = typeof size?.columns === "number" && typeof size.rows === "number";
    return {
      argv,
      cwd,
      terminal: isSize ? { columns: size.columns as number, rows: size.rows as number } : null,
      stdin: stdin === "terminal" ? "terminal" : "other",
    };
  } catch {
    return null;
  }
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
