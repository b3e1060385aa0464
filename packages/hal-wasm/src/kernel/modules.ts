import { guardedCalls, maskedCalls, stackProbe } from "../loader/guarded-calls.ts";
import { hasMultiMemory } from "./features.ts";
import type { KernelModules } from "./kernel-instance.ts";

/** The compiled modules of the board; posted to every worker. */
export interface BoardModules {
  readonly kernel: KernelModules;
  readonly fiber: WebAssembly.Module;
  readonly gate: { readonly kind: "wasm" | "host"; readonly module: WebAssembly.Module };
  /** What programs call instead of the kernel's exports. */
  readonly guard: {
    readonly probe: WebAssembly.Module;
    readonly calls: WebAssembly.Module;
    /** The same for processes with a call mask. */
    readonly masked: WebAssembly.Module;
  };
}

/** Compiles them from the files of the build, read by name. */
export async function compileBoard(
  read: (file: string) => Promise<Uint8Array<ArrayBuffer>>,
  gateKind: "wasm" | "host" = hasMultiMemory() ? "wasm" : "host",
): Promise<BoardModules> {
  const [kernel, posix, fiber, gate] = await Promise.all([
    read("kernel.wasm"),
    read("posix.wasm"),
    read("fiber.wasm"),
    read(gateKind === "wasm" ? "gate.wasm" : "host-gate.wasm"),
  ]);
  const compile = (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.compile(bytes);
  return {
    kernel: { kernel: await compile(kernel), posix: await compile(posix) },
    fiber: await compile(fiber),
    gate: { kind: gateKind, module: await compile(gate) },
    guard: {
      probe: await compile(stackProbe()),
      calls: await compile(guardedCalls([kernel, posix])),
      masked: await compile(maskedCalls([kernel, posix])),
    },
  };
}
