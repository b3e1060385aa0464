import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { build, type Rolldown } from "vite";
import { isolationHeaders } from "../../packages/abi/src/isolation.ts";
import type { VmImage } from "../../packages/abi/src/vm-image.ts";

const images = join(import.meta.dirname, "../../build/images");

/** The peer: the same busybox state in the emulator alone, in a page of the same browser and origin. Its console is at `globalThis.machines`. */
export async function openPlainMachine(context: BrowserContext, siteUrl: string): Promise<Page> {
  const image: VmImage = JSON.parse(readFileSync(join(images, "busybox/manifest.json"), "utf8"));
  if (image.snapshot === null) throw new Error("The busybox image has no snapshot");
  const page = await context.newPage();
  const url = new URL("plain-machine", siteUrl).href;
  await page.route(url, (route) =>
    route.fulfill({ contentType: "text/html", headers: { ...isolationHeaders }, body: "<!doctype html>" }),
  );
  await page.goto(url);
  await page.addScriptTag({ content: await bundle(join(import.meta.dirname, "plain-machine-page.ts")) });
  const entry = import.meta.resolve("v86");
  const wasm = readFileSync(join(dirname(fileURLToPath(entry)), "v86.wasm")).toString("base64");
  const stateUrl = new URL(`os/images/blobs/${image.snapshot.state.sha256}`, siteUrl).href;
  await page.evaluate(([code, hardware, state]) => globalThis.startPlain(code, hardware, state), [
    wasm,
    image.hardware,
    stateUrl,
  ] as const);
  return page;
}

async function bundle(entry: string): Promise<string> {
  const output = (await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: true, lib: { entry, formats: ["iife"], name: "plainMachinePage" } },
  })) as Rolldown.RolldownOutput[];
  const chunk = output[0]?.output[0];
  if (chunk?.type !== "chunk") throw new Error("The page of the plain machine did not bundle");
  return chunk.code;
}
