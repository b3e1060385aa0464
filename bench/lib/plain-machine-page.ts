import type { MachineHardware } from "../../packages/abi/src/index.ts";
import { startPlainMachine } from "../../packages/hal-wasm/src/machine/plain-machine.ts";

declare global {
  var startPlain: (wasmBase64: string, hardware: MachineHardware, stateUrl: string) => Promise<void>;
  /** Named and shaped as in the page of the OS, as far as `typed` needs it. */
  var machines: unknown;
}

globalThis.startPlain = async (wasmBase64, hardware, stateUrl) => {
  const listeners = new Set<(bytes: Uint8Array) => void>();
  const packed = await fetch(stateUrl);
  if (!packed.ok || packed.body === null) throw new Error(`Cannot fetch ${stateUrl}: ${packed.status}`);
  const state = await new Response(packed.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  const machine = await startPlainMachine({
    emulator: await WebAssembly.compile(Uint8Array.from(atob(wasmBase64), (c) => c.charCodeAt(0))),
    hardware,
    state,
    onConsole: (bytes) => {
      for (const listener of listeners) listener(bytes);
    },
  });
  const console = {
    write: async (bytes: Uint8Array) => machine.writeConsole(bytes),
    attach: (listener: (bytes: Uint8Array) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  globalThis.machines = { runtime: { live: async () => ({ console }) } };
};
