import { type MachineScope, serveMachine } from "@cloudos/hal-wasm/machine/worker";

serveMachine(globalThis as unknown as MachineScope);
