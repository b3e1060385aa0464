/**
 * Script cases: every `test/cases/**\/NAME.sh` is one script, run as `sh -c` in an empty directory on the host and in
 * CloudOS. Directives are comments at the top of the file:
 *
 *   # stdin: "text\n"      standard input, a JSON string (default: empty)
 *   # stderr: ignore       do not compare standard error (only whether there is any)
 *   # stderr: skip         do not look at standard error at all
 *   # status: nonzero      only zero and nonzero exit statuses are told apart
 *   # oracle: busybox      compare with busybox instead of dash and the host's utilities
 *   # skip: reason         do not run
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export interface OracleCase {
  /** Path below the cases folder, without `.sh`. */
  readonly name: string;
  readonly script: string;
  readonly stdin: string;
  readonly stderr: "compare" | "ignore" | "skip";
  readonly status: "compare" | "nonzero";
  readonly oracle: "debian" | "busybox";
  readonly skip: string | undefined;
}

export interface RunResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** 128 + n for signal n. */
  readonly status: number;
}

/** What both sides see: nothing of the caller's environment. `HOME` is where the case runs. */
export function environmentOf(directory: string): Record<string, string> {
  return { LC_ALL: "C.UTF-8", TZ: "UTC", HOME: directory, PATH: "/usr/bin:/bin" };
}

export function loadCases(folder: string): readonly OracleCase[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sh"))
    .sort()
    .map((file) =>
      parseCase(relative(folder, join(folder, file)).slice(0, -3), readFileSync(join(folder, file), "utf8")),
    );
}

export function parseCase(name: string, script: string): OracleCase {
  const directives = new Map<string, string>();
  for (const line of script.split("\n")) {
    const match = /^# (stdin|stderr|status|oracle|skip): (.*)$/.exec(line);
    if (match) directives.set(match[1]!, match[2]!.trim());
    else if (!line.startsWith("#")) break;
  }
  const choice = <T extends string>(key: string, allowed: readonly T[]): T => {
    const value = directives.get(key) ?? allowed[0]!;
    const found = allowed.find((one) => one === value);
    if (found === undefined)
      throw new Error(`Cannot read case "${name}": ${key} is ${value}, expected ${allowed.join(", ")}`);
    return found;
  };
  return {
    name,
    script,
    stdin: directives.has("stdin") ? (JSON.parse(directives.get("stdin")!) as string) : "",
    stderr: choice("stderr", ["compare", "ignore", "skip"]),
    status: choice("status", ["compare", "nonzero"]),
    oracle: choice("oracle", ["debian", "busybox"]),
    skip: directives.get("skip"),
  };
}
