/** Assembles the board's own Wasm modules: `node packages/hal-wasm/build-gate.ts` -> build/gate/*.wasm. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import wabt from "wabt";

const sources = ["gate/gate.wat", "gate/host-gate.wat", "gate/fiber.wat"];
const output = new URL("../../build/gate/", import.meta.url);

const features = { multi_memory: true, threads: true, bulk_memory: true };

const assembler = await wabt();
await mkdir(output, { recursive: true });
for (const source of sources) {
  const url = new URL(`src/${source}`, import.meta.url);
  const module = assembler.parseWat(fileURLToPath(url), await readFile(url, "utf8"), features);
  module.validate(features);
  const { buffer } = module.toBinary({});
  module.destroy();
  await writeFile(new URL(`${basename(source, ".wat")}.wasm`, output), buffer);
}
