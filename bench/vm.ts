/** x86 machines in a real browser: click to prompt, saving, cloning, restoring many, console and files. Skips images that are not built. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { isolationHeaders } from "../packages/abi/src/isolation.ts";
import { CHROMIUM_FLAGS, findOrInstallChromium } from "../packages/cli/src/chromium.ts";
import { type Site, serveSite } from "../packages/cli/src/site-server.ts";
import type { MachineRuntime } from "../packages/runtime/src/machine/machine-runtime.ts";
import { type Emit, summarise } from "./lib/result.ts";
import { comparePlain } from "./vm-peer.ts";

const RUNS = 5;
const RESTORES = [1, 4, 16] as const;
const CONSOLE_MIB = 8;
const SEQUENTIAL_MIB = 16;
const PROMPT_TIMEOUT_MS = 120_000;
const dist = join(import.meta.dirname, "../dist");
const images = join(import.meta.dirname, "../build/images");

/** What the page of the shell puts at `globalThis.machines`. */
declare const machines: { readonly runtime: MachineRuntime };

export async function vm(emit: Emit): Promise<void> {
  const site = await serveSite({ directory: dist, port: 0, headers: isolationHeaders, images });
  try {
    for (const image of ["busybox", "debian"]) {
      if (isBuilt(image)) await clicks(site, image, emit);
    }
    if (isBuilt("desktop")) await desktop(site, emit);
    if (isBuilt("debian")) await states(site, emit);
    if (isBuilt("busybox")) await throughput(site, emit);
  } finally {
    await site.close();
  }
}

function isBuilt(image: string): boolean {
  return existsSync(join(images, image, "manifest.json"));
}

/** From the click on "Run" until the prompt is on the screen: with an empty cache, and in a page that has been here before. */
async function clicks(site: Site, image: string, emit: Emit): Promise<void> {
  const cold: number[] = [];
  const warm: number[] = [];
  const bytes: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await withBrowser(async (context) => {
      const page = await open(context, site);
      const received = countBytes(page);
      cold.push(await clickToPrompt(page, image));
      bytes.push(await received());
      await page.evaluate((name) => machines.runtime.remove(name), image);
      await page.reload();
      await ready(page);
      warm.push(await clickToPrompt(page, image));
    });
  }
  emit(summarise("vm", `${image}_cold_prompt_ms`, "ms", cold));
  emit(summarise("vm", `${image}_warm_prompt_ms`, "ms", warm));
  emit(summarise("vm", `${image}_first_load_bytes`, "B", bytes));
}

/** From the click until the first picture of the desktop is drawn. */
async function desktop(site: Site, emit: Emit): Promise<void> {
  const warm: number[] = [];
  const rates: number[] = [];
  await withBrowser(async (context) => {
    for (let run = 0; run < RUNS; run++) {
      const page = await open(context, site);
      const ms = await clickToFrame(page);
      // The first run fills the cache.
      if (run > 0) warm.push(ms);
      rates.push(await frameRate(page));
      await page.evaluate(() => machines.runtime.remove("desktop"));
      await page.close();
    }
  });
  emit(summarise("vm", "desktop_warm_frame_ms", "ms", warm));
  emit(summarise("vm", "desktop_frames_per_second", "1/s", rates));
}

