import { workerData } from "node:worker_threads";
import { runServicesWorker } from "../../apps/web/src/boot/common/services-worker.ts";
import { startNodeServices } from "./node-services.ts";

runServicesWorker(workerData as MessagePort, startNodeServices);
