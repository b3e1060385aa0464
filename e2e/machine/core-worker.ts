import { workerData } from "node:worker_threads";
import { runCoreWorker } from "../../apps/web/src/boot/common/core-worker.ts";

runCoreWorker(workerData as MessagePort);
