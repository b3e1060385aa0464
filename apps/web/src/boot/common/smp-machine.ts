import { AGENT_VFS, type MachineOptions } from "@cloudos/abi";
import { type KernelMemory, readEpitaph } from "@cloudos/hal-wasm";
import { Init } from "@cloudos/init";
import { type Board, powerOn } from "./board.ts";
import { BootError } from "./boot-error.ts";
import { carryFileErrors } from "./comlink-errors.ts";
import type { FromCore, ToCore } from "./core-protocol.ts";
import { FileUnit } from "./file-unit.ts";
import { bootLog, LocalMachine } from "./local-machine.ts";
import { coreCount, planBoot } from "./plan.ts";
import type { Platform, WorkerHandle } from "./platform.ts";

/** Boots a machine of core workers and a services worker around shared memory; the host agent runs right here. */
export async function bootSmp(
  platform: Platform,
  hardwareCores: number,
  options: MachineOptions,
): Promise<LocalMachine> {
  carryFileErrors();
  // The workers' scripts load while the kernel does.
  const count = coreCount(options, hardwareCores);
  const cores = Array.from({ length: count }, (_, id) => platform.spawnWorker("core", `core ${id}`));
  let memory: KernelMemory | undefined;
  let ended = false;
  const end = () => {
    ended = true;
    for (const worker of cores) worker.terminate();
    unit.abandon();
  };
  const crash = (core: number, text: string) => {
    if (ended) return;
    end();
    options.onCrash?.((memory && readEpitaph(memory)) ?? { code: 0, text, core, process: 0 });
  };
  const unit = new FileUnit({
    platform,
    connectCores: (ports) => {
      cores.forEach((core, id) => {
        tellCore(core, { type: "modules", port: ports[id]! }, [ports[id]!]);
      });
    },
    onNotice: (notice) => options.onNotice?.(notice),
    worthRestarting: () => {
      // The kernel died in the service's hands: then all of the machine did.
      const panicked = memory !== undefined && readEpitaph(memory) !== undefined;
      if (panicked) crash(AGENT_VFS, "");
      return !panicked;
    },
  });

  try {
    const plan = await planBoot(options, platform, "smp", count);
    const powered = powerOn(plan);
    memory = powered.memory;
    const { board, clock } = powered;
    const log = bootLog(clock, options.onLog);
    log(`kernel booted: ${board.cores} cores, ${plan.memoryMiB} MiB`);
    unit.configure(board, plan.storage);
    const init = new Init({
      onGivenUp: (name, reason) => {
        if (name === unit.spec.name) unit.givenUp(reason);
      },
    });
    init.add(unit);
    const running = cores.map((worker, id) => startCore(worker, board, id, crash));
    await Promise.all([...running, init.bring(unit.spec.name).then(() => log("disk mounted"))]);
    log("all cores running");
    return new LocalMachine(
      powered,
      {
        files: unit.files,
        init,
        setDevices: (table) => unit.setDevices(table),
        setSaving: (saving) => {
          for (const worker of cores) tellCore(worker, { type: "saving", saving });
        },
        stop: async () => {
          if (!ended) await unit.shutdown();
          end();
        },
      },
      options,
    );
  } catch (error) {
    end();
    throw error;
  }
}

function tellCore(worker: WorkerHandle, message: ToCore, transfer: Transferable[] = []): void {
  worker.port.postMessage(message, transfer);
}

/** Resolves once the core's loop runs; a failure after that is a crash of the machine. */
function startCore(
  worker: WorkerHandle,
  board: Board,
  core: number,
  crash: (core: number, text: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (text: string) => {
      reject(new BootError("kernel-failed", `Cannot start core ${core}: ${text}`));
      if (running) crash(core, text);
    };
    let running = false;
    worker.port.onmessage = ({ data }: MessageEvent<FromCore>) => {
      if (data.type === "running") {
        running = true;
        resolve();
      } else fail(data.text);
    };
    void worker.failed.then(fail);
    tellCore(worker, { type: "start", board, core });
  });
}
