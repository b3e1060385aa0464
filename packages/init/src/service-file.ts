import { DEFAULT_BACKOFF, DEFAULT_STOP_TIMEOUT_MS, type RestartPolicy, type ServiceSpec } from "@cloudos/abi/service";

/** A service that is a program: what /etc/services.d/NAME.conf says (docs/services.md). */
export interface ServiceFile {
  readonly spec: ServiceSpec;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  /** Run for the health check: status 0 means well. */
  readonly check: readonly string[] | undefined;
}

export type ParsedServiceFile =
  | { readonly ok: true; readonly file: ServiceFile }
  | { readonly ok: false; readonly line: number; readonly message: string };

const NAME = /^[a-z][a-z0-9_-]{0,31}$/;
const POLICIES: readonly RestartPolicy[] = ["always", "on-failure", "never"];
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };

/** Thrown inside the parser: the line it happened on is known where it is caught. */
class Malformed extends Error {}

/** Reads a service file. `name` is the file's name without ".conf". */
export function parseServiceFile(name: string, text: string): ParsedServiceFile {
  const values = new Map<string, { readonly value: string; readonly line: number }>();
  const env: Record<string, string> = {};
  let line = 0;
  const get = <T>(key: string, otherwise: T, read: (value: string) => T): T => {
    const entry = values.get(key);
    if (entry === undefined) return otherwise;
    line = entry.line;
    return read(entry.value);
  };
  try {
    if (!NAME.test(name))
      throw new Malformed(`"${name}" is no name for a service: lower-case letters, digits, - and _`);
    text.split("\n").forEach((raw, index) => {
      line = index + 1;
      const content = raw.trim();
      if (content === "" || content.startsWith("#")) return;
      const match = /^([a-z-]+)\s*=\s*(.*)$/.exec(content);
      const [, key = "", value = ""] = match ?? [];
      if (!match || !KEYS.has(key)) throw new Malformed(`Expected KEY = VALUE with one of ${[...KEYS].join(", ")}`);
      if (key === "env") Object.assign(env, oneVariable(value));
      else if (values.has(key)) throw new Malformed(`"${key}" is given twice`);
      else values.set(key, { value, line });
    });
    line = 0;
    const argv = get<readonly string[]>("exec", [], words);
    if (argv.length === 0) throw new Malformed(`"exec" is missing: what is to be run`);
    const check = get<readonly string[] | undefined>("check", undefined, words);
    const intervalMs = get("check-every", 30_000, duration);
    const spec: ServiceSpec = {
      name,
      description: get("description", name, (value) => value),
      needs: get<readonly string[]>("needs", ["vfs"], (value) => words(value).map(serviceName)),
      kind: get("type", "daemon", (value) => oneOf(value, ["daemon", "oneshot"] as const)),
      restart: get<RestartPolicy>("restart", "on-failure", (value) => oneOf(value, POLICIES)),
      backoff: {
        ...DEFAULT_BACKOFF,
        firstMs: get("backoff", DEFAULT_BACKOFF.firstMs, duration),
        maxMs: get("backoff-max", DEFAULT_BACKOFF.maxMs, duration),
        attempts: get("attempts", DEFAULT_BACKOFF.attempts, count),
      },
      ...(check && { health: { intervalMs, timeoutMs: get("check-timeout", 10_000, duration) } }),
      stopTimeoutMs: get("stop-timeout", DEFAULT_STOP_TIMEOUT_MS, duration),
      essential: false,
      enabled: get("enabled", true, (value) => oneOf(value, ["yes", "no"] as const) === "yes"),
    };
    const directory = get("directory", "/", absolute);
    return { ok: true, file: { spec, argv, env, directory, check } };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { ok: false, line, message: error.message };
  }
}

const KEYS: ReadonlySet<string> = new Set([
  "description",
  "exec",
  "env",
  "directory",
  "needs",
  "type",
  "restart",
  "backoff",
  "backoff-max",
  "attempts",
  "check",
  "check-every",
  "check-timeout",
  "stop-timeout",
  "enabled",
]);

/** Words parted by blanks; quotes keep blanks together and stand for nothing else. */
function words(value: string): readonly string[] {
  const found: string[] = [];
  const pattern = /\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/y;
  for (let at = 0; at < value.trimEnd().length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(value);
    if (!match) throw new Malformed("A quote is not closed");
    found.push(match[1] ?? match[2] ?? match[3] ?? "");
  }
  return found;
}

function serviceName(value: string): string {
  if (!NAME.test(value)) throw new Malformed(`"${value}" is no name of a service`);
  return value;
}

function oneOf<T extends string>(value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Malformed(`"${value}" is none of ${choices.join(", ")}`);
  return found;
}

/** "250ms", "5s", "2min"; a number alone is seconds. At most a day. */
function duration(value: string): number {
  const match = /^(\d{1,9})\s*(ms|s|min)?$/.exec(value);
  const ms = match ? Number(match[1]) * UNITS[match[2] ?? "s"]! : Number.NaN;
  if (!(ms <= 86_400_000)) throw new Malformed(`"${value}" is no time: 250ms, 5s, 2min (at most a day)`);
  return ms;
}

function count(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new Malformed(`"${value}" is no number from 0 to 999999`);
  return Number(value);
}

function absolute(value: string): string {
  if (!value.startsWith("/")) throw new Malformed(`"${value}" is no absolute path`);
  return value;
}

function oneVariable(value: string): Record<string, string> {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(value);
  if (!match) throw new Malformed(`"${value}" is no NAME=VALUE`);
  return { [match[1]!]: match[2]! };
}
