/** A worker thread with a 9P server over a tmpfs; the port comes as its data. */
import { workerData } from "node:worker_threads";
import { serveNineP } from "../src/ninep/serve-port.ts";
import { newTmpfs, serverOver } from "./ninep-machine.ts";

serveNineP(workerData.port, serverOver(newTmpfs()));
