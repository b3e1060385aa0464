/**
 * One x86 machine in the thread it is created in: a worker (worker.ts) or Node (image builds, tests). Everything it says goes through
 * MachineOutputs; see packages/abi/src/machine-device.ts for states and meanings.
 */
import {
  AGENT_PORT,
  type MachineAudio,
  type MachineBoot,
  type MachineDisplay,
  type MachineEndReason,
  type MachineHardware,
  type MachineInput,
  type MachineStats,
} from "@cloudos/abi";
import { audioBridge } from "./audio.ts";
import { boardSetup } from "./board.ts";
import { bootRom } from "./boot-rom.ts";
import { ConsolePort } from "./console-port.ts";
import { Display } from "./display.ts";
import { createEmulator, type EmulatorDisk } from "./emulator.ts";
import { sendInput } from "./input.ts";
import { KeyQueue } from "./key-queue.ts";
import { BOOT_PARAMETERS, placeLinux } from "./linux-boot.ts";
import { MachineFailure } from "./machine-error.ts";
import { Nic } from "./nic.ts";
import { NinePDevice, type NinePHandler } from "./ninep-device.ts";
import { type Pacer, pace } from "./pacer.ts";
import { checkState } from "./state.ts";
import type { V86Emulator } from "./v86-internals.ts";

/** Where the emulated VGA card has its frame buffer. */
const FRAME_BUFFER = 0xe0000000;
const LOG_TAIL_BYTES = 4096;
/** What is under way is waited for so long before a save. */
const QUIET_LIMIT_MS = 5000;
const PAGE_BYTES = 4096;

/** Callbacks own the bytes they get. None may throw. */
export interface MachineOutputs {
  console(bytes: Uint8Array): void;
  /** Input bytes that reached the guest. */
  consoleTaken(bytes: number): void;
  agent(bytes: Uint8Array): void;
  agentTaken(bytes: number): void;
  /** The first serial port: the kernel's log. */
  serial(bytes: Uint8Array): void;
  frame(frame: Uint8Array): void;
  audio(sound: MachineAudio): void;
  display(display: MachineDisplay): void;
  ended(reason: MachineEndReason, message: string): void;
}

export interface MachineOptions {
  readonly emulator: WebAssembly.Module;
  readonly hardware: MachineHardware;
  readonly boot: MachineBoot;
  readonly disk: EmulatorDisk | null;
  readonly cdrom: EmulatorDisk | null;
  readonly mac: Uint8Array;
  readonly nineP: NinePHandler | null;
  readonly canvas: OffscreenCanvas | null;
  readonly cpuShare: number;
}

export class Machine {
  readonly #emulator: V86Emulator;
  readonly #hardware: MachineHardware;
  readonly #outputs: MachineOutputs;
  readonly #pacer: Pacer;
  readonly #console: ConsolePort;
  readonly #agent: ConsolePort;
  readonly #keys: KeyQueue;
  readonly #nic: Nic | null;
  readonly #nineP: NinePDevice | null;
  readonly display: Display;
  readonly #boot: MachineBoot["kind"];
  readonly #restart: () => void;
  readonly #log: number[] = [];
  #serialBytes: number[] = [];
  #state: MachineStats["state"] = "created";
  #runningSince = 0;
  #runningMs = 0;
  #instructions = 0;
  #lastCounter = 0;

