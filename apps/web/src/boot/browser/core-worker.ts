import { runCoreWorker } from "../common/core-worker.ts";
import { onFirstPort } from "./first-port.ts";

onFirstPort(runCoreWorker);