/** Saving, cloning and restoring Debian. */
async function states(site: Site, emit: Emit): Promise<void> {
  await withBrowser(async (context) => {
    const page = await open(context, site);
    const samples = await page.evaluate(async (runs) => {
      const { runtime } = machines;
      await runtime.create({ name: "base", image: "debian" });
      await runtime.start("base");
      await (await runtime.live("base")).agent;
      const saves = [];
      const clones = [];
      for (let run = 0; run < runs; run++) {
        saves.push(await runtime.snapshot("base"));
        clones.push(await runtime.clone("base", `clone-${run}`));
        await runtime.remove(`clone-${run}`);
      }
      const { load } = await runtime.stats("base");
      await runtime.remove("base");
      return { saves, clones, load };
    }, RUNS);
    emit(
      summarise(
        "vm",
        "snapshot_save_ms",
        "ms",
        samples.saves.map(({ ms }) => ms),
      ),
    );
    emit(
      summarise(
        "vm",
        "snapshot_bytes",
        "B",
        samples.saves.map(({ sizeBytes }) => sizeBytes),
      ),
    );
    emit(
      summarise(
        "vm",
        "clone_ms",
        "ms",
        samples.clones.map(({ ms }) => ms),
      ),
    );
    emit(
      summarise(
        "vm",
        "clone_bytes",
        "B",
        samples.clones.map(({ sizeBytes }) => sizeBytes),
      ),
    );
    for (const count of RESTORES) {
      const restored = await page.evaluate(async (machinesWanted) => {
        const { runtime } = machines;
        const names = Array.from({ length: machinesWanted }, (_, i) => `many-${i}`);
        for (const name of names) await runtime.create({ name, image: "debian" });
        const begin = performance.now();
        // Ready when a program can be run in it.
        await Promise.all(
          names.map(async (name) => {
            await runtime.start(name);
            await (await runtime.live(name)).agent;
          }),
        );
        const ms = performance.now() - begin;
        const stats = await Promise.all(names.map((name) => runtime.stats(name)));
        for (const name of names) await runtime.remove(name);
        return { ms, bytesEach: stats.reduce((sum, { hostBytes }) => sum + hostBytes, 0) / names.length };
      }, count);
      emit(summarise("vm", `restore_${count}_ms`, "ms", [restored.ms]));
      if (count === RESTORES.at(-1)) emit(summarise("vm", "machine_bytes_each", "B", [restored.bytesEach]));
    }
  });
}

/** Console and 9P of busybox, whose files are on the OS's disk under /mnt/host; and what it costs when it does nothing. */
async function throughput(site: Site, emit: Emit): Promise<void> {
  await withBrowser(async (context) => {
    const page = await open(context, site);
    await page.evaluate(async () => {
      await machines.runtime.create({ name: "io", image: "busybox" });
      await machines.runtime.start("io");
      await (await machines.runtime.live("io")).agent;
    });
    const console_ = await samples(() => page.evaluate(consoleRate, CONSOLE_MIB));
    emit(summarise("vm", "console_mib_per_s", "MiB/s", console_));
    const empty = Math.min(...(await samples(() => page.evaluate(timed, "true"))));
    emit(summarise("vm", "exec_ms", "ms", [empty]));
    const blocks = SEQUENTIAL_MIB * 8;
    const write = await samples(() =>
      page.evaluate(timed, `dd if=/dev/zero of=/mnt/host/big bs=128k count=${blocks} conv=fsync 2> /dev/null`),
    );
    emit(
      summarise(
        "vm",
        "ninep_write_mib_per_s",
        "MiB/s",
        write.map((ms) => (SEQUENTIAL_MIB * 1000) / (ms - empty)),
      ),
    );
    await page.waitForTimeout(3000);
    const idle = await page.evaluate(async () => (await machines.runtime.stats("io")).load * 100);
    emit(summarise("vm", "idle_cpu_percent", "%", [idle]));
    await comparePlain(context, page, site.url, emit);
  });
}

/** In the page: MiB a second from the guest's terminal. */
async function consoleRate(mib: number): Promise<number> {
  const { console: terminal } = await machines.runtime.live("io");
  const total = mib * 1024 * 1024;
  const begin = performance.now();
  let seen = 0;
  await new Promise<void>((resolve) => {
    const detach = terminal.attach((bytes) => {
      seen += bytes.length;
      if (seen < total) return;
      detach();
      resolve();
    }, false);
    void terminal.write(new TextEncoder().encode(`head -c ${total} /dev/zero | tr '\\0' x\n`));
  });
  return (mib * 1000) / (performance.now() - begin);
}

