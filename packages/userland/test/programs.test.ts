/** What every compiled program must be: a WASI command that asks for nothing but WASI and cloudos_v1. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildUserland } from "../build.ts";

const BIN = join(import.meta.dirname, "../assembly/bin");
const OUT = join(import.meta.dirname, "../../../build/userland");
const MODULES = ["wasi_snapshot_preview1", "cloudos_v1"];
/** The shell is the largest; a program past this drags in something it does not need. */
const SIZE_LIMIT = 400_000;
const COMPILE_TIMEOUT_MS = 600_000;

/** Utilities every system of this kind has; `[` is a second name of test. */
const REQUIRED =
  "sh ls cat echo printf cp mv rm mkdir rmdir ln touch pwd head tail wc sort uniq cut tr grep sed find xargs tee seq sleep date env " +
  "true false test kill ps top df du mount uname id whoami chmod stat basename dirname yes hexdump sha256sum cmp tar gzip clear less download licenses";

const names = readdirSync(BIN)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));

describe("compiled programs", () => {
  beforeAll(async () => {
    expect(await buildUserland()).toBe(true);
  }, COMPILE_TIMEOUT_MS);

  it("include every required utility", () => {
    expect(REQUIRED.split(" ").filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(names)("%s is a small WASI command", async (name) => {
    const bytes = readFileSync(join(OUT, `${name}.wasm`));
    const module = await WebAssembly.compile(bytes);
    expect(WebAssembly.Module.exports(module).map((item) => item.name)).toEqual(
      expect.arrayContaining(["memory", "_start"]),
    );
    const foreign = WebAssembly.Module.imports(module).filter((item) => !MODULES.includes(item.module));
    expect(foreign).toEqual([]);
    expect(bytes.length).toBeLessThan(SIZE_LIMIT);
  });
});
