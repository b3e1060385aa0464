import type { ServiceLogLine, ServiceStatus, Services } from "@cloudos/abi/service";

/** Where `svc` writes: a line each. */
export interface SvcOutput {
  out(line: string): void;
  error(line: string): void;
  /** Aborted when the person ended the command. */
  readonly signal: AbortSignal;
}

const USAGE = `Usage: svc [list]
  or:  svc status NAME
  or:  svc start|stop|restart|kill NAME...
  or:  svc log NAME [-f]
  or:  svc reload
Show and steer the services of this machine. Those in /etc/services.d are programs of yours; docs/services.md has the format.

  list     every service: state, what runs, for how long, restarts
  status   one service in full
  kill     end it as a crash would; its policy decides what follows
  log      its last lines; -f follows until ^C
  reload   read /etc/services.d again

Status 0; 1 when something could not be done; 2 for usage; status NAME: 3 when it does not run.`;

/** Carries out `svc ARGV...`; resolves with its exit status. */
export async function runSvc(
  argv: readonly string[],
  services: Services,
  reload: () => Promise<readonly string[]>,
  output: SvcOutput,
): Promise<number> {
  const [command = "list", ...names] = argv;
  const usage = (problem: string) => {
    output.error(`svc: ${problem}`);
    output.error("Try 'svc --help'.");
    return 2;
  };
  try {
    switch (command) {
      case "--help":
      case "help":
        for (const line of USAGE.split("\n")) output.out(line);
        return 0;
      case "list":
        for (const line of table(services.list())) output.out(line);
        return 0;
      case "status": {
        if (names.length !== 1) return usage("status takes one name");
        const status = services.status(names[0]!);
        for (const line of inFull(status, services.log(names[0]!))) output.out(line);
        return status.state === "running" || status.state === "done" ? 0 : 3;
      }
      case "start":
      case "stop":
      case "restart":
      case "kill":
        if (names.length === 0) return usage(`${command}: which service?`);
        return await each(names, (name) => services[command](name), output);
      case "log": {
        const follows = names.includes("-f");
        const [name, ...rest] = names.filter((each) => each !== "-f");
        if (name === undefined || rest.length > 0) return usage("log takes one name");
        for (const line of services.log(name)) output.out(logText(line));
        if (follows) await followed(services, name, output);
        return 0;
      }
      case "reload": {
        const problems = await reload();
        for (const problem of problems) output.error(`svc: ${problem}`);
        return problems.length === 0 ? 0 : 1;
      }
      default:
        return usage(`unknown command "${command}"`);
    }
  } catch (error) {
    output.error(`svc: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

async function each(
  names: readonly string[],
  act: (name: string) => Promise<void>,
  output: SvcOutput,
): Promise<number> {
  let status = 0;
  for (const name of names) {
    try {
      await act(name);
    } catch (error) {
      output.error(`svc: ${error instanceof Error ? error.message : String(error)}`);
      status = 1;
    }
  }
  return status;
}

function followed(services: Services, name: string, output: SvcOutput): Promise<void> {
  return new Promise((resolve) => {
    const stop = services.follow(name, (_name, line) => output.out(logText(line)));
    const end = () => {
      stop();
      resolve();
    };
    if (output.signal.aborted) end();
    else output.signal.addEventListener("abort", end, { once: true });
  });
}

function table(services: readonly ServiceStatus[]): string[] {
  const rows = services.map((status) => [
    status.spec.name,
    status.state,
    status.identity ?? "-",
    status.uptimeMs === undefined ? "-" : durationText(status.uptimeMs),
    String(status.restarts),
    status.spec.description,
  ]);
  rows.unshift(["NAME", "STATE", "RUNS AS", "UP", "RESTARTS", "WHAT IT DOES"]);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

function inFull(status: ServiceStatus, log: readonly ServiceLogLine[]): string[] {
  const { spec } = status;
  const rows: (readonly [string, string | undefined])[] = [
    ["Name", spec.name],
    ["Description", spec.description],
    ["State", status.state],
    ["Runs as", status.identity],
    ["Up", status.uptimeMs === undefined ? undefined : durationText(status.uptimeMs)],
    ["Restarts", String(status.restarts)],
    ["Last end", status.reason],
    ["Needs", spec.needs.length === 0 ? undefined : spec.needs.join(", ")],
    ["Restart", `${spec.restart}, first after ${spec.backoff.firstMs} ms, at most ${spec.backoff.attempts} in a row`],
    ["Health", spec.health ? `every ${spec.health.intervalMs / 1000} s` : undefined],
  ];
  const lines = rows.flatMap(([name, value]) => (value === undefined ? [] : [`${`${name}:`.padEnd(13)}${value}`]));
  if (log.length > 0) lines.push("", ...log.slice(-10).map(logText));
  return lines;
}

function logText({ atMs, text }: ServiceLogLine): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} ${text}`;
}

/** "850 ms", "12 s", "3 min 5 s", "2 h 10 min", "4 d 1 h" */
function durationText(ms: number): string {
  const s = Math.floor(ms / 1000);
  if (s < 1) return `${Math.floor(ms)} ms`;
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}
