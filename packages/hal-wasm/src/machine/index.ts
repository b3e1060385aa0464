export type { EmulatorDisk } from "./emulator.ts";
export { Machine, type MachineOptions, type MachineOutputs } from "./machine.ts";
export { MachineFailure } from "./machine-error.ts";
export type { NinePHandler } from "./ninep-device.ts";
export { readState, STATE_VERSION, type StateParts, writeState } from "./state.ts";
