/** Not a module name: preview 1 as WasmEdge's sockets change it, for modules that import `sock_open`. */
const WASMEDGE = "wasi_snapshot_preview1 (wasmedge)";
const PREVIEW1 = "wasi_snapshot_preview1";

/** The prefixes of calls that serve an import module, best first. */
const PREFIXES: Readonly<Record<string, readonly string[]>> = {
  wasi_snapshot_preview1: ["p1_"],
  wasi_unstable: ["u_", "p1_"],
  cloudos_v1: ["c1_"],
  [WASMEDGE]: ["we_", "p1_"],
};

/** The import object all programs of a core share: module -> name -> call, from Wasm to Wasm without JavaScript. */
export type SystemImports = Readonly<Record<string, Readonly<Record<string, WebAssembly.ImportValue>>>>;

/** `calls`: the guarded calls, under the names of the kernel's exports. */
export function systemImports(calls: WebAssembly.Exports): SystemImports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const [module, prefixes] of Object.entries(PREFIXES)) {
    const functions: Record<string, WebAssembly.ImportValue> = {};
    for (const prefix of prefixes) {
      for (const [name, value] of Object.entries(calls)) {
        const short = name.slice(prefix.length);
        if (name.startsWith(prefix) && !Object.hasOwn(functions, short)) functions[short] = value;
      }
    }
    imports[module] = functions;
  }
  return imports;
}

/** The imports as `module` understands them. */
export function importsFor(imports: SystemImports, module: WebAssembly.Module): SystemImports {
  const wasmEdge = WebAssembly.Module.imports(module).some(
    (wanted) => wanted.module === PREVIEW1 && wanted.name === "sock_open",
  );
  return wasmEdge ? { ...imports, [PREVIEW1]: imports[WASMEDGE]! } : imports;
}
