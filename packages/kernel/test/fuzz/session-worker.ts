/** A fuzz run in a thread of its own, so that one which hangs can be seen and named. */
import { parentPort, workerData } from "node:worker_threads";
import { type SessionOptions, session } from "./session.ts";

try {
  parentPort!.postMessage(await session(workerData as SessionOptions));
} catch (error) {
  parentPort!.postMessage({ failures: [String((error as Error).stack)] });
}
