/** Runs a session in a thread and watches that it goes on. */
import { Worker } from "node:worker_threads";
import type { SessionOptions, SessionReport } from "./session.ts";
import { systemCalls } from "./signatures.ts";

/** No session makes no call for this long unless it hangs, however slow the machine. */
const SILENCE_MS = 60_000;

export function watched(options: Omit<SessionOptions, "progress">): Promise<SessionReport> {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL("./session-worker.ts", import.meta.url), { workerData: { ...options, progress } });
  return new Promise<SessionReport>((resolve, reject) => {
    let seen = -1;
    const timer = setInterval(() => {
      const made = Atomics.load(progress, 0);
      if (made === seen) {
        const call = systemCalls()[Atomics.load(progress, 1)];
        reject(new Error(`Hangs after ${made} calls, the last ${call?.name} (${describe(options)})`));
      }
      seen = made;
    }, SILENCE_MS);
    worker.once("message", (report: SessionReport) => {
      if (report.failures.length === 0) resolve(report);
      else reject(new Error(`${report.failures[0]}\n(${describe(options)})`));
    });
    worker.once("error", reject);
    worker.once("exit", () => clearInterval(timer));
  }).finally(() => worker.terminate());
}

export function describe(options: object): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
