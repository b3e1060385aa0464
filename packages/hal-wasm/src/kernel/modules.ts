import { hasMultiMemory } from "./features.ts";

/** The compiled modules of the board; posted to every worker. */
export interface BoardModules {
  readonly kernel: WebAssembly.Module;
  readonly fiber: WebAssembly.Module;
  readonly gate: { readonly kind: "wasm" | "host"; readonly module: WebAssembly.Module };
}

/** Compiles them from the files of the build, fetched by name. */
export async function compileBoard(
  compile: (file: string) => Promise<WebAssembly.Module>,
  gateKind: "wasm" | "host" = hasMultiMemory() ? "wasm" : "host",
): Promise<BoardModules> {
  const [kernel, fiber, gate] = await Promise.all([
    compile("kernel.wasm"),
    compile("fiber.wasm"),
    compile(gateKind === "wasm" ? "gate.wasm" : "host-gate.wasm"),
  ]);
  return { kernel, fiber, gate: { kind: gateKind, module: gate } };
}
