import type { MachineOptions } from "@cloudos/abi";
import { Core, ModuleCache, readEpitaph } from "@cloudos/hal-wasm";
import { Init } from "@cloudos/init";
import { powerOn } from "./board.ts";
import { bootLog, LocalMachine } from "./local-machine.ts";
import type { BootPlan } from "./plan.ts";
import type { StartServices } from "./platform.ts";
import { refuseFiles } from "./refuse-files.ts";
import { UpFileUnit } from "./up-file-unit.ts";

/** Boots a machine that is all on this thread: one core, the services and the host agent share its event loop. */
export async function bootUp(plan: BootPlan, start: StartServices, options: MachineOptions): Promise<LocalMachine> {
  const powered = powerOn(plan);
  const { board, clock, memory } = powered;
  const log = bootLog(clock, options.onLog);
  log(`kernel booted: UP mode, ${plan.memoryMiB} MiB`);
  const cache = new ModuleCache();
  const unit = new UpFileUnit(
    (generation) => start(board, { ...plan.storage, generation }, (notice) => options.onNotice?.(notice)),
    (notice) => options.onNotice?.(notice),
    () => refuseFiles(board),
  );
  unit.onModules = (modules) => cache.attach(modules);
  const init = new Init({
    onGivenUp: (name, reason) => {
      if (name === unit.spec.name) unit.givenUp(reason);
    },
  });
  init.add(unit);
  await init.bring(unit.spec.name);
  log("disk mounted");
  const core = new Core({ id: 0, mode: "up", memory, modules: board.modules, clock, cache });
  core.run().catch((error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    options.onCrash?.(readEpitaph(memory) ?? { code: 0, text, core: 0, process: 0 });
  });
  return new LocalMachine(
    powered,
    {
      files: unit.files,
      init,
      setDevices: (table) => unit.setDevices(table),
      setSaving: (saving) => {
        core.saving = saving;
      },
      stop: async () => {
        await unit.shutdown();
        core.stop();
      },
    },
    options,
  );
}
