import type { HostConnection, HostProcess, Terminal } from "@cloudos/abi";
import { serveDevices } from "@cloudos/hal-wasm";
import * as Comlink from "comlink";
import { BootError } from "./boot-error.ts";
import { carryFileErrors } from "./comlink-errors.ts";
import type { LocalMachine } from "./local-machine.ts";
import { planBoot } from "./plan.ts";
import type { Platform, StartServices } from "./platform.ts";
import type { UpApi, UpEvent, UpStream } from "./up-api.ts";
import { bootUp } from "./up-machine.ts";

/** The body of the UP worker: a whole machine, spoken to by messages. */
export function runUpWorker(port: MessagePort, platformFor: (osUrl: string) => Platform, start: StartServices): void {
  carryFileErrors();
  let machine: LocalMachine;
  let lastStream = 0;
  const terminals = new Map<number, Terminal>();
  const processes = new Map<number, HostProcess>();
  const connections = new Map<number, HostConnection>();
  const enlist = <T extends Terminal | HostProcess | HostConnection>(table: Map<number, T>, entry: T): UpStream => {
    const stream = ++lastStream;
    table.set(stream, entry);
    return { stream, pid: entry.pid };
  };
  const api: UpApi = {
    async boot(options, events) {
      const emit = (event: UpEvent) => events(event);
      try {
        const plan = await planBoot({ ...options, mode: "up" }, platformFor(options.osUrl), "up", 1);
        machine = await bootUp(plan, start, {
          ...options,
          mode: "up",
          onLog: (line) => emit({ type: "log", line }),
          onCrash: (crash) => emit({ type: "crash", crash }),
          onPost: (pid, text) => emit({ type: "post", pid, text }),
          onConnect: (connection) => {
            const { stream, pid } = enlist(connections, connection);
            emit({ type: "connect", stream, pid, text: connection.text });
          },
          onSuspended: (suspended) => emit({ type: "suspended", suspended }),
          onNotice: (notice) => emit({ type: "notice", notice }),
        });
        return { ok: true };
      } catch (error) {
        const code = error instanceof BootError ? error.code : "kernel-failed";
        return { ok: false, code, message: error instanceof Error ? error.message : String(error) };
      }
    },
    files: (filesPort) => Comlink.expose(machine.files, filesPort),
    devices: (devicesPort) => serveDevices(machine.devicePort, devicesPort),
    showDisplay: (canvas) => machine.showDisplay(canvas),
    async openTerminal(columns, rows, options, onData) {
      const terminal = await machine.openTerminal(columns, rows, options);
      terminal.onData(onData);
      return enlist(terminals, terminal);
    },
    spawn: async (options, onStdout, onStderr) =>
      enlist(processes, await machine.spawn({ ...options, onStdout, onStderr })),
    async write(stream, data) {
      await terminals.get(stream)?.write(data);
      await processes.get(stream)?.writeStdin(data);
      await connections.get(stream)?.write(data);
    },
    resize: (stream, columns, rows) => terminals.get(stream)?.resize(columns, rows),
    async close(stream) {
      await terminals.get(stream)?.close();
      await processes.get(stream)?.closeStdin();
      await connections.get(stream)?.end();
    },
    kill: async (stream, signal) => processes.get(stream)?.kill(signal),
    exited: async (stream) => {
      const status = await (terminals.get(stream) ?? processes.get(stream))!.exited;
      processes.delete(stream);
      return status;
    },
    accept: (stream, onData) => connections.get(stream)?.onData(onData),
    ended: async (stream) => {
      await connections.get(stream)?.ended;
    },
    hangUp(stream) {
      connections.get(stream)?.close();
      connections.delete(stream);
    },
    services: () => machine.services(),
    startService: (name) => machine.startService(name),
    killService: (name) => machine.killService(name),
    setHidden: (hidden) => machine.setHidden(hidden),
    suspend: () => machine.suspend(),
    resume: () => machine.resume(),
    shutdown: () => machine.shutdown(),
  };
  Comlink.expose(api, port);
}
