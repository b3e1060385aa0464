#!/usr/bin/env node
// Runs under whatever Node the shell has (20 or newer). The sources are TypeScript, which needs the Node that the
// workspace brings: hand over to it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, "../src/main.ts");
const bundled = join(here, "../../../node_modules/node/bin/node");
const child = spawn(existsSync(bundled) ? bundled : process.execPath, [main, ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 128;
});
