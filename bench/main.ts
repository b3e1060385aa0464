/**
 * `npm run bench -- SUITE... [--json]`: measures and prints, with --json one object a line.
 */
import { boot } from "./boot.ts";
import { ipc } from "./ipc.ts";
import { kernel } from "./kernel.ts";
import type { Result, Suite } from "./lib/result.ts";
import { mem } from "./mem.ts";
import { sched } from "./sched.ts";
import { vm } from "./vm.ts";

const suites: Readonly<Record<string, Suite>> = { kernel, ipc, mem, sched, boot, vm };

const json = process.argv.includes("--json");
const names = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const unknown = names.filter((name) => suites[name] === undefined);
if (names.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`Unknown suite: ${unknown.join(", ")}`);
  console.error(`Usage: npm run bench -- SUITE... [--json]\nSuites: ${Object.keys(suites).join(" ")}`);
  process.exit(2);
}
for (const name of names) await suites[name]?.(print);

function print(result: Result): void {
  if (json) {
    console.log(JSON.stringify(result));
    return;
  }
  const peer =
    result.peer === undefined ? "" : `   ${result.peer.name}: ${result.peer.value} (ratio ${result.peer.ratio})`;
  console.log(
    `${result.suite.padEnd(8)} ${result.metric.padEnd(26)} ${String(result.value).padStart(10)} ${result.unit.padEnd(6)} ±${result.spread}${peer}`,
  );
}
