import type { Machine, MachineOptions } from "@cloudos/abi";
import { readEpitaph } from "@cloudos/hal-wasm";
import { type Board, powerOn } from "./board.ts";
import { BootError } from "./boot-error.ts";
import { carryFileErrors } from "./comlink-errors.ts";
import type { FromCore, ToCore } from "./core-protocol.ts";
import { bootLog, LocalMachine } from "./local-machine.ts";
import type { BootPlan } from "./plan.ts";
import type { Platform, WorkerHandle } from "./platform.ts";
import { ServicesSupervisor } from "./services-supervisor.ts";

/** Boots a machine of core workers and a services worker around shared memory; the host agent runs right here. */
export async function bootSmp(platform: Platform, plan: BootPlan, options: MachineOptions): Promise<Machine> {
  carryFileErrors();
  const powered = powerOn(plan);
  const { board, clock, memory } = powered;
  const log = bootLog(clock, options.onLog);
  log(`kernel booted: ${board.cores} cores, ${plan.memoryMiB} MiB`);

  const cores = Array.from({ length: board.cores }, (_, id) => platform.spawnWorker("core", `core ${id}`));
  const services = new ServicesSupervisor(platform, board, plan.storage, (ports) => {
    cores.forEach((core, id) => {
      tellCore(core, { type: "modules", port: ports[id]! }, [ports[id]!]);
    });
  });
  let ended = false;
  const crash = (core: number, text: string) => {
    if (ended) return;
    ended = true;
    for (const worker of cores) worker.terminate();
    services.abandon();
    options.onCrash?.(readEpitaph(memory) ?? { code: 0, text, core, process: 0 });
  };
  services.onNotice = (notice) => options.onNotice?.(notice);

  try {
    await Promise.all([...cores.map((worker, id) => startCore(worker, board, id, crash)), services.start()]);
  } catch (error) {
    ended = true;
    for (const worker of cores) worker.terminate();
    services.abandon();
    throw error;
  }
  log("cores running, disk mounted");

  return new LocalMachine(
    powered,
    services.files,
    {
      killService: () => services.restart("it was killed"),
      stop: async () => {
        if (!ended) await services.stop();
        ended = true;
        for (const worker of cores) worker.terminate();
      },
    },
    options,
  );
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
      crash(core, text);
    };
    worker.port.onmessage = ({ data }: MessageEvent<FromCore>) => {
      if (data.type === "running") resolve();
      else fail(data.text);
    };
    void worker.failed.then(fail);
    tellCore(worker, { type: "start", board, core });
  });
}
