import { join } from "node:path";
import { build, type Rollup } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseResult } from "../../packages/hal-wasm/src/block/conformance.ts";
import { Stage } from "./stage.ts";

interface Results {
  readonly indexeddb: readonly CaseResult[];
  readonly opfs: readonly CaseResult[];
  readonly indexeddbFiles: unknown;
  readonly opfsFiles: unknown;
  readonly deleted: unknown;
  readonly twice: unknown;
}

/** The worker's script as one text. */
async function bundle(): Promise<string> {
  const output = (await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "esnext",
      minify: false,
      lib: { entry: join(import.meta.dirname, "block-devices.page.ts"), formats: ["es"] },
    },
  })) as Rollup.RollupOutput[];
  return output[0]!.output[0].code;
}

describe("block devices in Chromium", () => {
  let stage: Stage;
  let results: Results;

  beforeAll(async () => {
    stage = await Stage.open();
    const page = await stage.context.newPage();
    // An origin of its own for storage, without the system running on it.
    await page.goto(new URL("os/image/manifest.json", stage.site.url).href);
    results = await page.evaluate(
      async (code) => {
        const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
        const worker = new Worker(url, { type: "module" });
        return new Promise<Results>((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = (event) => reject(new Error(event.message));
        });
      },
      await bundle(),
    );
  });
  afterAll(() => stage.close());

  it.each(["indexeddb", "opfs"] as const)("%s passes the conformance suite", (kind) => {
    expect(results[kind].filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    expect(results[kind].length).toBeGreaterThan(10);
  });

  it.each(["indexeddbFiles", "opfsFiles"] as const)("%s: a CloudFS on it is sound and found again", (key) => {
    expect(results[key]).toEqual({ problems: [], byte: 199 });
  });

  it("a database deleted while it runs is lost, in words", () => {
    expect(results.deleted).toEqual({ told: 'Cannot use disk "deleted": it was deleted', code: "lost" });
  });

  it("a file that another worker has open is blocked", () => {
    expect(results.twice).toBe("blocked");
  });
});
