import { readFileSync } from "node:fs";

export interface Mount {
  readonly host: string;
  readonly guest: string;
}
export interface Preopen {
  readonly guest: string;
  readonly name: string;
}

/** One program to run. */
export interface Job {
  readonly id: string;
  /** The program runs in an x86 machine of this image; null: in the OS itself. */
  readonly environment: {
    readonly image: string;
    readonly packages: readonly string[];
    readonly memoryMiB: number | null;
  } | null;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | null;
  /** Text for standard input; null passes the command's own through. */
  readonly stdin: string | null;
  readonly mounts: readonly Mount[];
  /** null: "/" and ".". */
  readonly preopens: readonly Preopen[] | null;
  readonly timeoutS: number | null;
}

export interface ExecCommand {
  readonly mode: "auto" | "smp" | "up";
  readonly cores: number | null;
  readonly memoryMiB: number | null;
  readonly profile: string | null;
  readonly syncBack: boolean;
  readonly batch: boolean;
  readonly jobs: readonly Job[];
}

/** The command line or a batch file is wrong; the message says where. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Parses what follows `cloudos exec`. */
export function parseExec(args: readonly string[]): ExecCommand {
  const mounts: Mount[] = [];
  const preopens: Preopen[] = [];
  const env: Record<string, string> = {};
  let image: string | null = null;
  const packages: string[] = [];
  let cwd: string | null = null;
  let cores: number | null = null;
  let mode: ExecCommand["mode"] = "auto";
  let memoryMiB: number | null = null;
  let timeoutS: number | null = null;
  let profile: string | null = null;
  let syncBack = false;
  let batchFile: string | null = null;

  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      i++;
      break;
    }
    if (!arg.startsWith("--")) break;
    const equals = arg.indexOf("=");
    const name = equals < 0 ? arg : arg.slice(0, equals);
    const value = (): string => {
      const given = equals < 0 ? args[++i] : arg.slice(equals + 1);
      if (given === undefined) throw new UsageError(`Option ${name} needs a value`);
      return given;
    };
    switch (name) {
      case "--mount":
        mounts.push(parseMount(value()));
        break;
      case "--preopen":
        preopens.push(parsePreopen(value()));
        break;
      case "--env": {
        const given = value();
        // A name alone is an environment to run in.
        if (/^[a-z0-9][a-z0-9._-]*$/.test(given)) image = given;
        else Object.assign(env, parseEnv(given));
        break;
      }
      case "--package":
        packages.push(value());
        break;
      case "--cwd":
        cwd = value();
        break;
      case "--cores":
        cores = parseCount(name, value(), 256);
        break;
      case "--mode": {
        const given = value();
        if (given !== "smp" && given !== "up") throw new UsageError(`Option --mode is "${given}", expected smp or up`);
        mode = given;
        break;
      }
      case "--memory":
        memoryMiB = parseCount(name, value(), 4096);
        break;
      case "--timeout":
        timeoutS = parseSeconds(value());
        break;
      case "--profile":
        profile = value();
        break;
      case "--sync-back":
        syncBack = true;
        break;
      case "--batch":
        batchFile = value();
        break;
      default:
        throw new UsageError(`Unknown option ${name}`);
    }
  }
  if (image === null && packages.length > 0) throw new UsageError("Option --package needs --env IMAGE");
  if (image !== null && mounts.length > 0) throw new UsageError("Option --mount does not go with --env IMAGE");
  if (image !== null && preopens.length > 0) throw new UsageError("Option --preopen does not go with --env IMAGE");
  const environment = image === null ? null : { image, packages, memoryMiB };
  const argv = args.slice(i);
  const machine = { mode, cores, memoryMiB, profile, syncBack };
  const defaults = { environment, env, cwd, mounts, preopens: preopens.length === 0 ? null : preopens, timeoutS };
  if (batchFile !== null) {
    if (argv.length > 0) throw new UsageError("Give either --batch or a program, not both");
    return { ...machine, batch: true, jobs: parseBatch(readBatch(batchFile), defaults) };
  }
  if (argv.length === 0) throw new UsageError("No program given");
  return { ...machine, batch: false, jobs: [{ id: "1", argv, stdin: null, ...defaults }] };
}

type JobDefaults = Pick<Job, "environment" | "env" | "cwd" | "mounts" | "preopens" | "timeoutS">;

