import { Core, createClock, KernelMemory, ModuleCache } from "@cloudos/hal-wasm";
import type { FromCore, ToCore } from "./core-protocol.ts";
import { RemoteModuleService } from "./module-protocol.ts";

/** The body of a core worker: everything it is told comes over `port`. */
export function runCoreWorker(port: MessagePort): void {
  const tell = (message: FromCore) => port.postMessage(message);
  const cache = new ModuleCache();
  let service: RemoteModuleService | undefined;
  let core: Core | undefined;
  port.onmessage = ({ data }: MessageEvent<ToCore>) => {
    switch (data.type) {
      case "start": {
        const { board } = data;
        try {
          core = new Core({
            id: data.core,
            mode: board.mode,
            memory: new KernelMemory(board.memory),
            modules: board.modules,
            clock: createClock(board.originMs),
            cache,
          });
          const running = core.run();
          tell({ type: "running" });
          running.catch((error: unknown) => tell({ type: "crashed", text: describe(error) }));
        } catch (error) {
          tell({ type: "crashed", text: describe(error) });
        }
        break;
      }
      case "saving":
        if (core) core.saving = data.saving;
        break;
      case "modules": {
        const successor = new RemoteModuleService(data.port);
        service?.abandon(successor);
        service = successor;
        cache.attach(successor);
        break;
      }
    }
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
