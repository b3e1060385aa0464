import type { Platform, WorkerHandle } from "../common/platform.ts";

/** Workers and files of a page, or of a worker (UP mode reads its own files). */
export function webPlatform(osUrl: string): Platform {
  return {
    spawnWorker: (kind, name) => (kind === "core" ? coreWorker(name) : servicesWorker(name)),
    async readFile(file) {
      const response = await fetch(new URL(file, osUrl));
      if (!response.ok) throw new Error(`the server answered ${response.status} for ${file}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

// Vite finds workers by this very form of the expression.
function coreWorker(name: string): WorkerHandle {
  return handle(new Worker(new URL("./core-worker.ts", import.meta.url), { type: "module", name }));
}
function servicesWorker(name: string): WorkerHandle {
  return handle(new Worker(new URL("./services-worker.ts", import.meta.url), { type: "module", name }));
}
export function upWorker(): WorkerHandle {
  return handle(new Worker(new URL("./up-worker.ts", import.meta.url), { type: "module", name: "machine" }));
}

function handle(worker: Worker): WorkerHandle {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  return {
    port: port1,
    failed: new Promise((resolve) => {
      worker.addEventListener("error", (event) => resolve(event.message || "its script did not load"));
    }),
    terminate: () => worker.terminate(),
  };
}
