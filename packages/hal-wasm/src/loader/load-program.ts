import { ENOEXEC, ENOMEM, type LoadableModule } from "@cloudos/abi";
import type { GateMaker } from "../gate/gate.ts";
import { type MemoryLayout, readLayout } from "../rewriter/memory-layout.ts";
import { MEMORY_MODULE, MEMORY_NAME, PREEMPT_EXPORT } from "../rewriter/module.ts";
import type { GateSlots } from "./gate-slots.ts";
import { importsFor, type SystemImports } from "./system-imports.ts";

const PAGE_KIB = 64;

export interface LoaderContext {
  readonly imports: SystemImports;
  readonly gate: GateMaker;
  readonly slots: GateSlots;
  readonly preempt: WebAssembly.ExportValue;
}

export interface Program {
  readonly name: string;
  readonly start: () => void;
  readonly gateSlot: number;
  readonly layout: MemoryLayout;
}

export type LoadResult =
  | { readonly ok: true; readonly value: Program }
  | { readonly ok: false; readonly errno: number; readonly message: string };

/** Links a compiled, rewritten module into a process: its memory, its gate, its imports, its preemption check. */
export function loadProgram(context: LoaderContext, loadable: LoadableModule, limitPages: number): LoadResult {
  const { module, name, memoryMinPages } = loadable;
  const fail = (errno: number, reason: string): LoadResult => ({
    ok: false,
    errno,
    message: `Cannot load "${name}": ${reason}`,
  });

  // Does it ask only for what there is?
  const imports = importsFor(context.imports, module);
  const unmet = unmetImport(imports, module);
  if (unmet !== undefined) return fail(ENOEXEC, unmet);

  // Does it have an entry point?
  if (!WebAssembly.Module.exports(module).some((entry) => entry.name === "_start" && entry.kind === "function")) {
    return fail(ENOEXEC, 'it has no "_start" function (a library, not a command)');
  }

  // Does its memory fit the limit, and the machine?
  if (memoryMinPages > limitPages) {
    return fail(ENOMEM, `it needs ${size(memoryMinPages)} of memory to start, the limit is ${size(limitPages)}`);
  }
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: memoryMinPages, maximum: limitPages });
  } catch {
    return fail(ENOMEM, `the browser has no ${size(memoryMinPages)} of memory left`);
  }

  // Do the signatures agree, do its segments fit?
  let instance: WebAssembly.Instance;
  try {
    instance = new WebAssembly.Instance(module, { ...imports, [MEMORY_MODULE]: { [MEMORY_NAME]: memory } });
  } catch (error) {
    return fail(ENOEXEC, instantiationFailure(error));
  }

  // The rewriter calls element 0 when the program has run for a while.
  const preemptTable = instance.exports[PREEMPT_EXPORT];
  if (preemptTable instanceof WebAssembly.Table) preemptTable.set(0, context.preempt);
  return {
    ok: true,
    value: {
      name,
      start: instance.exports._start as () => void,
      gateSlot: context.slots.place(context.gate(memory)),
      layout: readLayout(module),
    },
  };
}

/** Modules whose imports were found to be all there: a module is asked once. */
const resolved = new WeakSet<WebAssembly.Module>();

function unmetImport(imports: SystemImports, module: WebAssembly.Module): string | undefined {
  if (resolved.has(module)) return undefined;
  for (const wanted of WebAssembly.Module.imports(module)) {
    const label = `${wanted.kind} "${wanted.module}.${wanted.name}"`;
    if (wanted.kind === "memory") {
      if (wanted.module !== MEMORY_MODULE || wanted.name !== MEMORY_NAME) {
        return `it imports the ${label}; a program brings its own memory`;
      }
    } else if (wanted.kind !== "function" || !provides(imports, wanted)) {
      return `it imports the ${label}, which this system does not have`;
    }
  }
  resolved.add(module);
  return undefined;
}

function provides(imports: SystemImports, wanted: WebAssembly.ModuleImportDescriptor): boolean {
  // Own properties only: a program may ask for "toString" or "constructor".
  const functions = Object.hasOwn(imports, wanted.module) ? imports[wanted.module] : undefined;
  return functions !== undefined && Object.hasOwn(functions, wanted.name);
}

function instantiationFailure(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // Chromium: `Import #3 "module" "name": ...`; Firefox names the module and the field in the same way.
  if (error instanceof WebAssembly.LinkError) {
    const named = /"([^"]*)" "([^"]*)"/.exec(text);
    return named
      ? `it imports the function "${named[1]}.${named[2]}" with another signature than this system's`
      : `its imports do not fit this system (${text})`;
  }
  return `it failed before its entry point (${text})`;
}

function size(pages: number): string {
  const kib = pages * PAGE_KIB;
  return kib < 1024 ? `${kib} KiB` : `${Number((kib / 1024).toFixed(1))} MiB`;
}
