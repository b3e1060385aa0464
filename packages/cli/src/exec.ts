import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isolationHeaders } from "@cloudos/abi/isolation";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { type ExecCommand, UsageError } from "./arguments.ts";
import { CHROMIUM_FLAGS, findOrInstallChromium } from "./chromium.ts";
import { EXIT_NOT_BOOTED } from "./exit-code.ts";
import { JobQueue, type JobSink } from "./job-queue.ts";
import { jsonLines, passThrough } from "./sinks.ts";
import { serveSite } from "./site-server.ts";

/** Origin of the page. Fixed (no port), because the disk in a profile belongs to its origin; Chromium maps it to our port. */
const ORIGIN_HOST = "cloudos.localhost";

/** Longest a boot may take before the command gives up, on a machine under load. */
const BOOT_TIMEOUT_MS = 120_000;
/** A program's time-out is the page's to enforce; when the page itself is stuck, the command does after this grace. */
const GRACE_MS = 10_000;

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

/** Runs `cloudos exec`; resolves to the command's exit status. */
export async function exec(command: ExecCommand, site: string): Promise<number> {
  checkMounts(command);
  let exitCode = 0;
  const sink = command.batch
    ? jsonLines()
    : passThrough((code) => {
        exitCode = code;
      });
  const failure = await runInBrowser(command, site, sink);
  if (failure === null) return exitCode;
  process.stderr.write(`cloudos: ${failure}\n`);
  return EXIT_NOT_BOOTED;
}

function checkMounts(command: ExecCommand): void {
  for (const job of command.jobs) {
    for (const { host } of job.mounts) {
      if (!existsSync(host)) throw new UsageError(`Cannot mount "${host}": no such file or directory`);
      const info = lstatSync(resolve(host));
      if (!info.isDirectory() && !info.isFile())
        throw new UsageError(`Cannot mount "${host}": neither a folder nor a file`);
    }
  }
}

/** Resolves to null when every job was run, else to why not. */
async function runInBrowser(command: ExecCommand, site: string, sink: JobSink): Promise<string | null> {
  const token = randomBytes(16).toString("hex");
  const ended = Promise.withResolvers<string | null>();
  const bootTimer = setTimeout(() => ended.resolve("The OS did not boot in time"), BOOT_TIMEOUT_MS);
  const queue = new JobQueue({
    token,
    config: { mode: command.mode, cores: command.cores, disk: { kind: "indexeddb", name: "cloudos-disk-0" } },
    jobs: command.jobs,
    syncBack: command.syncBack,
    memoryMiB: command.memoryMiB,
    sink,
    onBooted: (result) => {
      clearTimeout(bootTimer);
      if (!result.ok) ended.resolve(`The OS did not boot: ${result.message} (${result.code})`);
      else armHardLimit(command, ended.resolve);
    },
    onDone: () => ended.resolve(null),
  });
  const headers = command.mode === "up" ? {} : isolationHeaders;
  const images = join(site, "../build/images");
  const server = await serveSite({ directory: site, port: 0, headers, images, intercept: queue.intercept });
  const profile = openProfile(command.profile);
  let context: BrowserContext | null = null;
  try {
    context = await chromium.launchPersistentContext(profile.path, {
      executablePath: findOrInstallChromium(),
      headless: true,
      args: [...CHROMIUM_FLAGS, `--host-resolver-rules=MAP ${ORIGIN_HOST}:80 127.0.0.1:${server.port}`],
    });
    const page = context.pages()[0] ?? (await context.newPage());
    page.on("crash", () => ended.resolve("The browser tab crashed"));
    page.on("pageerror", (error) => ended.resolve(`The page failed: ${error.message}`));
    forwardSignals(page);
    await page.goto(`http://${ORIGIN_HOST}/exec.html?token=${token}`);
    return await ended.promise;
  } finally {
    clearTimeout(bootTimer);
    await context?.close();
    await server.close();
    profile.dispose();
  }
}

/** Only a single program has a limit of the whole: a batch goes on after each time-out. */
function armHardLimit(command: ExecCommand, end: (failure: string) => void): void {
  const only = command.jobs.length === 1 ? command.jobs[0] : undefined;
  if (only === undefined || only.timeoutS === null) return;
  setTimeout(
    () => end(`The OS did not end the program ${GRACE_MS / 1000} s after its time-out`),
    only.timeoutS * 1000 + GRACE_MS,
  ).unref();
}

function forwardSignals(page: Page): void {
  for (const [name, signal] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      page
        .evaluate((n) => (globalThis as unknown as { cloudosKill(signal: number): void }).cloudosKill(n), signal)
        .catch(() => process.exit(128 + signal));
    });
  }
}

function openProfile(path: string | null): { path: string; dispose(): void } {
  if (path !== null) {
    mkdirSync(path, { recursive: true });
    return { path: resolve(path), dispose: () => undefined };
  }
  const temporary = mkdtempSync(join(tmpdir(), "cloudos-"));
  return { path: temporary, dispose: () => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 }) };
}
