import { type IndexSpaces, valueType } from "./immediates.ts";
import { Malformed } from "./malformed.ts";
import { TYPE_FUNC } from "./opcodes.ts";
import type { Reader } from "./reader.ts";

/** A function type. Value types may take several bytes, so their encodings are kept, not a list. */
export interface FunctionType {
  readonly params: number;
  readonly paramBytes: Uint8Array;
  readonly results: number;
  readonly resultBytes: Uint8Array;
  /** Equal for types an indirect call does not tell apart. */
  readonly key: string;
}

export interface TypeSpace {
  /** By type index; undefined for struct and array types. */
  readonly functions: readonly (FunctionType | undefined)[];
  /** An indirect call may then reach functions of other type indices. */
  readonly hasSubtypes: boolean;
}

const ARRAY = 0x5e;
const STRUCT = 0x5f;
const SUB = 0x50;
const SUB_FINAL = 0x4f;
const RECURSIVE = 0x4e;
const PACKED_I8 = 0x78;
const PACKED_I16 = 0x77;

class TypeReader {
  readonly r: Reader;
  readonly spaces: IndexSpaces;
  readonly functions: (FunctionType | undefined)[] = [];
  hasSubtypes = false;

  constructor(r: Reader, spaces: IndexSpaces) {
    this.r = r;
    this.spaces = spaces;
  }

  group(): void {
    if (this.r.peek() !== RECURSIVE) {
      this.spaces.types++;
      this.subtype();
      return;
    }
    this.r.skip(1);
    const count = this.r.count();
    this.spaces.types += count; // members may refer to each other
    for (let rest = count; rest > 0; rest--) this.subtype();
  }

  subtype(): void {
    const form = this.r.peek();
    if (form === SUB || form === SUB_FINAL) {
      this.r.skip(1);
      this.hasSubtypes = true;
      for (let rest = this.r.count(); rest > 0; rest--) this.r.index(this.spaces.types, "type");
    }
    this.composite();
  }

  composite(): void {
    const at = this.r.pos;
    const form = this.r.byte();
    if (form === TYPE_FUNC) {
      this.functions.push(this.function());
    } else if (form === ARRAY) {
      this.field();
      this.functions.push(undefined);
    } else if (form === STRUCT) {
      for (let rest = this.r.count(); rest > 0; rest--) this.field();
      this.functions.push(undefined);
    } else throw new Malformed(at, `unknown type form 0x${form.toString(16)}`);
  }

  field(): void {
    const code = this.r.peek();
    if (code === PACKED_I8 || code === PACKED_I16) this.r.skip(1);
    else valueType(this.r, this.spaces);
    this.r.skip(1); // mutability
  }

  function(): FunctionType {
    const params = this.values();
    const results = this.values();
    return {
      params: params.count,
      paramBytes: params.bytes,
      results: results.count,
      resultBytes: results.bytes,
      key: `${params.bytes.join()}:${results.bytes.join()}`,
    };
  }

  values(): { count: number; bytes: Uint8Array } {
    const count = this.r.count();
    const from = this.r.pos;
    for (let rest = count; rest > 0; rest--) valueType(this.r, this.spaces);
    return { count, bytes: this.r.bytes.subarray(from, this.r.pos) };
  }
}

export function parseTypes(r: Reader, spaces: IndexSpaces): TypeSpace {
  const reader = new TypeReader(r, spaces);
  for (let rest = r.count(); rest > 0; rest--) reader.group();
  return { functions: reader.functions, hasSubtypes: reader.hasSubtypes };
}
