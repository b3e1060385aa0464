import type { BootErrorCode } from "@cloudos/abi";

/** (module (memory 0) (memory 0)) */
const TWO_MEMORIES = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 5, 2, 0, 0, 0, 0]);

/** More than one memory in a module: the gate in Wasm instead of JavaScript. */
export function hasMultiMemory(): boolean {
  return WebAssembly.validate(TWO_MEMORIES);
}

/** What this engine lacks to boot at all, in a sentence, or undefined. */
export function missingFeature(): { readonly code: BootErrorCode; readonly message: string } | undefined {
  const { Suspending, promising } = WebAssembly as Partial<JspiNamespace>;
  if (typeof Suspending !== "function" || typeof promising !== "function") {
    return {
      code: "no-jspi",
      message:
        "This browser cannot suspend WebAssembly programs (JavaScript Promise Integration). Chrome and Edge 137 or later and Firefox 153 or later can.",
    };
  }
  if (typeof Atomics.waitAsync !== "function") {
    return { code: "no-wasm-features", message: "This browser has no Atomics.waitAsync; a newer version has." };
  }
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  } catch {
    return { code: "no-wasm-features", message: "This browser has no shared WebAssembly memory; a newer version has." };
  }
  return undefined;
}

/** JavaScript Promise Integration, which TypeScript's DOM library does not declare. */
export interface JspiNamespace {
  Suspending: new (callback: (...args: never[]) => unknown) => WebAssembly.ImportValue;
  promising<T extends unknown[]>(entry: (...args: T) => unknown): (...args: T) => Promise<unknown>;
}

export const jspi = WebAssembly as unknown as JspiNamespace;
