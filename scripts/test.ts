/**
 * `npm test`: builds what the tests need, finds or installs a Chromium, runs every suite and closes with one line of totals.
 * `--long` runs the long forms; any other arguments go to Vitest (a file name, `--project unit` ...).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findOrInstallChromium } from "../packages/cli/src/chromium.ts";

const root = join(import.meta.dirname, "..");
const args = process.argv.slice(2).filter((arg) => arg !== "--long");
const long = process.argv.includes("--long");

const build = spawnSync(process.execPath, [join(root, "scripts/build.ts"), "--images"], {
  cwd: root,
  stdio: "inherit",
});
if (build.status !== 0) process.exit(build.status ?? 1);

const scratch = mkdtempSync(join(tmpdir(), "cloudos-test-"));
const report = join(scratch, "report.json");
const vitest = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...args,
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, CLOUDOS_CHROMIUM: findOrInstallChromium(), ...(long ? { CLOUDOS_TEST_LONG: "1" } : {}) },
  },
);
const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, "utf8"));
rmSync(scratch, { recursive: true });
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
process.exit(vitest.status ?? 1);
