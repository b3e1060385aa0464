import type { DiskOptions, LogLine, Machine, MachineOptions } from "@cloudos/abi";
import { missingFeature, SYSTEM_LOG_NODE, SystemLog } from "@cloudos/hal-wasm";
import { attachHardware, type PageHardware } from "../devices/attach-hardware.ts";
import { Suspension } from "../devices/suspension.ts";
import { lockDisk, mayStore } from "./browser/disk-lock.ts";
import { RemoteMachine } from "./browser/remote-machine.ts";
import { upWorker, webPlatform } from "./browser/web-platform.ts";
import { BootError } from "./common/boot-error.ts";
import { DEFAULT_MEMORY_MIB } from "./common/plan.ts";
import { bootSmp } from "./common/smp-machine.ts";

export { BootError } from "./common/boot-error.ts";

const pages = new WeakMap<Machine, PageHardware & { readonly suspension: Suspension }>();

/** The page's side of the hardware of a machine that `bootMachine` made. */
export function pageHardware(machine: Machine): (PageHardware & { readonly suspension: Suspension }) | undefined {
  return pages.get(machine);
}

/** Boots a machine in this page. Rejects with a BootError. */
export async function bootMachine(options: MachineOptions): Promise<Machine> {
  const missing = missingFeature();
  if (missing) throw new BootError(missing.code, missing.message);
  const mode = options.mode === "auto" ? (crossOriginIsolated ? "smp" : "up") : options.mode;
  if (mode === "smp" && !crossOriginIsolated) {
    throw new BootError("no-wasm-features", "Cannot run several cores here: the page is not cross-origin isolated.");
  }
  const log = new SystemLog();
  const onLog = (line: LogLine) => {
    log.add(line);
    options.onLog?.(line);
  };
  const suspension = new Suspension();
  const onSuspended = (suspended: boolean) => {
    suspension.set(suspended);
    options.onSuspended?.(suspended);
  };
  const chosen = { ...options, onLog, onSuspended, disk: await chooseDisk(options) };
  const unlock = await lockDisk(chosen.disk);
  try {
    const machine = mode === "smp" ? await smp(chosen) : await up(chosen);
    machine.hardware.addDriver(log);
    machine.hardware.plug(SYSTEM_LOG_NODE);
    const facts = {
      mode,
      cores: machine.cores,
      hardwareCores: navigator.hardwareConcurrency,
      memoryMiB: options.memoryMiB ?? DEFAULT_MEMORY_MIB,
      disk: chosen.disk,
    };
    document.addEventListener("visibilitychange", () => machine.setHidden(document.hidden));
    machine.setHidden(document.hidden);
    pages.set(machine, { ...attachHardware(machine.hardware, facts), suspension });
    return withUnlock(machine, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The disk asked for; one in memory where the browser keeps nothing for this page. */
async function chooseDisk({ disk, onNotice }: MachineOptions): Promise<DiskOptions> {
  const allowed = await mayStore();
  if (disk.kind !== "memory" && allowed) return disk;
  const why = allowed ? "" : "This browser keeps no files for a page inside another site's page. ";
  onNotice?.({
    code: "disk-in-memory",
    text: `${why}Files are kept in memory only: closing this tab deletes them.`,
  });
  return { kind: "memory", name: disk.name };
}

async function smp(options: MachineOptions): Promise<Machine> {
  return bootSmp(webPlatform(options.osUrl), navigator.hardwareConcurrency, options);
}

async function up(options: MachineOptions): Promise<Machine> {
  const machine = await RemoteMachine.boot(upWorker(), options);
  if (options.mode === "auto") {
    options.onNotice?.({
      code: "up-mode",
      text: "This page is not cross-origin isolated, so all programs share one processor core.",
    });
  }
  return machine;
}

/** The disk is free for another tab once the machine is down. */
function withUnlock(machine: Machine, unlock: () => void): Machine {
  const shutdown = machine.shutdown.bind(machine);
  machine.shutdown = async () => {
    await shutdown();
    unlock();
  };
  return machine;
}
