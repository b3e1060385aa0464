import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guestDirectory } from "./guests.ts";

const cli = join(import.meta.dirname, "../../packages/cli/src/main.ts");

/** Runs programs in one boot of a machine in Chromium; each answers one number a line. Throws when one fails. */
export function measureInMachine(
  options: readonly string[],
  jobs: Readonly<Record<string, readonly string[]>>,
): Record<string, number[]> {
  const scratch = mkdtempSync(join(tmpdir(), "cloudos-bench-"));
  try {
    const batch = join(scratch, "jobs.jsonl");
    writeFileSync(
      batch,
      Object.entries(jobs)
        .map(([id, argv]) => `${JSON.stringify({ id, argv, cwd: "/tmp" })}\n`)
        .join(""),
    );
    const output = execFileSync(
      process.execPath,
      [cli, "exec", ...options, "--mount", `${guestDirectory}:/bench`, "--batch", batch],
      { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 },
    );
    const figures: Record<string, number[]> = {};
    for (const line of output.trim().split("\n")) {
      const { id, exitCode, stdout, stderr } = JSON.parse(line) as {
        id: string;
        exitCode: number;
        stdout: string;
        stderr: string;
      };
      if (exitCode !== 0) throw new Error(`Bench program ${id} ended with ${exitCode}: ${stderr}`);
      figures[id] = stdout.trim().split("\n").map(Number);
    }
    return figures;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