  /** Creates the machine, loads kernel or state; it does not run yet. Throws MachineFailure. */
  static async create(options: MachineOptions, outputs: MachineOutputs): Promise<Machine> {
    const { hardware, boot } = options;
    if (!(hardware.memoryMiB >= 16 && hardware.memoryMiB <= 2047))
      throw new MachineFailure(
        "invalid",
        `Cannot create machine: memory is ${hardware.memoryMiB} MiB, expected 16 to 2047`,
      );
    if (boot.kind === "state") checkState(boot.state, hardware);
    const nineP = hardware.nineP
      ? new NinePDevice(options.nineP ?? (() => Promise.reject(new Error("No 9P server"))))
      : null;
    let emulator: V86Emulator;
    try {
      emulator = await createEmulator({
        wasm: options.emulator,
        hardware,
        bios: boot.kind === "bios" ? boot.bios : null,
        videoBios: boot.kind === "bios" ? boot.videoBios : null,
        bootFrom: boot.kind === "bios" ? boot.from : "disk",
        disk: options.disk,
        cdrom: options.cdrom,
        nineP: nineP?.handle ?? null,
      });
    } catch (error) {
      const code = error instanceof RangeError ? "no-memory" : "emulator";
      throw new MachineFailure(code, `Cannot create machine of ${hardware.memoryMiB} MiB: ${String(error)}`, {
        cause: error,
      });
    }
    const machine = new Machine(emulator, options, nineP, outputs);
    if (boot.kind === "kernel") machine.#loadKernel(boot);
    if (boot.kind === "state") await machine.#loadState(boot.state, options.mac);
    return machine;
  }

