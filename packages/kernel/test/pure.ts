/** The pure algorithms of assembly/core as a module of their own: pointers in, pointers out, no machine. */
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const base = fileURLToPath(new URL("../..", import.meta.url));

export type Pure = Record<string, (...values: number[]) => number>;

export interface PureModule {
  readonly call: Pure;
  readonly view: DataView;
}

/** Compiles files of `packages/kernel/assembly/core` and instantiates them on a memory of `pages` 64 KiB pages. */
export async function compilePure(files: readonly string[], pages: number): Promise<() => PureModule> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    [
      ...files.map((file) => `kernel/assembly/core/${file}`),
      ...["--baseDir", base, "-o", "pure.wasm", "--runtime", "stub", "--importMemory", "--noAssert", "-O2"],
      ...["--use", "abort=", "--disableWarning", "201", "--disableWarning", "235"],
    ],
    {
      writeFile: (_name: string, contents: Uint8Array | string) => {
        if (typeof contents !== "string") binary = new Uint8Array(contents);
      },
    },
  );
  if (error || binary === undefined) throw error ?? new Error(`Cannot compile: ${stderr.toString()}`);
  const module = await WebAssembly.compile(binary);
  return () => {
    const memory = new WebAssembly.Memory({ initial: pages });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return { call: exports as unknown as Pure, view: new DataView(memory.buffer) };
  };
}
