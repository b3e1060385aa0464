import * as Comlink from "comlink";
import { BootError } from "./boot-error.ts";
import { carryFileErrors } from "./comlink-errors.ts";
import { serveModules } from "./module-protocol.ts";
import type { StartServices } from "./platform.ts";
import type { Services } from "./services.ts";
import type { FromServices, ToServices } from "./services-protocol.ts";

/** The body of the services worker: file service and module service, for all cores and the host. */
export function runServicesWorker(port: MessagePort, start: StartServices): void {
  carryFileErrors();
  const tell = (message: FromServices) => port.postMessage(message);
  let services: Services | undefined;
  port.onmessage = async ({ data }: MessageEvent<ToServices>) => {
    switch (data.type) {
      case "start":
        try {
          services = await start(data.board, data.storage, (notice) => tell({ type: "notice", notice }));
          services.setDevices(data.devices);
          for (const core of data.cores) serveModules(services.modules, core);
          Comlink.expose(services.files, data.files);
          services.served.catch((error: unknown) => tell({ type: "died", reason: describe(error) }));
          tell({ type: "ready" });
        } catch (error) {
          const code = error instanceof BootError ? error.code : "kernel-failed";
          tell({ type: "failed", code, message: describe(error) });
        }
        break;
      case "devices":
        tell({ type: "answer", request: data.request, regions: services?.setDevices(data.table) ?? {} });
        break;
      case "ping":
        tell({ type: "answer", request: data.request, regions: {} });
        break;
      case "halt":
        tell({ type: "halted" });
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        break;
      case "stop":
        try {
          await services?.stop();
        } finally {
          tell({ type: "stopped" });
        }
        break;
    }
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
