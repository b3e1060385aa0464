/** Machines in this process: the emulator itself, ports and all, without the worker around it. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { MachineDisplay, MachineEndReason } from "@cloudos/abi/machine-device";
import { Machine } from "@cloudos/hal-wasm/machine/index";
import { joinState, STATE_EMULATOR, splitState } from "@cloudos/hal-wasm/machine/saved-state";
import type { MachineBoard, MachineDevice, MachineEnd } from "../../src/machine/machine-board.ts";

export async function nodeBoard(): Promise<MachineBoard> {
  const wasm = createRequire(import.meta.url).resolve("v86/build/v86.wasm");
  const emulator = await WebAssembly.compile(await readFile(wasm));
  return {
    emulator: STATE_EMULATOR,
    split: splitState,
    join: joinState,
    async create(config): Promise<MachineDevice> {
      const { ports } = config;
      const ended = Promise.withResolvers<MachineEnd>();
      const send = (port: MessagePort | null, bytes: Uint8Array) => port?.postMessage(bytes.slice().buffer);
      const displays: ((display: MachineDisplay) => void)[] = [];
      const machine = await Machine.create(
        {
          ...config,
          emulator,
          disk: null,
          cdrom: null,
          nineP: null,
        },
        {
          console: (bytes) => send(ports.console, bytes),
          consoleTaken: (room) => ports.console?.postMessage({ room }),
          agent: (bytes) => send(ports.agent, bytes),
          agentTaken: (room) => ports.agent?.postMessage({ room }),
          serial: (bytes) => send(ports.serial, bytes),
          frame: (frame) => send(ports.network, frame),
          audio: () => undefined,
          display: (display) => {
            for (const listener of displays) listener(display);
          },
          ended: (reason: MachineEndReason, message: string) => ended.resolve({ reason, message }),
        },
      );
      const listen = (port: MessagePort | null, write: (bytes: Uint8Array) => void) => {
        if (port !== null) port.onmessage = ({ data }) => write(new Uint8Array(data));
      };
      listen(ports.console, (bytes) => machine.writeConsole(bytes));
      listen(ports.agent, (bytes) => machine.writeAgent(bytes));
      void ended.promise.then(() => {
        for (const port of Object.values(ports)) port?.close();
      });
      return {
        start: async () => machine.start(),
        pause: () => machine.pause(),
        resume: async () => machine.start(),
        save: () => machine.save(),
        stats: async () => machine.stats(),
        screenshot: () => Promise.reject(new Error("There is no screen here")),
        reset: () => Promise.reject(new Error("There is no reset here")),
        input: () => undefined,
        setCpuShare: () => undefined,
        setVisible: () => undefined,
        resizeConsole: () => undefined,
        stop: () => machine.stop(),
        onDisplay: (listener) => void displays.push(listener),
        ended: ended.promise,
      };
    },
  };
}
