/** vm run, console, exec, start: what connects a terminal to a machine. */
import type { ExecStatus } from "../agent/agent-client.ts";
import type { Progress } from "../images/blobs.ts";
import type { LiveMachine } from "../machine/live-machine.ts";
import type { EnvironmentSpec } from "../runtime.ts";
import { bytesText, parseOptions, UsageError } from "./command-line.ts";
import type { CommandSession } from "./command-session.ts";
import { operands, type Subcommand, type VmContext } from "./vm-command.ts";
import { absolute } from "./vm-transfer.ts";

/** Ctrl-], as telnet and virsh have it. */
const DETACH = 0x1d;
const END_OF_TRANSMISSION = 4;
const SIGHUP = 1;
const SIGKILL = 9;
const ENOENT = 2;
const PROGRESS_EVERY_BYTES = 256 * 1024;
/** What a program finds when `-e` replaces the agent's environment, or there is a terminal. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: "/root",
  USER: "root",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  TERM: "xterm-256color",
  LANG: "C.UTF-8",
};

export const runRun: Subcommand = async (context, args) => {
  const { session, runtime } = context;
  const options = parseOptions(args, {
    long: { name: true, detach: false, memory: true, package: true, cpu: true, rm: false, cold: false },
    short: { n: "name", d: "detach", m: "memory", p: "package" },
    stopsAtOperand: true,
  });
  const [image, ...command] = options.operands;
  if (image === undefined) throw new UsageError("missing operand: IMAGE");
  const memoryMiB = options.number("memory", 1, 2 ** 32);
  const cpuShare = options.number("cpu", 0.05, 1);
  const name = options.value("name") ?? (await freeName(context, image));
  const spec: EnvironmentSpec = {
    name,
    image,
    packages: options.values("package"),
    ...(memoryMiB !== undefined && { memoryMiB }),
    ...(cpuShare !== undefined && { cpuShare }),
    coldBoot: options.has("cold"),
  };
  await runtime.create(spec);
  const isTemporary = options.has("rm") || command.length > 0;
  try {
    await runtime.start(name, progress(session, image));
  } catch (error) {
    await runtime.remove(name);
    throw error;
  }
  const live = await runtime.live(name);
  if (options.has("detach")) {
    await session.stdout(`${name}\n`);
    return 0;
  }
  if (command.length > 0) {
    try {
      return await execute(context, name, command, { terminal: false, env: {} });
    } finally {
      await runtime.remove(name);
    }
  }
  const ending = await attach(session, live, { replay: false, nudge: !(spec.coldBoot ?? false) });
  // Whoever asked for the machine is gone, so is what it was for; a closed terminal may be opened again.
  if (ending.kind === "killed") await runtime.stop(name).catch(() => undefined);
  if (ending.kind === "hung-up" && !isTemporary) await runtime.suspend(name);
  if (isTemporary && ending.kind !== "detached") await runtime.remove(name);
  return report(session, name, ending);
};

export const runBoot: Subcommand = async ({ session, runtime }, args) => {
  const options = parseOptions(args, {
    long: { name: true, memory: true, cpu: true },
    short: { n: "name", m: "memory" },
  });
  const [file] = operands(options.operands, "FILE");
  const memoryMiB = options.number("memory", 1, 2 ** 32);
  const cpuShare = options.number("cpu", 0.05, 1);
  const disk = absolute(session.request.cwd, file);
  const stem = (disk.split("/").at(-1) ?? "").toLowerCase().replace(/\.[a-z0-9]+$/, "");
  const name =
    options.value("name") ?? (stem.replace(/[^a-z0-9._-]+/g, "-").replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "") || "disk");
  await runtime.create({
    name,
    disk,
    ...(memoryMiB !== undefined && { memoryMiB }),
    ...(cpuShare !== undefined && { cpuShare }),
  });
  try {
    await runtime.start(name, progress(session, "the BIOS"));
  } catch (error) {
    await runtime.remove(name);
    throw error;
  }
  await session.stdout(`${name}: its screen is in a tab of its own\n`);
  return 0;
};

export const runConsole: Subcommand = async (context, args) => {
  const [name] = operands(parseOptions(args, { long: {} }).operands, "NAME");
  await wake(context, name);
  const live = await context.runtime.live(name);
  return report(context.session, name, await attach(context.session, live, { replay: true, nudge: false }));
};

export const runStart: Subcommand = async ({ runtime, session }, args) => {
  const [name] = operands(parseOptions(args, { long: {} }).operands, "NAME");
  await runtime.start(name, progress(session, name));
  return 0;
};

export const runExec: Subcommand = async (context, args) => {
  const options = parseOptions(args, {
    long: { tty: false, env: true, workdir: true, user: true },
    short: { t: "tty", e: "env", w: "workdir", u: "user" },
    stopsAtOperand: true,
  });
  const [name, ...given] = options.operands;
  if (name === undefined) throw new UsageError("missing operand: NAME");
  const argv = given[0] === "--" ? given.slice(1) : given;
  const env = Object.fromEntries(options.values("env").map(assignment));
  const cwd = options.value("workdir");
  const uid = options.number("user", 0, 2 ** 32 - 1);
  const isShell = argv.length === 0;
  await wake(context, name);
  return execute(context, name, isShell ? ["/bin/sh", "-l"] : argv, {
    terminal: (options.has("tty") || isShell) && context.session.size !== null,
    env,
    ...(cwd !== undefined && { cwd }),
    ...(uid !== undefined && { user: { uid, gid: uid } }),
  });
};

interface ExecuteOptions {
  readonly terminal: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number };
}

async function execute(
  { session, runtime }: VmContext,
  name: string,
  argv: readonly string[],
  options: ExecuteOptions,
): Promise<number> {
  const { size } = session;
  const terminal = options.terminal && size !== null ? size : null;
  const hasEnv = terminal !== null || Object.keys(options.env).length > 0;
  const execution = await runtime.exec(name, {
    argv,
    ...(hasEnv && { env: { ...ENVIRONMENT, ...options.env } }),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.user && { user: options.user }),
    ...(terminal && { terminal }),
    onStdout: (bytes) => session.stdout(bytes),
    onStderr: (bytes) => session.stderr(bytes),
  });
  session.onSignal = (signal) => execution.signal(signal);
  session.onHangup = () => execution.signal(SIGHUP);
  session.onResize = (columns, rows) => execution.resize(columns, rows);
  session.takeStdin(
    {
      onData: (bytes) => execution.writeStdin(bytes),
      onEnd: () => void execution.closeStdin(),
    },
    terminal !== null,
  );
  const gone = session.gone.then(() => {
    execution.signal(SIGKILL);
    return null;
  });
  const status = await Promise.race([execution.exited, gone]);
  return status === null ? 128 + SIGKILL : statusOf(session, argv[0]!, status);
}

async function statusOf(session: CommandSession, program: string, status: ExecStatus): Promise<number> {
  switch (status.kind) {
    case "exited":
      return status.code;
    case "signaled":
      return 128 + status.signal;
    case "not-started":
      await session.stderr(
        `vm: Cannot run "${program}" in the machine: ${status.errno === ENOENT ? "no such program" : `error ${status.errno}`}\n`,
      );
      return status.errno === ENOENT ? 127 : 126;
  }
}

type Ending =
  | { readonly kind: "detached" | "hung-up" | "killed" }
  | { readonly kind: "ended"; readonly reason: string; readonly message: string };

/** Joins the session's terminal to the machine's console until one of them goes away. */
export async function attach(
  session: CommandSession,
  live: LiveMachine,
  options: { readonly replay: boolean; readonly nudge: boolean },
): Promise<Ending> {
  const ending = Promise.withResolvers<Ending>();
  const isTerminal = session.request.stdin === "terminal" && session.size !== null;
  const resize = (columns: number, rows: number) => {
    live.device.resizeConsole(columns, rows);
    live.connectedAgent?.resizeConsole(columns, rows);
  };
  if (session.size !== null) resize(session.size.columns, session.size.rows);
  session.onResize = resize;
  session.onHangup = () => ending.resolve({ kind: "hung-up" });
  session.onSignal = () => ending.resolve({ kind: "killed" });
  const detach = live.console.attach((bytes) => session.stdout(bytes), options.replay);
  void session.gone.then(() => ending.resolve({ kind: "killed" }));
  void live.ended.then(({ reason, message }) => ending.resolve({ kind: "ended", reason, message }));
  session.takeStdin(
    {
      onData: async (bytes) => {
        const at = isTerminal ? bytes.indexOf(DETACH) : -1;
        if (at >= 0) ending.resolve({ kind: "detached" });
        await live.console.write(at < 0 ? bytes : bytes.subarray(0, at));
      },
      onEnd: () => void live.console.write(Uint8Array.of(END_OF_TRANSMISSION)),
    },
    isTerminal,
  );
  if (options.nudge) {
    // A restored shell wrote its prompt long ago. With the guest's new name in place it writes a fresh one: by itself when it draws anew
    // for the window's size, else after an empty line, which must not get into what the person has begun to type.
    await live.agent.catch(() => undefined);
    if (session.size !== null) resize(session.size.columns, session.size.rows);
    if (live.console.bytesOut === 0 && live.console.bytesIn === 0) await live.console.write(Uint8Array.of(10));
  }
  const result = await ending.promise;
  detach();
  await session.setRaw(false);
  return result;
}

