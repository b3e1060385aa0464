/** The system image: userland (rewritten) and third-party programs as one manifest and content-addressed blobs in `build/image`. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGE_VERSION, type ImageBlob, type ImageEntry, type ImageManifest } from "../../packages/abi/src/image.ts";
import { rewrite } from "../../packages/hal-wasm/src/rewriter/index.ts";
import { aliases } from "./aliases.ts";
import { BlobStore } from "./blob-store.ts";
import { skeleton } from "./skeleton.ts";

const root = join(import.meta.dirname, "../..");
const out = join(root, "build/image");
const programs = join(root, "build/programs");

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "blobs"), { recursive: true });
const store = new BlobStore(join(out, "blobs"));
const entries = new Map<string, ImageEntry>();
const put = (entry: ImageEntry) => entries.set(entry.path, entry);

for (const path of ["/bin", "/usr", "/usr/bin", "/usr/lib", "/usr/share", "/usr/share/licenses"])
  put({ type: "dir", path, mode: 0o755 });
for (const [path, text] of Object.entries(skeleton(root))) putFile(path, new TextEncoder().encode(text), 0o644);
for (const file of readdirSync(join(root, "build/userland")).sort()) {
  if (file.endsWith(".wasm"))
    putProgram(`/bin/${file.slice(0, -".wasm".length)}`, readFileSync(join(root, "build/userland", file)));
}
for (const [name, target] of Object.entries(aliases)) {
  if (!entries.has(`/bin/${target}`)) throw new Error(`Alias "${name}" names "${target}", which is not built`);
  put({ type: "symlink", path: `/bin/${name}`, target });
}
const shipped = readPrograms();
for (const entry of shipped.entries) {
  putParents(entry.path);
  put(entry);
}

const manifest: ImageManifest = {
  version: IMAGE_VERSION,
  entries: [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
  blobs: { ...store.blobs, ...shipped.blobs },
};
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest));

function putProgram(path: string, original: Uint8Array): void {
  const result = rewrite(original);
  if (!result.ok) throw new Error(`Cannot rewrite ${path}: ${result.message}`);
  putFile(path, result.bytes, 0o755, { program: { memoryMinPages: result.memoryMinPages } });
}

function putFile(
  path: string,
  data: Uint8Array,
  mode: number,
  more: { program?: { memoryMinPages: number } } = {},
): void {
  putParents(path);
  put({ type: "file", path, mode, sizeBytes: data.length, blob: store.add(data), offset: 0, ...more });
}

function putParents(path: string): void {
  for (let slash = path.indexOf("/", 1); slash > 0; slash = path.indexOf("/", slash + 1)) {
    const parent = path.slice(0, slash);
    if (!entries.has(parent)) put({ type: "dir", path: parent, mode: 0o755 });
  }
}

/** What packages/programs built, with its blobs copied over. */
function readPrograms(): { entries: readonly ImageEntry[]; blobs: Readonly<Record<string, ImageBlob>> } {
  const index = join(programs, "index.json");
  if (!existsSync(index)) throw new Error("Cannot build the image: packages/programs is not built");
  cpSync(join(programs, "blobs"), join(out, "blobs"), { recursive: true });
  return JSON.parse(readFileSync(index, "utf8"));
}
