/** A machine in this process for building images: its log on request, waiting for what it prints, and the agent's shutdown of caches. */
import { randomBytes } from "node:crypto";
import { AGENT_TO_GUEST, AGENT_TO_HOST, AGENT_VERSION, type MachineBoot, type MachineHardware } from "@cloudos/abi";
import { Machine, type NinePHandler } from "../../packages/hal-wasm/src/machine/index.ts";

const STDIN_PIECE = 8192;

export interface GuestOptions {
  readonly emulator: WebAssembly.Module;
  readonly hardware: MachineHardware;
  readonly boot: MachineBoot;
  readonly nineP?: NinePHandler | null;
  readonly onFrame?: (frame: Uint8Array) => void;
  /** Print console and log. */
  readonly verbose?: boolean;
}

export class Guest {
  readonly machine: Machine;
  console = "";
  log = "";
  #agentInput = Buffer.alloc(0);
  readonly #frames: { type: number; id: number; payload: Buffer }[] = [];
  readonly #waiting = new Set<() => void>();
  #end: string | undefined;
  #nextId = 1;

  static async start(options: GuestOptions): Promise<Guest> {
    let guest: Guest | undefined;
    const text = new TextDecoder();
    const show = (bytes: Uint8Array) => {
      if (options.verbose) process.stderr.write(bytes);
    };
    const machine = await Machine.create(
      {
        emulator: options.emulator,
        hardware: options.hardware,
        boot: options.boot,
        disk: null,
        cdrom: null,
        mac: new Uint8Array([0x02, 0, 0, ...randomBytes(3)]),
        nineP: options.nineP ?? null,
        canvas: null,
        cpuShare: 1,
      },
      {
        console: (bytes) => {
          show(bytes);
          guest?.append("console", text.decode(bytes));
        },
        consoleTaken: () => {},
        agent: (bytes) => guest?.agentOutput(bytes),
        agentTaken: () => {},
        serial: (bytes) => {
          show(bytes);
          guest?.append("log", text.decode(bytes));
        },
        frame: (frame) => options.onFrame?.(frame),
        audio: () => {},
        display: () => {},
        ended: (reason, message) => guest?.ended(`${reason}: ${message}`),
      },
    );
    guest = new Guest(machine);
    machine.start();
    return guest;
  }

  private constructor(machine: Machine) {
    this.machine = machine;
  }

  append(where: "console" | "log", text: string): void {
    this[where] += text;
    this.#wake();
  }
  ended(reason: string): void {
    this.#end = reason;
    this.#wake();
  }

