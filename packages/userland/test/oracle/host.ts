/** Runs a case on the host: dash and Debian's utilities, or busybox. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { environmentOf, type OracleCase, type RunResult } from "./cases.ts";

/** Why this host is no oracle, or undefined. */
export function hostUnfit(): string | undefined {
  if (process.platform !== "linux") return "the oracle is Debian, this is no Linux";
  if (spawnSync("dash", ["-c", ":"]).error) return "dash is not installed";
  for (const program of ["ls", "grep", "sed", "find", "tar", "gzip", "diff"]) {
    const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout ?? "";
    if (!/GNU|Free Software|Jean-loup/.test(version)) return `${program} is not the GNU one`;
  }
  return undefined;
}

let applets: string | undefined;

/** A folder with one link per busybox applet. */
function busyboxFolder(): string {
  if (applets === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "busybox-"));
    const names = spawnSync("busybox", ["--list"], { encoding: "utf8" }).stdout.trim().split("\n");
    for (const name of names) symlinkSync("/usr/bin/busybox", join(folder, name));
    process.on("exit", () => rmSync(folder, { recursive: true }));
    applets = folder;
  }
  return applets;
}

/** `directory` is made empty for the case and removed afterwards. */
export async function runOnHost(test: OracleCase, directory: string): Promise<RunResult> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const env = environmentOf(directory);
  const busybox = test.oracle === "busybox";
  if (busybox) env.PATH = busyboxFolder();
  const child = spawn(busybox ? join(env.PATH!, "sh") : "/usr/bin/dash", ["-c", test.script], {
    argv0: "sh",
    cwd: directory,
    env,
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", () => {});
  child.stdin.end(Buffer.from(test.stdin, "utf8"));
  const status = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
  spawnSync("chmod", ["-R", "u+rwx", directory]);
  rmSync(directory, { recursive: true, force: true });
  return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), status };
}
