import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { build, type Rolldown } from "vite";
import { CHROMIUM_FLAGS, findOrInstallChromium } from "../../packages/cli/src/chromium.ts";
import { guestDirectory } from "./guests.ts";

/** The peer: the same io.wasm under `@bjorn3/browser_wasi_shim` in a page of the same Chromium. Nanoseconds a call. */
export async function measureInShim(
  jobs: Readonly<Record<string, readonly string[]>>,
): Promise<Record<string, number[]>> {
  const script = await bundle(join(import.meta.dirname, "shim-page.ts"));
  const browser = await chromium.launch({ executablePath: findOrInstallChromium(), args: [...CHROMIUM_FLAGS] });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: script });
    const wasm = readFileSync(join(guestDirectory, "io.wasm")).toString("base64");
    const figures: Record<string, number[]> = {};
    for (const [id, args] of Object.entries(jobs)) {
      figures[id] = await page.evaluate(([code, list]) => globalThis.runInShim(code, list), [wasm, [...args]] as const);
    }
    return figures;
  } finally {
    await browser.close();
  }
}

async function bundle(entry: string): Promise<string> {
  const output = (await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: true, lib: { entry, formats: ["iife"], name: "shimPage" } },
  })) as Rolldown.RolldownOutput[];
  const chunk = output[0]?.output[0];
  if (chunk?.type !== "chunk") throw new Error("The shim page did not bundle");
  return chunk.code;
}
