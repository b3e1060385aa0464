export type { EmulatorDisk } from "./emulator.ts";
export { EthernetSwitch, type SwitchPort } from "./ethernet-switch.ts";
export { Machine, type MachineOptions, type MachineOutputs } from "./machine.ts";
export { MachineFailure } from "./machine-error.ts";
export type { NinePHandler } from "./ninep-device.ts";
export { encodePng } from "./png.ts";
export { joinState, STATE_EMULATOR, splitState } from "./saved-state.ts";
export { type MachineEnd, type MachineWorkerHandle, SupervisedMachine } from "./supervisor.ts";
export { type MachineScope, serveMachine } from "./worker.ts";
