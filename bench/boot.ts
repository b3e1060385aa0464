import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { isolationHeaders } from "../packages/abi/src/isolation.ts";
import { CHROMIUM_FLAGS, findOrInstallChromium } from "../packages/cli/src/chromium.ts";
import { serveSite } from "../packages/cli/src/site-server.ts";
import { type Emit, summarise } from "./lib/result.ts";

const RUNS = 7;
const dist = join(import.meta.dirname, "../dist");

/** From navigation to the shell's prompt: with an empty cache and no disk (cold), and on the next visit (warm). */
export async function boot(emit: Emit): Promise<void> {
  const cold: number[] = [];
  const warm: number[] = [];
  const bytes: number[] = [];
  const site = await serveSite({ directory: dist, port: 0, headers: isolationHeaders });
  try {
    for (let run = 0; run < RUNS; run++) {
      const profile = mkdtempSync(join(tmpdir(), "cloudos-bench-"));
      const context = await chromium.launchPersistentContext(profile, {
        executablePath: findOrInstallChromium(),
        args: [...CHROMIUM_FLAGS],
      });
      try {
        const page = context.pages()[0] ?? (await context.newPage());
        const received = countBytes(page);
        cold.push(await timeToPrompt(page, site.url));
        bytes.push(await received());
        warm.push(await timeToPrompt(page, site.url));
      } finally {
        await context.close();
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      }
    }
  } finally {
    await site.close();
  }
  emit(summarise("boot", "cold_prompt_ms", "ms", cold));
  emit(summarise("boot", "warm_prompt_ms", "ms", warm));
  emit(summarise("boot", "first_load_bytes", "B", bytes));
}

/** Milliseconds on the page's own clock, from the start of navigation until the prompt is on the screen. */
async function timeToPrompt(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: "commit" });
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = () => {
          const place = document.querySelector(".terminal-place") as (Element & { readScreen?(): string }) | null;
          if (/\$ ?$/.test(place?.readScreen?.() ?? "")) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

/** Bytes on the wire, workers' requests included, as the site's responses say. */
function countBytes(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = [];
  page.context().on("response", (response) => {
    sizes.push(
      response
        .request()
        .sizes()
        .then(
          (size) => size.responseBodySize + size.responseHeadersSize,
          () => 0, // A request the page gave up on has no size.
        ),
    );
  });
  return async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
