/**
 * Compiles the kernel: `node packages/kernel/build.ts` writes build/kernel/kernel.wasm (shipped) and
 * build/kernel/kernel.debug.wasm (same code with function names, for profiles and stack traces). The build fails when
 * the binary breaks a promise that many instances on one memory rest on: see test/shape.test.ts.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { checkShape } from "./src/shape.ts";

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

async function compile(outFile: string, extra: readonly string[]): Promise<void> {
  const { error, stderr } = await asc.main([...common, "--baseDir", resolve(here, ".."), "-o", outFile, ...extra]);
  const messages = stderr.toString();
  if (messages) process.stderr.write(messages);
  if (error) throw error;
}

const shipped = resolve(outDir, "kernel.wasm");
await compile(shipped, []);
await compile(resolve(outDir, "kernel.debug.wasm"), ["--debug"]);

const report = checkShape(readFileSync(shipped));
console.log(`kernel.wasm: ${report.bytes} bytes, ${report.mutableGlobals} mutable globals, ${report.exports} exports`);
for (const problem of report.problems) console.error(problem);
if (report.problems.length > 0) process.exit(1);