/** In the page: milliseconds a shell command takes in the guest, starting it included. */
async function timed(command: string): Promise<number> {
  const begin = performance.now();
  const { exited } = await machines.runtime.exec("io", {
    argv: ["/bin/sh", "-c", command],
    onStdout: () => undefined,
    onStderr: () => undefined,
  });
  const status = await exited;
  if (status.kind !== "exited" || status.code !== 0)
    throw new Error(`"${command}" ended with ${JSON.stringify(status)}`);
  return performance.now() - begin;
}

async function samples(measure: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let run = 0; run < RUNS; run++) values.push(await measure());
  return values;
}

async function withBrowser(use: (context: BrowserContext) => Promise<void>): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), "cloudos-bench-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findOrInstallChromium(),
    args: [...CHROMIUM_FLAGS],
  });
  try {
    await use(context);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function open(context: BrowserContext, site: Site): Promise<Page> {
  const page = await context.newPage();
  await page.goto(site.url);
  await ready(page);
  return page;
}

async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const place = document.querySelector(".terminal-place") as (Element & { readScreen?(): string }) | null;
    return /\$ ?$/.test(place?.readScreen?.() ?? "");
  });
}

/** Milliseconds on the page's own clock. */
async function clickToPrompt(page: Page, image: string): Promise<number> {
  await page.getByRole("button", { name: "Machines" }).click();
  await page.getByRole("button", { name: `Run ${image}` }).waitFor();
  return page.evaluate(
    ({ name, timeoutMs }) =>
      new Promise<number>((resolve, reject) => {
        const begin = performance.now();
        document.querySelector<HTMLElement>(`[aria-label="Run ${name}"]`)?.click();
        const look = () => {
          const place = document.querySelector(".pane:not(.pane-hidden) .terminal-place");
          const text = (place as (Element & { readScreen?(): string }) | null)?.readScreen?.() ?? "";
          if (/root@[^\n]*# ?$/.test(text)) resolve(performance.now() - begin);
          else if (performance.now() - begin > timeoutMs) reject(new Error(`No prompt. The screen shows: ${text}`));
          else requestAnimationFrame(look);
        };
        look();
      }),
    { name: image, timeoutMs: PROMPT_TIMEOUT_MS },
  );
}

async function clickToFrame(page: Page): Promise<number> {
  await page.getByRole("button", { name: "Machines" }).click();
  await page.getByRole("button", { name: "Run desktop" }).waitFor();
  return page.evaluate(
    (timeoutMs) =>
      new Promise<number>((resolve, reject) => {
        const begin = performance.now();
        document.querySelector<HTMLElement>('[aria-label="Run desktop"]')?.click();
        const probe = new OffscreenCanvas(64, 48).getContext("2d", { willReadFrequently: true })!;
        const look = () => {
          const canvas = document.querySelector<HTMLCanvasElement>(".screen canvas");
          if (canvas !== null && canvas.width >= 640) {
            probe.drawImage(canvas, 0, 0, 64, 48);
            // Anything but black.
            if (probe.getImageData(0, 0, 64, 48).data.some((value, at) => at % 4 !== 3 && value > 0)) {
              resolve(performance.now() - begin);
              return;
            }
          }
          if (performance.now() - begin > timeoutMs) reject(new Error("No picture"));
          else requestAnimationFrame(look);
        };
        look();
      }),
    PROMPT_TIMEOUT_MS,
  );
}

/** Frames the browser shows in a second while the desktop runs. */
async function frameRate(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const begin = performance.now();
        let frames = 0;
        const frame = () => {
          frames++;
          const elapsed = performance.now() - begin;
          if (elapsed >= 1000) resolve((frames * 1000) / elapsed);
          else requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
  );
}

/** Bytes on the wire from now on, workers' requests included, as the site's responses say. */
function countBytes(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = [];
  page.context().on("response", (response) => {
    const size = response.request().sizes();
    // A request the page gave up on has no size.
    sizes.push(
      size.then(
        ({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize,
        () => 0,
      ),
    );
  });
  return async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
