import { ENOEXEC, type ModuleResult, type ModuleService } from "@cloudos/abi";

/** What a module id stands for, ready to be compiled (fs-cloudfs's `ModuleStore`). */
export type ResolvedModule =
  | {
      readonly ok: true;
      readonly bytes: Uint8Array;
      readonly memoryMinPages: number;
      readonly name: string;
    }
  | { readonly ok: false; readonly errno: number; readonly message: string };

export type ResolveModule = (id: number, onProgress: (text: string) => void) => Promise<ResolvedModule>;

/** Compiled programs kept: all of userland and then some. Code of a module nobody holds is freed by the engine. */
const CAPACITY = 256;

/** Compiles modules once for all cores, however many ask at the same time. */
export function compilingModuleService(resolve: ResolveModule): ModuleService {
  const compiled = new Map<number, Promise<ModuleResult>>();
  return {
    get(id, onProgress) {
      const known = compiled.get(id);
      if (known) return known;
      const result = compile(resolve, id, onProgress);
      if (compiled.size >= CAPACITY) compiled.delete(compiled.keys().next().value!);
      compiled.set(id, result);
      // A failure may be of the moment (a download cut half way): the next one who asks tries again.
      void result.then(({ ok }) => {
        if (!ok && compiled.get(id) === result) compiled.delete(id);
      });
      return result;
    },
  };
}

async function compile(resolve: ResolveModule, id: number, onProgress: (text: string) => void): Promise<ModuleResult> {
  const resolved = await resolve(id, onProgress);
  if (!resolved.ok) return resolved;
  const { name, memoryMinPages } = resolved;
  try {
    const module = await WebAssembly.compile(resolved.bytes as Uint8Array<ArrayBuffer>);
    return { ok: true, value: { module, memoryMinPages, name } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, errno: ENOEXEC, message: `Cannot load "${name}": ${reason}` };
  }
}
