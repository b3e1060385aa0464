import { availableParallelism } from "node:os";
import type { Machine, MachineMode, MachineOptions } from "@cloudos/abi";
import { discoverInNode, SYSTEM_LOG_NODE, SystemLog } from "@cloudos/hal-wasm";
import { DEFAULT_MEMORY_MIB, planBoot } from "../../apps/web/src/boot/common/plan.ts";
import { bootSmp } from "../../apps/web/src/boot/common/smp-machine.ts";
import { bootUp } from "../../apps/web/src/boot/common/up-machine.ts";
import { nodePlatform } from "./node-platform.ts";
import { startNodeServices } from "./node-services.ts";

export type NodeMachineOptions = Omit<MachineOptions, "mode" | "disk" | "osUrl"> & { readonly mode: MachineMode };

/** Boots a machine in this Node process: the same kernel, board and services, a RAM disk, the image in build/. */
export async function bootNodeMachine(options: NodeMachineOptions): Promise<Machine> {
  const log = new SystemLog();
  const full: MachineOptions = {
    ...options,
    onLog: (line) => {
      log.add(line);
      options.onLog?.(line);
    },
    disk: { kind: "memory", name: "node" },
    osUrl: new URL("../../build/", import.meta.url).href,
  };
  const machine =
    options.mode === "smp"
      ? await bootSmp(nodePlatform, availableParallelism(), full)
      : keepAlive(await bootUp(await planBoot(full, nodePlatform, "up", 1), startNodeServices, full));
  machine.hardware.addDriver(log);
  machine.hardware.plug(SYSTEM_LOG_NODE);
  const memoryMiB = options.memoryMiB ?? DEFAULT_MEMORY_MIB;
  const facts = {
    mode: machine.mode,
    cores: machine.cores,
    hardwareCores: availableParallelism(),
    memoryMiB,
    disk: full.disk,
  };
  for (const node of discoverInNode(facts)) machine.hardware.plug(node);
  return machine;
}

/** A machine that only waits holds nothing Node counts as work; the process must not end under it. */
function keepAlive(machine: Machine): Machine {
  const timer = setInterval(() => undefined, 2 ** 30);
  const shutdown = machine.shutdown.bind(machine);
  machine.shutdown = () => shutdown().finally(() => clearInterval(timer));
  return machine;
}
