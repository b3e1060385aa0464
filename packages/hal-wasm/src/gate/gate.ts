import {
  GATE_COPY_IN,
  GATE_COPY_OUT,
  GATE_FILL,
  GATE_LOAD32,
  GATE_LOAD64,
  GATE_SIZE,
  GATE_SLOTS,
  GATE_STORE32,
  GATE_STORE64,
} from "@cloudos/abi";
import { hostGateImports } from "./host-gate.ts";

/** Makes the gate between one process's memory and the kernel's: its functions, indexed by GATE_*. */
export type GateMaker = (user: WebAssembly.Memory) => readonly WebAssembly.ExportValue[];

const NAMES: Readonly<Record<number, string>> = {
  [GATE_COPY_IN]: "copy_in",
  [GATE_COPY_OUT]: "copy_out",
  [GATE_FILL]: "fill",
  [GATE_LOAD32]: "load32",
  [GATE_STORE32]: "store32",
  [GATE_STORE64]: "store64",
  [GATE_SIZE]: "size",
  [GATE_LOAD64]: "load64",
};

function bySlot(exports: WebAssembly.Exports): WebAssembly.ExportValue[] {
  return Array.from({ length: GATE_SLOTS }, (_, slot) => exports[NAMES[slot]!]!);
}

/** `module` is gate.wasm: one module over both memories. */
export function wasmGate(module: WebAssembly.Module, kernel: WebAssembly.Memory): GateMaker {
  return (user) =>
    bySlot(new WebAssembly.Instance(module, { cloudos: { memory: user }, env: { memory: kernel } }).exports);
}

/** `module` is host-gate.wasm, for engines without multi-memory. */
export function hostGate(module: WebAssembly.Module, kernel: WebAssembly.Memory): GateMaker {
  return (user) => bySlot(new WebAssembly.Instance(module, { gate: hostGateImports(user, kernel) }).exports);
}
