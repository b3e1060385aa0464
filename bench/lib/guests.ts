import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "../..");
/** Mounted at /bench in the machine. */
export const guestDirectory = join(root, "build/bench");

/** Compiles bench/assembly/NAME.ts to build/bench/NAME.wasm. */
export async function buildGuests(names: readonly string[]): Promise<void> {
  const { default: asc } = await import("assemblyscript/asc");
  mkdirSync(guestDirectory, { recursive: true });
  for (const name of names) {
    const { error, stderr } = await asc.main(
      [
        relative(root, join(root, `bench/assembly/${name}.ts`)),
        ...["--baseDir", root, "--outFile", `${name}.wasm`, "-O3", "--noAssert", "--use", "abort="],
        ...["--runtime", "incremental", "--exportStart", "_start", "--stackSize", "65536"],
      ],
      { writeFile: (file, contents) => writeFileSync(join(guestDirectory, file), Buffer.from(contents)) },
    );
    if (error) throw new Error(`Cannot compile bench guest ${name}: ${stderr.toString()}`);
  }
}
