/**
 * Compiles the kernel: `node packages/kernel/build.ts` writes build/kernel/kernel.wasm, the microkernel, and posix.wasm, the
 * personality beside it (split.ts), both also as *.debug.wasm (same code with function names, for profiles and stack
 * traces). The build fails when a binary breaks a promise that many instances on one memory rest on: see test/shape.test.ts.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { split } from "./split.ts";
import { checkShape, KERNEL_BYTES_MAX } from "./src/shape.ts";

const here = dirname(fileURLToPath(import.meta.url));
const outDir = resolve(here, "../../build/kernel");
mkdirSync(outDir, { recursive: true });

const common = [
  "kernel/assembly/index.ts",
  ...["--runtime", "stub", "--importMemory", "--sharedMemory", "--initialMemory", "64", "--maximumMemory", "32768"],
  ...["--importTable", "--tableBase", "1", "--stackSize", "0", "--noExportMemory", "--noAssert"],
  ...["--enable", "threads", "--enable", "bulk-memory", "--enable", "sign-extension", "--enable", "nontrapping-f2i"],
  ...["--use", "abort=", "--disableWarning", "201", "-O3", "--shrinkLevel", "1", "--converge"],
];

const { error, stderr, binary } = await compileWhole();
if (error) {
  process.stderr.write(stderr.toString());
  throw error;
}

for (const debug of [true, false]) {
  const { kernel, posix, bridge } = split({ whole: binary, debug });
  const write = (name: string, bytes: Uint8Array) =>
    writeFileSync(resolve(outDir, debug ? `${name}.debug.wasm` : `${name}.wasm`), bytes);
  write("kernel", kernel);
  write("posix", posix);
  if (debug) continue;
  const problems = [
    ...checkShape("kernel.wasm", kernel, { bytesMax: KERNEL_BYTES_MAX, mutableGlobals: 1 }).problems,
    ...checkShape("posix.wasm", posix, { bytesMax: Infinity, mutableGlobals: 0 }).problems,
  ];
  console.log(
    `kernel.wasm: ${kernel.length} bytes, posix.wasm: ${posix.length} bytes, ${bridge.length} calls from the first to the second`,
  );
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
}

/** All of the kernel as one module with function names. */
async function compileWhole(): Promise<{ error: Error | null; stderr: { toString(): string }; binary: Uint8Array }> {
  let binary = new Uint8Array();
  const result = await asc.main([...common, "--baseDir", resolve(here, ".."), "--debug", "-o", "kernel.wasm"], {
    writeFile: (_name: string, contents: Uint8Array | string) => {
      if (typeof contents !== "string") binary = new Uint8Array(contents);
    },
  });
  return { ...result, binary };
}
