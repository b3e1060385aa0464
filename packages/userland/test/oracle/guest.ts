/** Runs a case on a CloudOS machine. */
import type { Machine } from "@cloudos/abi";
import { environmentOf, type OracleCase, type RunResult } from "./cases.ts";

const SIGKILL = 9;

/** A fresh in-memory directory of the same name as on the host. A case that runs longer than `timeoutMs` is killed. */
export async function runOnGuest(
  machine: Machine,
  test: OracleCase,
  directory: string,
  timeoutMs: number,
): Promise<RunResult> {
  await machine.files.mkdir(directory, { recursive: true });
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const child = await machine.spawn({
    argv: ["sh", "-c", test.script],
    cwd: directory,
    env: environmentOf(directory),
    // The machine reuses its buffers: keep copies.
    onStdout: (chunk) => void stdout.push(chunk.slice()),
    onStderr: (chunk) => void stderr.push(chunk.slice()),
  });
  const timer = setTimeout(() => void child.kill(SIGKILL), timeoutMs);
  const feed = async () => {
    if (test.stdin !== "") await child.writeStdin(new TextEncoder().encode(test.stdin));
    await child.closeStdin();
  };
  // A case that does not read its input may be gone before it is all written.
  void feed().catch(() => {});
  const status = await child.exited;
  clearTimeout(timer);
  await machine.files.remove(directory, { recursive: true }).catch(() => {});
  return {
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr),
    status: status.kind === "exited" ? status.code : 128 + status.signal,
  };
}
