import { runServicesWorker } from "../common/services-worker.ts";
import { onFirstPort } from "./first-port.ts";
import { startWebServices } from "./web-services.ts";

onFirstPort((port) => runServicesWorker(port, startWebServices));
