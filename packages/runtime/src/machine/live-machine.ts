import type { MachineDisplay } from "@cloudos/abi/machine-device";
import type { AgentClient } from "../agent/agent-client.ts";
import type { ByteTail, GuestConsole } from "./guest-console.ts";
import type { MachineDevice, MachineEnd, RootExport } from "./machine-board.ts";

/** A machine that exists now: its device and everything at its ports. */
export interface LiveMachine {
  readonly device: MachineDevice;
  readonly console: GuestConsole;
  /** The kernel's log on the serial line. */
  readonly log: ByteTail;
  readonly root: RootExport | null;
  /** Resolves when the agent has answered and the guest has its identity; rejects when the machine ended before. */
  readonly agent: Promise<AgentClient>;
  /** The agent once it has answered. */
  readonly connectedAgent: AgentClient | null;
  readonly ended: Promise<MachineEnd>;
  /** What an identity renewal could not do. */
  readonly warnings: string[];
  readonly display: MachineDisplay | null;
}
