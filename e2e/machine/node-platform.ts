import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type { Platform, WorkerHandle, WorkerKind } from "../../apps/web/src/boot/common/platform.ts";

const SCRIPTS: Readonly<Record<WorkerKind, URL>> = {
  core: new URL("./core-worker.ts", import.meta.url),
  services: new URL("./services-worker.ts", import.meta.url),
};

const BUILD = new URL("../../build/", import.meta.url);
/** Where `dist/os/` puts together what lies in several folders of `build/`. */
const FOLDERS: Readonly<Record<string, string>> = { "kernel.wasm": "kernel/", "posix.wasm": "kernel/" };

/** Worker threads and the files of `build/`. */
export const nodePlatform: Platform = {
  spawnWorker(kind, name): WorkerHandle {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(SCRIPTS[kind], { name, workerData: port2, transferList: [port2] } as never);
    let terminated = false;
    const failed = new Promise<string>((resolve) => {
      worker.on("error", (error) => resolve(error instanceof Error ? (error.stack ?? error.message) : String(error)));
      worker.on("exit", (code) => {
        if (!terminated) resolve(`it exited with status ${code}`);
      });
    });
    return {
      port: port1,
      failed,
      terminate: () => {
        terminated = true;
        port1.close();
        void worker.terminate();
      },
    };
  },
  async readFile(file) {
    return new Uint8Array(await readFile(new URL(`${FOLDERS[file] ?? "gate/"}${file}`, BUILD)));
  },
};
