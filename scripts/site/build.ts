/** The static site: Vite's bundle, the OS files beside it, and compressed variants for hosts that serve them. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";
import { osFileSource } from "../lib/os-files.ts";

const root = join(import.meta.dirname, "../..");
const dist = join(root, "dist");

await build({ configFile: join(root, "vite.config.ts"), logLevel: "warn" });

for (const name of ["kernel.wasm", "posix.wasm", "gate.wasm", "host-gate.wasm", "fiber.wasm", "x86.wasm", "image"]) {
  const target = join(dist, "os", name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(dirname(target), { recursive: true });
  cpSync(osFileSource(join(root, "build"), name), target, { recursive: true });
}

for (const path of filesBelow(dist)) {
  if (/\.(html|js|css|wasm|json|svg)$/.test(path)) precompress(path);
}

/** Variants that sirv and most static hosts pick up by suffix. Not worth it below a packet or when nothing is gained. */
function precompress(path: string): void {
  const data = readFileSync(path);
  if (data.length < 1400) return;
  const brotli = brotliCompressSync(data, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length },
  });
  const gzip = gzipSync(data, { level: 9 });
  if (brotli.length < data.length * 0.9) writeFileSync(`${path}.br`, brotli);
  if (gzip.length < data.length * 0.9) writeFileSync(`${path}.gz`, gzip);
}

function* filesBelow(directory: string): Generator<string> {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) {
      if (name !== "blobs") yield* filesBelow(path);
    } else yield path;
  }
}
