/** The `vm` command of the OS: what a person asks of the machines. */
import type { HostFiles } from "@cloudos/abi/machine";
import type { ImageCatalogue } from "../images/image-catalogue.ts";
import type { MachineRuntime } from "../machine/machine-runtime.ts";
import { UsageError } from "./command-line.ts";
import type { CommandSession } from "./command-session.ts";
import { USAGE, USAGES } from "./usage.ts";
import { runBoot, runConsole, runExec, runRun, runStart } from "./vm-attach.ts";
import {
  runClone,
  runList,
  runLog,
  runRemove,
  runResume,
  runSnapshot,
  runStats,
  runStop,
  runSuspend,
} from "./vm-manage.ts";
import { runExport, runImport } from "./vm-transfer.ts";

export interface VmContext {
  readonly session: CommandSession;
  readonly runtime: MachineRuntime;
  readonly images: ImageCatalogue;
  readonly files: HostFiles;
}

/** A subcommand: its exit status. */
export type Subcommand = (context: VmContext, args: readonly string[]) => Promise<number>;

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  run: runRun,
  boot: runBoot,
  exec: runExec,
  console: runConsole,
  attach: runConsole,
  start: runStart,
  ls: runList,
  list: runList,
  ps: runList,
  stop: runStop,
  suspend: runSuspend,
  resume: runResume,
  snapshot: runSnapshot,
  clone: runClone,
  export: runExport,
  import: runImport,
  rm: runRemove,
  stats: runStats,
  log: runLog,
};

const FAILED = 1;
const USAGE_STATUS = 2;

/** Carries out one invocation; never rejects. The session is told the exit status. */
export async function runVm(context: VmContext): Promise<void> {
  const { session } = context;
  const [name, ...args] = session.request.argv;
  let status: number;
  try {
    status = await dispatch(context, name, args);
  } catch (error) {
    const usage = error instanceof UsageError;
    const message = error instanceof Error ? error.message : String(error);
    await session.stderr(`vm: ${message}\n${usage ? `Try 'vm ${name ?? ""} --help' for more information.\n` : ""}`);
    status = usage ? USAGE_STATUS : FAILED;
  }
  await session.exit(status);
}

async function dispatch(context: VmContext, name: string | undefined, args: readonly string[]): Promise<number> {
  const { session } = context;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const topic = name === "help" ? args[0] : undefined;
    await session.stdout(USAGES[topic ?? ""] ?? USAGE);
    return name === undefined ? USAGE_STATUS : 0;
  }
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined) throw new UsageError(`there is no command "${name}"`);
  if (args[0] === "--help" || args[0] === "-h") {
    await session.stdout(USAGES[name] ?? USAGE);
    return 0;
  }
  return subcommand(context, args);
}

/** Exactly these operands, named for the message. */
export function operands<const Names extends readonly string[]>(
  given: readonly string[],
  ...names: Names
): { [Index in keyof Names]: string } {
  if (given.length < names.length) throw new UsageError(`missing operand: ${names[given.length]}`);
  if (given.length > names.length) throw new UsageError(`extra operand '${given[names.length]}'`);
  return given as unknown as { [Index in keyof Names]: string };
}
