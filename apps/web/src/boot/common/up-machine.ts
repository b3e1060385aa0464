import type { Machine, MachineOptions } from "@cloudos/abi";
import { Core, ModuleCache, readEpitaph } from "@cloudos/hal-wasm";
import { powerOn } from "./board.ts";
import { bootLog, LocalMachine } from "./local-machine.ts";
import type { BootPlan } from "./plan.ts";
import type { StartServices } from "./platform.ts";
import { RestartableServices } from "./restartable-services.ts";

/** Boots a machine that is all on this thread: one core, the services and the host agent share its event loop. */
export async function bootUp(plan: BootPlan, start: StartServices, options: MachineOptions): Promise<Machine> {
  const powered = powerOn(plan);
  const { board, clock, memory } = powered;
  const log = bootLog(clock, options.onLog);
  log(`kernel booted: UP mode, ${plan.memoryMiB} MiB`);

  const services = new RestartableServices(
    (generation) => start(board, { ...plan.storage, generation }, (notice) => options.onNotice?.(notice)),
    (notice) => options.onNotice?.(notice),
  );
  await services.start();
  log("disk mounted");

  const cache = new ModuleCache();
  cache.attach(services.modules);
  services.onRestart = () => cache.attach(services.modules);
  const core = new Core({ id: 0, mode: "up", memory, modules: board.modules, clock, cache });
  core.run().catch((error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    options.onCrash?.(readEpitaph(memory) ?? { code: 0, text, core: 0, process: 0 });
  });

  return new LocalMachine(
    powered,
    services.files,
    {
      killService: () => services.restart("it was killed"),
      stop: async () => {
        await services.stop();
        core.stop();
      },
    },
    options,
  );
}
