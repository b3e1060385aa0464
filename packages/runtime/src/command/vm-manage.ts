/** vm ls, stop, suspend, resume, snapshot, clone, rm, stats, log. */

import type { SavedState } from "../runtime.ts";
import { RuntimeError } from "../runtime-error.ts";
import { isLive } from "../states.ts";
import { bytesText, parseOptions, table, UsageError } from "./command-line.ts";
import { operands, type Subcommand } from "./vm-command.ts";

const plain = (args: readonly string[]) => parseOptions(args, { long: {} }).operands;

export const runList: Subcommand = async ({ session, runtime, images }, args) => {
  const options = parseOptions(args, { long: { images: false, quiet: false }, short: { i: "images", q: "quiet" } });
  if (options.has("images")) {
    const index = await images.index();
    const rows = index.images.map((image) => [
      image.name,
      image.state === "not-built" ? "not built here" : image.state,
      image.state === "ready" ? bytesText(image.bytes) : "-",
      image.state === "building" ? image.step : image.state === "not-built" ? image.reason : image.title,
    ]);
    await session.stdout(`${table([["IMAGE", "STATE", "SIZE", "ABOUT"], ...rows])}\n`);
    return 0;
  }
  const machines = await runtime.list();
  if (options.has("quiet")) {
    await session.stdout(machines.map(({ name }) => `${name}\n`).join(""));
    return 0;
  }
  const rows = machines.map(({ name, state, image, memoryMiB, savedAtMs, address }) => [
    name,
    state.name,
    image ?? "-",
    `${memoryMiB} MiB`,
    address ?? "-",
    savedAtMs === null ? "-" : new Date(savedAtMs).toISOString().slice(0, 19).replace("T", " "),
  ]);
  await session.stdout(`${table([["NAME", "STATE", "IMAGE", "MEMORY", "ADDRESS", "SAVED"], ...rows])}\n`);
  for (const { name, state } of machines) {
    if (state.name === "failed") await session.stderr(`vm: "${name}" failed: ${state.reason}\n`);
  }
  return 0;
};

export const runStop: Subcommand = async ({ runtime }, args) => {
  const options = parseOptions(args, { long: { force: false }, short: { f: "force" } });
  const [name] = operands(options.operands, "NAME");
  await runtime.stop(name, { graceful: !options.has("force") });
  return 0;
};

export const runSuspend: Subcommand = async ({ session, runtime }, args) => {
  const [name] = operands(plain(args), "NAME");
  await session.stdout(savedText(name, await runtime.suspend(name)));
  return 0;
};

export const runResume: Subcommand = async ({ runtime }, args) => {
  const [name] = operands(plain(args), "NAME");
  await runtime.resume(name);
  return 0;
};

export const runSnapshot: Subcommand = async ({ session, runtime }, args) => {
  const [name] = operands(plain(args), "NAME");
  await session.stdout(savedText(name, await runtime.snapshot(name)));
  return 0;
};

export const runClone: Subcommand = async ({ session, runtime }, args) => {
  const [name, as] = operands(plain(args), "NAME", "NEW");
  const saved = await runtime.clone(name, as);
  // A clone of a running machine runs.
  const source = (await runtime.list()).find((each) => each.name === name);
  if (source?.state.name === "running") await runtime.resume(as);
  await session.stdout(savedText(as, saved));
  return 0;
};

export const runRemove: Subcommand = async ({ runtime }, args) => {
  const options = parseOptions(args, { long: { force: false }, short: { f: "force" } });
  if (options.operands.length === 0) throw new UsageError("missing operand: NAME");
  const machines = await runtime.list();
  for (const name of options.operands) {
    const machine = machines.find((each) => each.name === name);
    if (machine !== undefined && isLive(machine.state) && !options.has("force")) {
      throw new RuntimeError("state", `Cannot delete "${name}": it is ${machine.state.name}. Stop it first, or use -f`);
    }
    await runtime.remove(name);
  }
  return 0;
};

export const runStats: Subcommand = async ({ session, runtime }, args) => {
  const [only] = plain(args);
  const machines = (await runtime.list()).filter(({ name }) => only === undefined || name === only);
  if (only !== undefined && machines.length === 0) throw new RuntimeError("not-found", `There is no machine "${only}"`);
  const rows: string[][] = [];
  for (const { name, state } of machines) {
    const stats = await runtime.stats(name);
    rows.push([
      name,
      state.name,
      bytesText(stats.hostBytes),
      `${Math.round(stats.load * 100)} %`,
      `${(stats.busyMs / 1000).toFixed(1)} s`,
      bytesText(stats.savedBytes),
    ]);
    if (only === undefined) continue;
    await session.stdout(`${table([["NAME", "STATE", "MEMORY", "CPU", "TIME", "ON DISK"], ...rows])}\n`);
    for (const [key, value] of Object.entries(stats.detail)) await session.stdout(`${key.padEnd(16)}${value}\n`);
    return 0;
  }
  await session.stdout(`${table([["NAME", "STATE", "MEMORY", "CPU", "TIME", "ON DISK"], ...rows])}\n`);
  return 0;
};

export const runLog: Subcommand = async ({ session, runtime }, args) => {
  const [name] = operands(plain(args), "NAME");
  const live = await runtime.live(name);
  for (const warning of live.warnings) await session.stderr(`vm: ${warning}\n`);
  await session.stdout(live.log.bytes());
  return 0;
};

function savedText(name: string, saved: SavedState): string {
  const size = `${bytesText(saved.sizeBytes)}, ${saved.pages} pages of its own`;
  return `${name}: ${size}, ${Math.round(saved.ms)} ms\n`;
}
