/** The system calls of a kernel, found in its binaries: names from the export section, parameter types from the type section. */
import { readFileSync } from "node:fs";

export interface Call {
  /** Import module and field of a program. */
  readonly module: string;
  readonly name: string;
  /** i: i32, l: i64. */
  readonly parameters: string;
  /** i, l, or nothing. */
  readonly result: string;
}

const MODULES: Readonly<Record<string, string>> = {
  p1: "wasi_snapshot_preview1",
  u: "wasi_unstable",
  we: "wasi_snapshot_preview1",
  c1: "cloudos_v1",
};

const SECTION_TYPE = 1;
const SECTION_IMPORT = 2;
const SECTION_FUNCTION = 3;
const SECTION_EXPORT = 7;
const LETTERS: Readonly<Record<number, string>> = { 127: "i", 126: "l" };

/** All exports of both halves of the kernel that programs may import, sorted by name. */
export function systemCalls(): Call[] {
  const calls = ["kernel", "posix"].flatMap((half) => {
    const path = new URL(`../../../../build/kernel/${half}.wasm`, import.meta.url);
    return exportedFunctions(readFileSync(path));
  });
  return calls
    .flatMap(({ name, type }) => {
      const [, prefix, field] = /^(p1|u|we|c1)_(.*)$/.exec(name) ?? [];
      // WasmEdge's sockets replace some of preview 1's by name; they are tried under their own.
      if (prefix === undefined || prefix === "we") return [];
      return [{ module: MODULES[prefix]!, name: field!, ...type }];
    })
    .sort((a, b) => (`${a.module}.${a.name}` < `${b.module}.${b.name}` ? -1 : 1));
}

interface Type {
  readonly parameters: string;
  readonly result: string;
}

function exportedFunctions(wasm: Uint8Array): { name: string; type: Type }[] {
  let at = 8;
  const u32 = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  const text = (): string => {
    const length = u32();
    at += length;
    return new TextDecoder().decode(wasm.subarray(at - length, at));
  };
  const letters = (): string => Array.from({ length: u32() }, () => LETTERS[wasm[at++]!] ?? "?").join("");
  const limits = () => {
    const flags = wasm[at++]!;
    u32();
    if ((flags & 1) !== 0) u32();
  };

  const types: Type[] = [];
  const functions: number[] = [];
  const found: { name: string; type: Type }[] = [];
  while (at < wasm.length) {
    const id = wasm[at++];
    const end = u32() + at;
    if (id === SECTION_TYPE) {
      for (let left = u32(); left > 0; left--) {
        at++; // form
        types.push({ parameters: letters(), result: letters() });
      }
    } else if (id === SECTION_IMPORT) {
      for (let left = u32(); left > 0; left--) {
        text();
        text();
        const kind = wasm[at++];
        if (kind === 0) functions.push(u32());
        else if (kind === 1) {
          at++;
          limits();
        } else if (kind === 2) limits();
        else at += 2;
      }
    } else if (id === SECTION_FUNCTION) {
      for (let left = u32(); left > 0; left--) functions.push(u32());
    } else if (id === SECTION_EXPORT) {
      for (let left = u32(); left > 0; left--) {
        const name = text();
        const kind = wasm[at++];
        const index = u32();
        if (kind === 0) found.push({ name, type: types[functions[index]!]! });
      }
    }
    at = end;
  }
  return found;
}
