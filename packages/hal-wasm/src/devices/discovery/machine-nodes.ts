import type { DeviceNode, MachineMode } from "@cloudos/abi";
import { present } from "./node-of.ts";

export interface MachineFacts {
  readonly mode: MachineMode;
  readonly cores: number;
  /** Cores of the computer, as far as the platform says. */
  readonly hardwareCores: number;
  /** Ceiling of the kernel's memory. */
  readonly memoryMiB: number;
  readonly disk: { readonly kind: string; readonly name: string };
}

/** What every machine has, wherever it runs: cores, memory, clock, entropy, disk, console. */
export function machineNodes(facts: MachineFacts): DeviceNode[] {
  const { mode, cores, hardwareCores, memoryMiB, disk } = facts;
  const where = mode === "smp" ? "a worker each" : "one worker for all";
  return [
    present("/cpus", "cloudos,wasm-cores", {
      summary: `${cores} of ${hardwareCores} cores, ${where}`,
      cores,
      "hardware-cores": hardwareCores,
      mode,
      isa: "wasm32",
    }),
    ...Array.from({ length: cores }, (_, core) =>
      present(`/cpus/cpu${core}`, "cloudos,wasm-core", { reg: core, "enable-method": "worker" }),
    ),
    present("/memory", "cloudos,wasm-memory", {
      summary: `up to ${memoryMiB} MiB for kernel, page cache and pipes`,
      "size-mib": memoryMiB,
      shared: true,
    }),
    present("/clock", "w3c,hr-time", {
      summary: "performance.now, microseconds since boot",
      "resolution-us": clockResolutionUs(),
    }),
    present("/entropy", "w3c,webcrypto", { summary: "crypto.getRandomValues" }),
    present("/block", "cloudos,block"),
    present(`/block/${disk.kind}`, `cloudos,block-${disk.kind}`, {
      summary: `the disk of this machine: ${disk.name}`,
      name: disk.name,
    }),
    present("/input", "cloudos,input"),
    present("/console", "cloudos,console", { summary: "terminals over host rings" }),
  ];
}

/** The smallest step the clock makes, looked for over a few hundred readings. */
function clockResolutionUs(): number {
  let smallest = Number.POSITIVE_INFINITY;
  let last = performance.now();
  for (let reading = 0; reading < 2000; reading++) {
    const now = performance.now();
    if (now > last) smallest = Math.min(smallest, now - last);
    last = now;
  }
  return Number.isFinite(smallest) ? Math.max(1, Math.round(smallest * 1000)) : 1000;
}