  /** Resolves when `condition` holds; rejects when the machine ends or after `seconds`. */
  async until(what: string, seconds: number, condition: () => boolean): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    while (!condition()) {
      if (this.#end !== undefined)
        throw new Error(`The machine ended while waiting for ${what}: ${this.#end}\n${this.log.slice(-2000)}`);
      const left = deadline - performance.now();
      if (left <= 0)
        throw new Error(
          `No ${what} within ${seconds} s\nconsole: ${this.console.slice(-1000)}\nlog: ${this.log.slice(-3000)}`,
        );
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, left);
        const waiting = this.#waiting;
        function wake() {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
        waiting.add(wake);
      });
    }
  }

  type(text: string): void {
    this.machine.writeConsole(new TextEncoder().encode(text));
  }

  /** Starts a session with the agent. */
  async hello(seconds: number): Promise<void> {
    const payload = Buffer.alloc(8);
    payload.writeUInt32LE(AGENT_VERSION, 0);
    payload.writeUInt32LE(randomBytes(4).readUInt32LE(), 4);
    const id = this.#send(AGENT_TO_GUEST.hello, payload);
    await this.#reply(id, AGENT_TO_HOST.hello, seconds);
  }

  /** Lets `until` look again soon, for conditions that hold without output. */
  tick(): void {
    setTimeout(() => this.#wake(), 50);
  }

  /** Runs a command; resolves to status (128 + signal for signals, 127: not started) and output. */
  async exec(
    argv: readonly string[],
    seconds = 60,
    stdin: Buffer = Buffer.alloc(0),
  ): Promise<{ status: number; stdout: string; stderr: string }> {
    const id = this.#exec(argv, stdin);
    const exited = await this.#reply(id, AGENT_TO_HOST.exited, seconds);
    const [kind, value] = [exited.readUInt8(0), exited.readUInt32LE(1)];
    const text = (type: number) => this.#bytes(id, type).toString();
    return {
      status: kind === 0 ? value : kind === 1 ? 128 + value : 127,
      stdout: text(AGENT_TO_HOST.stdout),
      stderr: text(AGENT_TO_HOST.stderr),
    };
  }

  /** Standard output of a command that must succeed, as bytes. */
  async readOutput(argv: readonly string[], seconds: number): Promise<Buffer> {
    const id = this.#exec(argv);
    const exited = await this.#reply(id, AGENT_TO_HOST.exited, seconds);
    if (exited.readUInt8(0) !== 0 || exited.readUInt32LE(1) !== 0)
      throw new Error(`Cannot run ${argv.join(" ")}: ${this.#bytes(id, AGENT_TO_HOST.stderr).toString()}`);
    return this.#bytes(id, AGENT_TO_HOST.stdout);
  }

  /**
   * Makes the machine small to save: writes back, drops clean caches, and overwrites free memory with zeros (a file that takes all of it), because
   * pages of zeros are not stored. Needs a shell and dd; `scratch` is a directory on a tmpfs.
   */
  async settle(scratch = "/tmp"): Promise<void> {
    const dropCaches = () => this.#reply(this.#send(AGENT_TO_GUEST.settle, Buffer.from([3])), AGENT_TO_HOST.result, 60);
    await dropCaches();
    const fill = `
      read -r reserve < /proc/sys/vm/min_free_kbytes; read -r ratio < /proc/sys/vm/lowmem_reserve_ratio
      echo 256 > /proc/sys/vm/min_free_kbytes; echo 1000000 1000000 1000000 > /proc/sys/vm/lowmem_reserve_ratio
      mount -t tmpfs -o size=100% zero ${scratch}
      free=$(sed -n 's/^MemFree: *\\([0-9]*\\).*/\\1/p' /proc/meminfo)
      dd if=/dev/zero of=${scratch}/zero bs=64k count=$(((free - 1500) / 64)) 2>/dev/null
      umount ${scratch}
      echo $reserve > /proc/sys/vm/min_free_kbytes; echo $ratio > /proc/sys/vm/lowmem_reserve_ratio`;
    const { status, stderr } = await this.exec(["/bin/sh", "-c", fill], 120);
    if (status !== 0) throw new Error(`Cannot clear the guest's free memory: ${stderr}`);
    await dropCaches();
  }

  agentOutput(bytes: Uint8Array): void {
    let rest = Buffer.concat([this.#agentInput, bytes]);
    while (rest.length >= 9 && rest.length >= 4 + rest.readUInt32LE(0)) {
      const end = 4 + rest.readUInt32LE(0);
      const frame = { type: rest.readUInt8(4), id: rest.readUInt32LE(5), payload: rest.subarray(9, end) };
      this.#frames.push(frame);
      if (frame.type === AGENT_TO_HOST.stdout || frame.type === AGENT_TO_HOST.stderr) {
        const room = Buffer.alloc(4);
        room.writeUInt32LE(frame.payload.length);
        this.#send(AGENT_TO_GUEST.window, room, frame.id);
      }
      rest = rest.subarray(end);
    }
    this.#agentInput = rest;
    this.#wake();
  }

  async #reply(id: number, type: number, seconds: number): Promise<Buffer> {
    const find = () => this.#frames.find((frame) => frame.id === id && frame.type === type);
    await this.until(`answer of the agent to request ${id}`, seconds, () => find() !== undefined);
    return (find() as { payload: Buffer }).payload;
  }

  #exec(argv: readonly string[], stdin: Buffer = Buffer.alloc(0)): number {
    const head = Buffer.alloc(20);
    head.writeUInt16LE(argv.length, 16);
    const id = this.#send(
      AGENT_TO_GUEST.exec,
      Buffer.concat([head, Buffer.from(["/", ...argv].map((part) => `${part}\0`).join(""))]),
    );
    for (let at = 0; at < stdin.length; at += STDIN_PIECE)
      this.#send(AGENT_TO_GUEST.stdin, stdin.subarray(at, at + STDIN_PIECE), id);
    this.#send(AGENT_TO_GUEST.stdin, Buffer.alloc(0), id);
    return id;
  }

  #bytes(id: number, type: number): Buffer {
    return Buffer.concat(
      this.#frames.filter((frame) => frame.id === id && frame.type === type).map((frame) => frame.payload),
    );
  }

  #send(type: number, payload: Buffer, id = this.#nextId++): number {
    const frame = Buffer.alloc(9 + payload.length);
    frame.writeUInt32LE(5 + payload.length, 0);
    frame.writeUInt8(type, 4);
    frame.writeUInt32LE(id, 5);
    payload.copy(frame, 9);
    this.machine.writeAgent(frame);
    return id;
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
