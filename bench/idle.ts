import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { isolationHeaders } from "../packages/abi/src/isolation.ts";
import { CHROMIUM_FLAGS, findOrInstallChromium } from "../packages/cli/src/chromium.ts";
import { serveSite } from "../packages/cli/src/site-server.ts";
import { type Emit, summarise } from "./lib/result.ts";

const RUNS = 3;
/** Long enough that the clock tick of /proc (10 ms) is 0.1 %. */
const WINDOW_MS = 10_000;
/** Compilers, garbage collectors and the disk's first commit come to rest. */
const SETTLE_MS = 5_000;
/** USER_HZ, fixed in Linux's ABI to programs. */
const TICKS_PER_SECOND = 100;
const dist = join(import.meta.dirname, "../dist");

/**
 * Share of one core that a machine at its prompt takes, over all processes of the browser; beside it the same browser with an
 * empty page. Linux only: it reads /proc.
 */
export async function idleCpu(emit: Emit): Promise<void> {
  const prompt: number[] = [];
  const empty: number[] = [];
  const site = await serveSite({ directory: dist, port: 0, headers: isolationHeaders });
  try {
    for (let run = 0; run < RUNS; run++) {
      empty.push(await percentOf("about:blank", () => true));
      prompt.push(await percentOf(site.url, shellPrompts));
    }
  } finally {
    await site.close();
  }
  emit(summarise("sched", "idle_cpu_percent", "%", prompt));
  // Not as its peer: an empty page takes nothing, and nothing has no ratio.
  emit(summarise("sched", "idle_cpu_empty_page_percent", "%", empty));
}

async function percentOf(url: string, isReady: () => boolean): Promise<number> {
  const profile = mkdtempSync(join(tmpdir(), "cloudos-bench-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findOrInstallChromium(),
    args: [...CHROMIUM_FLAGS],
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(url);
    await page.waitForFunction(isReady);
    await pause(SETTLE_MS);
    const before = cpuTicks(profile);
    const begin = performance.now();
    await pause(WINDOW_MS);
    const seconds = (performance.now() - begin) / 1000;
    return ((cpuTicks(profile) - before) / TICKS_PER_SECOND / seconds) * 100;
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function shellPrompts(): boolean {
  const place = document.querySelector(".terminal-place") as (Element & { readScreen?(): string }) | null;
  return /\$ ?$/.test(place?.readScreen?.() ?? "");
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** User and system time of the browser with this profile and of all its descendants (proc_pid_stat(5)). */
function cpuTicks(profile: string): number {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => statOf(pid));
  const family = new Set(processes.filter(({ pid }) => commandOf(pid).includes(profile)).map(({ pid }) => pid));
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent } of processes) {
      if (family.has(pid) || !family.has(parent)) continue;
      family.add(pid);
      grown = true;
    }
  }
  if (family.size === 0) throw new Error(`Cannot measure: no process has the profile ${profile}`);
  return processes.reduce((sum, { pid, ticks }) => (family.has(pid) ? sum + ticks : sum), 0);
}

function statOf(pid: string): { pid: number; parent: number; ticks: number }[] {
  try {
    // The name may hold blanks and brackets: fields are counted from the last bracket.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return [{ pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
  } catch {
    return []; // It ended meanwhile.
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
