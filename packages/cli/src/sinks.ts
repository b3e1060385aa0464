import type { ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import type { ExecExit } from "@cloudos/abi/exec-protocol";
import type { Job } from "./arguments.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { JobSink } from "./job-queue.ts";

/** One program: the command's own standard streams are the program's. */
export function passThrough(onExit: (code: number) => void): JobSink {
  return {
    stdin: (_job, to) => {
      process.stdin.pipe(to);
      to.on("close", () => process.stdin.destroy());
    },
    output: (_job, descriptor, chunk) => write(descriptor === 1 ? process.stdout : process.stderr, chunk),
    exit: (job, exit) => {
      process.stderr.write(complaint(job, exit));
      onExit(exitCodeOf(exit));
    },
  };
}

/** A batch: output is collected and each end printed as one JSON line. */
export function jsonLines(): JobSink {
  const collected = new Map<Job, { stdout: Buffer[]; stderr: Buffer[] }>();
  const of = (job: Job) => {
    let entry = collected.get(job);
    if (entry === undefined) {
      entry = { stdout: [], stderr: [] };
      collected.set(job, entry);
    }
    return entry;
  };
  return {
    stdin: (job, to: ServerResponse) => void to.end(job.stdin ?? ""),
    output: async (job, descriptor, chunk) => {
      of(job)[descriptor === 1 ? "stdout" : "stderr"].push(chunk);
    },
    exit: (job, exit: ExecExit) => {
      const { stdout, stderr } = of(job);
      collected.delete(job);
      const line = {
        id: job.id,
        exitCode: exitCodeOf(exit),
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString() + complaint(job, exit),
        ms: Math.round(exit.ms * 1000) / 1000,
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    },
  };
}

/** What the command itself says about an end that was not the program's own. */
function complaint(job: Job, exit: ExecExit): string {
  if (exit.kind === "not-started") return `cloudos: ${exit.message}\n`;
  return exit.kind === "timed-out" ? `cloudos: ${job.argv[0]} ran longer than ${job.timeoutS} s\n` : "";
}

function write(stream: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => stream.write(chunk, () => resolve()));
}
