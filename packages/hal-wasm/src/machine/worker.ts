/** A machine in a worker: `serveMachine(self)` is all its script needs to do. Only one machine per worker. */
import {
  MACHINE_PORT_WINDOW,
  type MachineConfig,
  type MachineEvent,
  type MachinePorts,
  type MachineReply,
  type MachineRequest,
  NinePPort,
} from "@cloudos/abi";
import { openDisk } from "./disk.ts";
import { Machine, type MachineOutputs } from "./machine.ts";
import { MachineFailure } from "./machine-error.ts";
import { encodePng } from "./png.ts";

const HEARTBEAT_MS = 500;

/** The part of DedicatedWorkerGlobalScope (or of a port) that is needed. */
export interface MachineScope {
  onmessage: ((event: MessageEvent<MachineRequest>) => void) | null;
  postMessage(message: MachineEvent, transfer: Transferable[]): void;
}

/** This is a worker with shared memory: the file service is on another thread. */
function mayBlock(): boolean {
  return globalThis.crossOriginIsolated === true && "WorkerGlobalScope" in globalThis;
}

export function serveMachine(scope: MachineScope): void {
  let machine: Machine | undefined;
  let nineP: NinePPort | undefined;
  const tell = (event: MachineEvent, ...transfer: Transferable[]) => scope.postMessage(event, transfer);

  const create = async (config: MachineConfig) => {
    if (machine !== undefined) throw new MachineFailure("invalid", "Cannot create machine: this worker has one");
    const { ports } = config;
    nineP = ports.nineP === null ? undefined : new NinePPort(ports.nineP, { blocks: mayBlock() });
    const server = nineP;
    const log = (text: string) => post(ports.serial, new TextEncoder().encode(`${text}\r\n`));
    machine = await Machine.create(
      {
        emulator: config.emulator,
        hardware: config.hardware,
        boot: config.boot,
        disk: config.disk === null ? null : openDisk(config.disk, log),
        cdrom: config.cdrom === null ? null : openDisk(config.cdrom, log),
        mac: config.mac,
        nineP: server === undefined ? null : (request) => server.ask(request),
        canvas: config.canvas,
        cpuShare: config.cpuShare,
      },
      outputs(ports, tell),
    );
    listen(ports, machine);
  };

  const live = () => {
    if (machine === undefined) throw new MachineFailure("invalid", "There is no machine yet");
    return machine;
  };
  const carryOut = async (request: Extract<MachineRequest, { id: number }>): Promise<MachineReply> => {
    const { id } = request;
    const done: MachineReply = { type: "reply", id, ok: true };
    switch (request.type) {
      case "create":
        await create(request.config);
        return done;
      case "start":
      case "resume":
        live().start();
        return done;
      case "pause":
        await live().pause();
        return done;
      case "save":
        return { ...done, value: await live().save() };
      case "stats":
        return { ...done, value: live().stats() };
      case "screenshot":
        return { ...done, value: await encodePng(live().display.picture()) };
      case "reset":
        live().reset();
        return done;
      case "eject":
        live().eject();
        return done;
      case "insert":
        await live().insert(openDisk(request.cdrom, () => {}));
        return done;
      case "balloon":
        live().balloon(request.memoryMiB);
        return done;
      case "stop":
        live().stop();
        return done;
    }
  };

  scope.onmessage = ({ data: request }) => {
    switch (request.type) {
      case "cpu-share":
        if (machine !== undefined) machine.cpuShare = request.share;
        return;
      case "visible":
        machine?.display.visible(request.visible);
        return;
      case "console-size":
        machine?.consoleSize(request.rows, request.columns);
        return;
      case "input":
        machine?.input(request.events);
        return;
      case "reconnect-nine-p":
        nineP?.reconnect(request.port);
        return;
    }
    carryOut(request)
      .catch((error: unknown): MachineReply => ({ type: "reply", id: request.id, ok: false, error: describe(error) }))
      .then((reply) => {
        const value = reply.ok ? reply.value : undefined;
        tell(reply, ...(value instanceof ArrayBuffer ? [value] : []));
      });
  };

  setInterval(() => {
    const stats = machine?.stats();
    tell({ type: "heartbeat", load: stats?.load ?? 0, idleMs: stats?.idleMs ?? 0 });
  }, HEARTBEAT_MS);
}

function outputs(ports: MachinePorts, tell: (event: MachineEvent) => void): MachineOutputs {
  const consoleOut = new Sender(ports.console);
  const agentOut = new Sender(ports.agent);
  return {
    console: (bytes) => consoleOut.send(bytes),
    consoleTaken: (room) => ports.console?.postMessage({ room }),
    agent: (bytes) => agentOut.send(bytes),
    agentTaken: (room) => ports.agent?.postMessage({ room }),
    serial: (bytes) => post(ports.serial, bytes),
    frame: (frame) => post(ports.network, frame.slice()),
    audio: (sound) =>
      ports.audio?.postMessage(sound, sound.type === "samples" ? [sound.left.buffer, sound.right.buffer] : []),
    display: (display) => tell({ type: "display", display }),
    ended: (reason, message) => tell({ type: "ended", reason, message }),
  };
}

/** Bytes of one slice leave as one message; a flood does not become a message per byte. */
class Sender {
  readonly #port: MessagePort | null;
  #pieces: Uint8Array[] = [];
  constructor(port: MessagePort | null) {
    this.#port = port;
  }
  send(bytes: Uint8Array): void {
    if (this.#port === null || bytes.length === 0) return;
    if (this.#pieces.push(bytes) === 1) queueMicrotask(() => this.#flush());
  }
  #flush(): void {
    const all = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [];
    this.#port?.postMessage(all.buffer, [all.buffer]);
  }
}

function listen(ports: MachinePorts, machine: Machine): void {
  const on = (port: MessagePort | null, take: (bytes: Uint8Array) => void) => {
    if (port !== null)
      port.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (data instanceof ArrayBuffer) take(new Uint8Array(data));
        else if (data instanceof Uint8Array) take(data);
      };
  };
  // A sender that does not hold back loses what is beyond the window: it must not fill this worker's memory.
  const bounded = (write: (bytes: Uint8Array) => void, waiting: () => number) => (bytes: Uint8Array) => {
    if (waiting() + bytes.length <= 2 * MACHINE_PORT_WINDOW) write(bytes);
  };
  on(
    ports.console,
    bounded(
      (bytes) => machine.writeConsole(bytes),
      () => machine.consoleWaiting,
    ),
  );
  on(
    ports.agent,
    bounded(
      (bytes) => machine.writeAgent(bytes),
      () => machine.agentWaiting,
    ),
  );
  on(ports.serial, (bytes) => machine.writeSerial(bytes));
  on(ports.network, (frame) => machine.receiveFrame(frame));
}

function post(port: MessagePort | null, bytes: Uint8Array): void {
  const buffer = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
  port?.postMessage(buffer, [buffer as ArrayBuffer]);
}

function describe(error: unknown): { code: MachineFailure["code"]; message: string } {
  if (error instanceof MachineFailure) return { code: error.code, message: error.message };
  return { code: "emulator", message: error instanceof Error ? error.message : String(error) };
}
