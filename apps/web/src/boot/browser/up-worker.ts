import { runUpWorker } from "../common/up-worker.ts";
import { onFirstPort } from "./first-port.ts";
import { webPlatform } from "./web-platform.ts";
import { startWebServices } from "./web-services.ts";

onFirstPort((port) => runUpWorker(port, webPlatform, startWebServices));