async function report(session: CommandSession, name: string, ending: Ending): Promise<number> {
  switch (ending.kind) {
    case "detached":
      await session.stdout(`\r\n[${name} goes on: vm console ${name}]\r\n`);
      return 0;
    case "hung-up":
      return 128 + SIGHUP;
    case "killed":
      return 128 + SIGKILL;
    case "ended":
      if (ending.reason === "halted" || ending.reason === "stopped") {
        await session.stdout(`\r\n[${name} has ended]\r\n`);
        return 0;
      }
      await session.stderr(`\r\nvm: "${name}" ended (${ending.reason}): ${ending.message}\n`);
      return 1;
  }
}

/** A suspended machine goes on when somebody wants something of it. */
async function wake({ runtime }: VmContext, name: string): Promise<void> {
  const machine = (await runtime.list()).find((each) => each.name === name);
  if (machine?.state.name === "suspended") await runtime.resume(name);
}

async function freeName({ runtime }: VmContext, image: string): Promise<string> {
  const taken = new Set((await runtime.list()).map(({ name }) => name));
  for (let n = 1; ; n++) {
    const name = n === 1 ? image : `${image}-${n}`;
    if (!taken.has(name)) return name;
  }
}

/** One line on the terminal's standard error that is written over and over; nothing elsewhere. */
function progress(session: CommandSession, what: string): Progress {
  let shown = 0;
  return (done, total) => {
    if (session.size === null || (done < total && done - shown < PROGRESS_EVERY_BYTES)) return;
    if (done >= total && shown === 0) return;
    shown = done;
    const line = done >= total ? "" : `Loading ${what}: ${bytesText(done)} of ${bytesText(total)}`;
    void session.stderr(`\r\x1b[K${line}`);
  };
}

function assignment(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new UsageError(`option '--env': '${text}' is not NAME=VALUE`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}
