/**
 * Compiles assembly/bin/*.ts to build/userland/<name>.wasm.
 *
 *   node packages/userland/build.ts [name...]
 *
 * A program is compiled again only when its sources (all files it can import) or the options have changed. Several are
 * compiled at a time, each in a worker with its own compiler.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

const PACKAGE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(PACKAGE, "../..");
const BIN = join(PACKAGE, "assembly/bin");
const OUT = join(ROOT, "build/userland");
const STAMPS = join(OUT, "stamps.json");

const OPTIONS = [
  "--optimizeLevel=3",
  "--shrinkLevel=2",
  "--converge",
  "--noAssert",
  // Collects step by step while allocating: shells and `top` run for hours. Its shadow stack bounds recursion, so it is large.
  "--runtime=incremental",
  "--stackSize=524288",
  "--exportStart=_start",
  // A failed run-time check is a trap (SIGILL); the message would cost every program its strings.
  "--use=abort=",
];

interface CompileResult {
  readonly name: string;
  readonly error?: string;
  readonly sizeBytes?: number;
}

/** Hash of a source and everything it imports, so a change in `sh` does not rebuild `ls`. */
function sourceHash(entry: string): string {
  const hash = createHash("sha256").update(OPTIONS.join("\0"));
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = readFileSync(file, "utf8");
    hash.update(relative(ROOT, file)).update("\0").update(source).update("\0");
    for (const match of source.matchAll(/from\s+"(\.[^"]+)"/g)) {
      visit(resolve(dirname(file), match[1]!.endsWith(".ts") ? match[1]! : `${match[1]}.ts`));
    }
  };
  visit(entry);
  return hash.digest("hex");
}

function readStamps(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(STAMPS, "utf8"));
  } catch {
    return {};
  }
}

async function compile(name: string): Promise<CompileResult> {
  const { default: asc } = await import("assemblyscript/asc");
  const output = new Map<string, Uint8Array>();
  const { error, stderr } = await asc.main(
    [relative(ROOT, join(BIN, `${name}.ts`)), "--baseDir", ROOT, "--outFile", `${name}.wasm`, ...OPTIONS],
    { writeFile: (file, contents) => void output.set(file, Buffer.from(contents)) },
  );
  const wasm = output.get(`${name}.wasm`);
  if (error || !wasm) return { name, error: stderr.toString() || String(error) };
  writeFileSync(join(OUT, `${name}.wasm`), wasm);
  return { name, sizeBytes: wasm.length };
}

function startWorker(): Worker {
  return new Worker(fileURLToPath(import.meta.url));
}

/** Compiles the named programs (default: all): true when none failed. */
export async function buildUserland(names: readonly string[] = []): Promise<boolean> {
  mkdirSync(OUT, { recursive: true });
  const all = readdirSync(BIN)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3));
  for (const name of names) if (!all.includes(name)) throw new Error(`Cannot build "${name}": no ${BIN}/${name}.ts`);
  const stamps = readStamps();
  const built = new Set(readdirSync(OUT));
  const hashes = new Map((names.length > 0 ? names : all).map((name) => [name, sourceHash(join(BIN, `${name}.ts`))]));
  const stale = [...hashes.keys()].filter((name) => stamps[name] !== hashes.get(name) || !built.has(`${name}.wasm`));
  const done: string[] = [];
  let failed = false;
  const finish = (result: CompileResult): void => {
    if (result.error !== undefined) {
      failed = true;
      console.error(result.error);
      return;
    }
    done.push(result.name);
    console.log(`userland: ${result.name}.wasm ${result.sizeBytes} bytes`);
  };
  const queue = [...stale];
  const lanes = Math.min(Math.max(1, availableParallelism()), queue.length);
  await Promise.all(Array.from({ length: lanes }, () => drain(queue, finish)));
  const merged = { ...readStamps() };
  for (const name of done) merged[name] = hashes.get(name)!;
  if (names.length === 0) removeStale(all, merged);
  writeFileSync(STAMPS, `${JSON.stringify(merged, null, 1)}\n`);
  return !failed;
}

/** One worker takes names until none are left. */
async function drain(queue: string[], finish: (result: CompileResult) => void): Promise<void> {
  const worker = startWorker();
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const result = new Promise<CompileResult>((resolveResult, reject) => {
      worker.once("message", resolveResult);
      worker.once("error", reject);
    });
    worker.postMessage(name);
    finish(await result);
    worker.removeAllListeners("error");
  }
  await worker.terminate();
}

/** Programs whose source is gone leave the output too. */
function removeStale(all: readonly string[], stamps: Record<string, string>): void {
  for (const file of readdirSync(OUT)) {
    const name = file.slice(0, -5);
    if (!file.endsWith(".wasm") || all.includes(name)) continue;
    rmSync(join(OUT, file));
    delete stamps[name];
  }
}

if (!isMainThread) {
  parentPort!.on("message", (name: string) => {
    void compile(name).then((result) => parentPort!.postMessage(result));
  });
} else if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = (await buildUserland(process.argv.slice(2))) ? 0 : 1;
}