/** One job a line; blank lines are skipped. Fields a line leaves out come from the command line. */
export function parseBatch(text: string, defaults: JobDefaults): readonly Job[] {
  const jobs: Job[] = [];
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const at = `Batch line ${index + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new UsageError(`${at} is not JSON`, { cause: error });
    }
    jobs.push(parseJob(value, at, defaults));
  }
  return jobs;
}

function parseJob(value: unknown, at: string, defaults: JobDefaults): Job {
  if (typeof value !== "object" || value === null) throw new UsageError(`${at} is not an object`);
  const job = value as Record<string, unknown>;
  if (typeof job.id !== "string" && typeof job.id !== "number") throw new UsageError(`${at}: "id" is missing`);
  const argv = strings(job.argv);
  if (argv === null || argv.length === 0) throw new UsageError(`${at}: "argv" must be a list of strings`);
  const env = job.env === undefined ? {} : parseEnvField(job.env, at);
  if (job.cwd !== undefined && typeof job.cwd !== "string") throw new UsageError(`${at}: "cwd" must be a string`);
  if (job.stdin !== undefined && typeof job.stdin !== "string") throw new UsageError(`${at}: "stdin" must be a string`);
  const timeout = job.timeout ?? defaults.timeoutS;
  if (timeout !== null && (typeof timeout !== "number" || !(timeout > 0))) {
    throw new UsageError(`${at}: "timeout" must be seconds above zero`);
  }
  return {
    id: String(job.id),
    environment: defaults.environment,
    argv,
    env: { ...defaults.env, ...env },
    cwd: job.cwd ?? defaults.cwd,
    stdin: job.stdin ?? "",
    mounts: job.mounts === undefined ? defaults.mounts : list(job.mounts, at, "mounts", parseMount, mountOf),
    preopens:
      job.preopens === undefined ? defaults.preopens : list(job.preopens, at, "preopens", parsePreopen, preopenOf),
    timeoutS: timeout,
  };
}

function list<T>(
  value: unknown,
  at: string,
  field: string,
  parse: (text: string) => T,
  convert: (value: Record<string, unknown>) => T | null,
): readonly T[] {
  if (!Array.isArray(value)) throw new UsageError(`${at}: "${field}" must be a list`);
  return value.map((item: unknown) => {
    const parsed = typeof item === "string" ? parse(item) : convert((item ?? {}) as Record<string, unknown>);
    if (parsed === null)
      throw new UsageError(`${at}: an entry of "${field}" is neither a string nor an object of its form`);
    return parsed;
  });
}

function mountOf({ host, guest }: Record<string, unknown>): Mount | null {
  return typeof host === "string" && typeof guest === "string" ? parseMount(`${host}:${guest}`) : null;
}
function preopenOf({ guest, name }: Record<string, unknown>): Preopen | null {
  return typeof guest === "string" && typeof name === "string" ? { guest, name } : null;
}

function strings(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : null;
}

/** The env of a batch line: an object, or a list of NAME=VALUE. */
function parseEnvField(value: unknown, at: string): Record<string, string> {
  const pairs = strings(value);
  if (pairs !== null) return Object.assign({}, ...pairs.map(parseEnv));
  if (typeof value !== "object" || value === null || Object.values(value).some((item) => typeof item !== "string")) {
    throw new UsageError(`${at}: "env" must map names to strings`);
  }
  return value as Record<string, string>;
}

/** HOST:GUEST; the guest part starts at the last ":/", since host paths may hold colons. */
function parseMount(text: string): Mount {
  const colon = text.lastIndexOf(":/");
  if (colon <= 0) throw new UsageError(`Mount is "${text}", expected HOST:GUEST with an absolute GUEST`);
  return { host: text.slice(0, colon), guest: text.slice(colon + 1) };
}

function parsePreopen(text: string): Preopen {
  const separator = text.indexOf("::");
  if (separator <= 0) throw new UsageError(`Preopen is "${text}", expected GUEST::NAME`);
  return { guest: text.slice(0, separator), name: text.slice(separator + 2) };
}

function parseEnv(text: string): Record<string, string> {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new UsageError(`Variable is "${text}", expected NAME=VALUE`);
  return { [text.slice(0, equals)]: text.slice(equals + 1) };
}

function parseCount(option: string, text: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most)
    throw new UsageError(`Option ${option} is "${text}", expected a number from 1 to ${most}`);
  return value;
}

function parseSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    throw new UsageError(`Option --timeout is "${text}", expected seconds above zero`);
  return value;
}

function readBatch(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UsageError(`Cannot read batch file "${file}"`, { cause: error });
  }
}