  private constructor(
    emulator: V86Emulator,
    options: MachineOptions,
    nineP: NinePDevice | null,
    outputs: MachineOutputs,
  ) {
    this.#emulator = emulator;
    this.#hardware = options.hardware;
    this.#outputs = outputs;
    this.#nineP = nineP;
    this.#ended.promise.catch(() => {}); // most of the time nobody waits
    const { cpu } = emulator.v86;
    const { bus } = emulator;
    this.#pacer = pace(emulator.v86, options.cpuShare, (error) => this.#end("crashed", this.#crashText(error)));
    const virtioConsole = cpu.devices.virtio_console;
    nineP?.attach(cpu.devices.virtio_9p);
    if (virtioConsole === undefined) throw new MachineFailure("emulator", "Cannot create machine: no virtio console");
    // The device calls all its ports consoles, and the guest lets nobody open a console port: only port 0 is one.
    const sendEvent = virtioConsole.SendEvent.bind(virtioConsole);
    const CONSOLE_PORT = 4;
    virtioConsole.SendEvent = (port, event, value) => {
      if (event !== CONSOLE_PORT || port === 0) sendEvent(port, event, value);
    };
    // It sends rows before columns; VIRTIO 1.2, 5.3.6.2, and recent Linux have them the other way round.
    const sendSize = virtioConsole.SendWindowSize.bind(virtioConsole);
    virtioConsole.SendWindowSize = (port, columns = virtioConsole.cols, rows = virtioConsole.rows) =>
      sendSize(port, rows, columns);
    const { virtio } = virtioConsole;
    this.#console = new ConsolePort(bus, virtio, 0, outputs.console, outputs.consoleTaken);
    this.#agent = new ConsolePort(bus, virtio, AGENT_PORT, outputs.agent, outputs.agentTaken);
    this.#keys = new KeyQueue(bus, cpu.devices.ps2);
    const card = cpu.devices.virtio_net;
    this.#nic =
      card === undefined || options.hardware.network === null
        ? null
        : new Nic(bus, card, options.hardware.network.mtu, outputs.frame);
    if (card !== undefined) card.mac = options.mac.slice(0, 6);
    this.display = new Display(emulator, options.canvas, outputs.display);
    audioBridge(bus, outputs.audio);
    bus.register("serial0-output-byte", (byte: number) => this.#serial(byte), this);
    bus.register("cpu-event-halt", () => this.#later("halted", "The guest halted"), this);
    this.#boot = options.boot.kind;
    this.#restart = cpu.reboot_internal.bind(cpu);
    // With a BIOS a guest starts over by itself.
    if (this.#boot !== "bios") cpu.reboot_internal = () => this.#later("rebooted", "The guest asked for a reset");
  }

  get state(): MachineStats["state"] {
    return this.#state;
  }

  start(): void {
    this.#live("start");
    if (this.#state === "running") return;
    this.#state = "running";
    this.#runningSince = performance.now();
    this.#pacer.touch();
    void this.#emulator.run();
    this.display.running(true);
  }

  async pause(): Promise<void> {
    this.#live("pause");
    if (this.#state !== "running") return;
    await this.#emulator.stop();
    if ((this.#state as MachineStats["state"]) === "ended") throw this.#gone("pause");
    this.#runningMs += performance.now() - this.#runningSince;
    this.#state = "paused";
    this.#count();
    this.display.running(false);
  }

  /** Pauses, and gives the state. Input under way reaches the guest first, and 9P requests are answered. */
  async save(): Promise<ArrayBuffer> {
    this.#live("save");
    if (this.#state === "running") await this.#soon(this.#quiet());
    await this.pause();
    if (!(await this.#soon(this.#nineP?.idle())))
      throw new MachineFailure("emulator", "Cannot save the machine: its file server does not answer");
    return this.#emulator.save_state();
  }

  writeConsole(bytes: Uint8Array): void {
    this.#pacer.touch();
    this.#console.write(bytes);
  }
  writeAgent(bytes: Uint8Array): void {
    this.#agent.write(bytes);
  }
  /** Input that has not reached the guest. */
  get consoleWaiting(): number {
    return this.#console.waitingBytes;
  }
  get agentWaiting(): number {
    return this.#agent.waitingBytes;
  }
  writeSerial(bytes: Uint8Array): void {
    for (const byte of bytes) this.#emulator.bus.send("serial0-input", byte);
  }
  receiveFrame(frame: Uint8Array): void {
    this.#nic?.receive(frame);
  }
  input(events: readonly MachineInput[]): void {
    this.#pacer.touch();
    for (const event of events) sendInput(this.#emulator.bus, this.#keys, this.display.size, event);
  }
  consoleSize(rows: number, columns: number): void {
    this.#emulator.bus.send("virtio-console0-resize", [columns, rows]);
  }
  set cpuShare(share: number) {
    this.#pacer.share = Math.min(1, Math.max(0.01, share));
  }

  /** The guest's memory shrinks or grows towards this; it needs the balloon driver. */
  balloon(memoryMiB: number): void {
    const device = this.#emulator.v86.cpu.devices.virtio_balloon;
    if (device === undefined) return;
    const pages = Math.max(0, Math.round(((this.#hardware.memoryMiB - memoryMiB) * 2 ** 20) / PAGE_BYTES));
    if (pages > device.actual) device.Inflate(pages - device.actual);
    else if (pages < device.actual) device.Deflate(device.actual - pages);
  }

  insert(cdrom: EmulatorDisk): Promise<void> {
    return this.#emulator.set_cdrom(cdrom);
  }
  eject(): void {
    this.#emulator.v86.cpu.devices.cdrom?.eject();
  }

  /** The reset button. A machine without a BIOS has nothing to start from: it ends. */
  reset(): void {
    this.#live("reset");
    if (this.#boot === "bios") this.#restart();
    else this.#end("rebooted", "Reset");
  }

  /** Ends the machine at once. */
  stop(): void {
    this.#end("stopped", "Stopped");
  }

  stats(): MachineStats {
    this.#count();
    const running = this.#state === "running";
    const { cpu } = this.#emulator.v86;
    return {
      state: this.#state,
      runningMs: this.#runningMs + (running ? performance.now() - this.#runningSince : 0),
      busyMs: this.#pacer.busyMs,
      load: running ? this.#pacer.load() : 0,
      idleMs: this.#pacer.idleMs(),
      instructions: this.#instructions,
      hostBytes: cpu.wasm_memory.buffer.byteLength,
      guestBytes: this.#hardware.memoryMiB * 2 ** 20,
      console: [this.#console.bytesOut, this.#console.bytesIn],
      agent: [this.#agent.bytesOut, this.#agent.bytesIn],
      nineP: [this.#nineP?.requests ?? 0, this.#nineP?.bytesOut ?? 0, this.#nineP?.bytesIn ?? 0],
      network:
        this.#nic === null
          ? [0, 0, 0, 0, 0]
          : [this.#nic.framesOut, this.#nic.bytesOut, this.#nic.framesIn, this.#nic.bytesIn, this.#nic.dropped],
      display: this.display.size,
    };
  }

  #loadKernel(boot: Extract<MachineBoot, { kind: "kernel" }>): void {
    const { cpu } = this.#emulator.v86;
    const memoryBytes = cpu.mem8.length;
    const display =
      boot.display === null
        ? null
        : { ...boot.display, address: FRAME_BUFFER, sizeBytes: this.#hardware.videoMemoryMiB * 2 ** 20 };
    const image = {
      kernel: new Uint8Array(boot.kernel),
      initrd: boot.initrd === null ? null : new Uint8Array(boot.initrd),
      commandLine: boot.commandLine,
      display,
    };
    const { entry, placements } = placeLinux(image, memoryBytes);
    for (const { address, bytes } of placements) cpu.write_blob(bytes, address);
    const rom = new Uint8Array(bootRom(boardSetup(cpu, boot.display), entry, BOOT_PARAMETERS));
    cpu.write_blob(rom, 0x100000 - rom.length);
  }

  async #loadState(state: ArrayBuffer, mac: Uint8Array): Promise<void> {
    // Restoring clears all memory first, which makes every page of it resident; here it has not been used yet.
    const { cpu } = this.#emulator.v86;
    const clear = cpu.zero_memory;
    cpu.zero_memory = () => {};
    try {
      await this.#emulator.restore_state(state);
    } catch (error) {
      throw new MachineFailure("state-corrupt", `Cannot restore machine: ${String(error)}`, { cause: error });
    } finally {
      cpu.zero_memory = clear;
    }
    const card = this.#emulator.v86.cpu.devices.virtio_net;
    if (card !== undefined) card.mac = mac.slice(0, 6);
    this.display.redraw();
  }

  readonly #ended = Promise.withResolvers<never>();

  /** Whether it happened in time: a guest may never read its input. Rejects when the machine ends. */
  async #soon(happening: Promise<void> | undefined): Promise<boolean> {
    if (happening === undefined) return true;
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), QUIET_LIMIT_MS);
    try {
      return await Promise.race([happening.then(() => true), late.promise, this.#ended.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #quiet(): Promise<void> {
    await this.#console.drained();
    await this.#agent.drained();
    await this.#nineP?.idle();
  }

  #serial(byte: number): void {
    this.#log.push(byte);
    if (this.#log.length > 2 * LOG_TAIL_BYTES) this.#log.splice(0, LOG_TAIL_BYTES);
    if (this.#serialBytes.length === 0)
      queueMicrotask(() => {
        const bytes = Uint8Array.from(this.#serialBytes);
        this.#serialBytes = [];
        this.#outputs.serial(bytes);
      });
    this.#serialBytes.push(byte);
  }

  /** The end of the machine, found inside the emulator: its frames must unwind first. */
  #later(reason: MachineEndReason, message: string): void {
    void this.#emulator.stop();
    queueMicrotask(() => {
      const tail = this.#logTail();
      if (tail.includes("Kernel panic")) this.#end("panicked", tail.slice(tail.lastIndexOf("Kernel panic")).trim());
      else this.#end(reason, message);
    });
  }

  #end(reason: MachineEndReason, message: string): void {
    if (this.#state === "ended") return;
    if (this.#state === "running") this.#runningMs += performance.now() - this.#runningSince;
    this.#state = "ended";
    this.#console.close();
    this.#agent.close();
    this.#keys.close();
    this.#nic?.close();
    this.display.running(false);
    this.#ended.reject(this.#gone("go on"));
    void this.#emulator.stop();
    this.#outputs.ended(reason, message);
  }

  #crashText(error: unknown): string {
    const text = error instanceof Error ? error.message : String(error);
    const lines = this.#logTail().trimEnd().split("\n").slice(-3).join("\n");
    return `The emulator failed: ${text}${lines === "" ? "" : `. Last of the guest's log:\n${lines}`}`;
  }

  #logTail(): string {
    return new TextDecoder().decode(Uint8Array.from(this.#log.slice(-LOG_TAIL_BYTES)));
  }

  #count(): void {
    const counter = (this.#emulator.v86.cpu.instruction_counter[0] as number) >>> 0;
    this.#instructions += (counter - this.#lastCounter) >>> 0;
    this.#lastCounter = counter;
  }

  #live(action: string): void {
    if (this.#state === "ended") throw this.#gone(action);
  }
  #gone(action: string): MachineFailure {
    return new MachineFailure("ended", `Cannot ${action}: the machine has ended`);
  }
}
