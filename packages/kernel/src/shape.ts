/** What must hold of the kernel's binaries, checked by the build and by the tests. */

/** The microkernel stays below this. */
export const KERNEL_BYTES_MAX = Number(process.env.CLOUDOS_KERNEL_LIMIT ?? 48 * 1024);

export interface KernelShape {
  readonly bytes: number;
  readonly mutableGlobals: number;
  readonly dataSegments: number;
  readonly startFunction: boolean;
  readonly exports: number;
  readonly problems: readonly string[];
}

const SECTION_GLOBAL = 6;
const SECTION_EXPORT = 7;
const SECTION_START = 8;
const SECTION_DATA = 11;

/** How much a binary may have of what is counted. */
export interface ShapeLimits {
  /** It must be smaller than this. */
  readonly bytesMax: number;
  /** Globals of its own; imported ones do not count. */
  readonly mutableGlobals: number;
}

/** Walks the sections of a module. Only sizes and the global section are read, so no validation is needed. */
export function checkShape(name: string, wasm: Uint8Array, limits: ShapeLimits): KernelShape {
  let at = 8;
  const varU32 = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };

  let mutableGlobals = 0;
  let dataSegments = 0;
  let exports = 0;
  let startFunction = false;
  while (at < wasm.length) {
    const id = wasm[at++];
    const size = varU32();
    const end = at + size;
    if (id === SECTION_DATA) dataSegments = varU32();
    if (id === SECTION_EXPORT) exports = varU32();
    if (id === SECTION_START) startFunction = true;
    if (id === SECTION_GLOBAL) {
      for (let left = varU32(); left > 0; left--) {
        at++; // value type
        if (wasm[at++] === 1) mutableGlobals++;
        // Initialisers are one constant instruction and `end`; f64 constants are 8 raw bytes.
        const opcode = wasm[at++];
        if (opcode === 0x44) at += 8;
        else if (opcode === 0x43) at += 4;
        else while ((wasm[at++] ?? 0) >= 0x80);
        at++; // end
      }
    }
    at = end;
  }

  const problems: string[] = [];
  const expectAtMost = (what: string, value: number, most: number) => {
    if (value > most) problems.push(`Cannot ship ${name}: ${what} is ${value}, expected at most ${most}`);
  };
  expectAtMost("size in bytes", wasm.length, limits.bytesMax - 1);
  expectAtMost("number of mutable globals", mutableGlobals, limits.mutableGlobals);
  expectAtMost("number of data segments", dataSegments, 0);
  if (startFunction) problems.push(`Cannot ship ${name}: it has a start function, which every instance would run`);
  return { bytes: wasm.length, mutableGlobals, dataSegments, startFunction, exports, problems };
}
