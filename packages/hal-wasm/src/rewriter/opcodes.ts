/**
 * What follows each opcode, as tables: the binary formats of the core specification 3.0 (which includes sign extension,
 * bulk memory, reference types, SIMD, relaxed SIMD, tail calls, exceptions, typed references, GC), of the threads proposal, and
 * of the legacy exception instructions that toolchains still emit.
 */
export const NONE = 0;
export const MEMARG = 1;
export const MEMORY = 2;
export const LEB = 3;
export const BYTES_4 = 4;
export const BYTES_8 = 5;
export const BYTES_16 = 6;
export const BYTE = 7;
export const MEMARG_LANE = 8;
export const LOCAL = 9;
export const GLOBAL = 10;
export const TABLE = 11;
export const TABLE_TABLE = 12;
export const LEB_TABLE = 13;
export const TYPE = 14;
export const TYPE_LEB = 15;
export const TYPE_TYPE = 16;
export const HEAP_TYPE = 17;
export const VALUE_TYPES = 18;
export const LEB_MEMORY = 19;
export const MEMORY_MEMORY = 20;
export const TAG = 21;
export const PREFIX = 22;
/** Structure, branches, calls, references to functions: `scan.ts` handles each by its opcode. */
export const CONTROL = 23;
export const UNKNOWN = 255;

function table(size: number, ...ranges: readonly (readonly [from: number, to: number, kind: number])[]): Uint8Array {
  const kinds = new Uint8Array(size).fill(UNKNOWN);
  for (const [from, to, kind] of ranges) kinds.fill(kind, from, to + 1);
  return kinds;
}

export const PLAIN = table(
  256,
  [0x00, 0x0f, CONTROL],
  [0x01, 0x01, NONE],
  [0x10, 0x15, CONTROL],
  [0x18, 0x19, CONTROL],
  [0x1a, 0x1b, NONE],
  [0x1c, 0x1c, VALUE_TYPES],
  [0x1f, 0x1f, CONTROL],
  [0x20, 0x22, LOCAL],
  [0x23, 0x24, GLOBAL],
  [0x25, 0x26, TABLE],
  [0x28, 0x3e, MEMARG],
  [0x3f, 0x40, MEMORY],
  [0x41, 0x42, LEB],
  [0x43, 0x43, BYTES_4],
  [0x44, 0x44, BYTES_8],
  [0x45, 0xc4, NONE],
  [0xd0, 0xd0, HEAP_TYPE],
  [0xd1, 0xd1, NONE],
  [0xd2, 0xd2, CONTROL],
  [0xd3, 0xd4, NONE],
  [0xd5, 0xd6, CONTROL],
  [0xfb, 0xfe, PREFIX],
);

/** 0xfb: garbage-collected objects. */
export const GC = table(
  31,
  [0, 1, TYPE],
  [2, 5, TYPE_LEB],
  [6, 7, TYPE],
  [8, 10, TYPE_LEB],
  [11, 14, TYPE],
  [15, 15, NONE],
  [16, 16, TYPE],
  [17, 17, TYPE_TYPE],
  [18, 19, TYPE_LEB],
  [20, 23, HEAP_TYPE],
  [24, 25, CONTROL],
  [26, 30, NONE],
);

/** 0xfc: saturating truncation, bulk memory, tables. */
export const MISC = table(
  18,
  [0, 7, NONE],
  [8, 8, LEB_MEMORY],
  [9, 9, LEB],
  [10, 10, MEMORY_MEMORY],
  [11, 11, MEMORY],
  [12, 12, LEB_TABLE],
  [13, 13, LEB],
  [14, 14, TABLE_TABLE],
  [15, 17, TABLE],
);

/** 0xfd: vectors, with the relaxed ones at 0x100. */
export const SIMD = table(
  0x114,
  [0, 11, MEMARG],
  [12, 13, BYTES_16],
  [14, 20, NONE],
  [21, 34, BYTE],
  [35, 83, NONE],
  [84, 91, MEMARG_LANE],
  [92, 93, MEMARG],
  [94, 0x113, NONE],
);

/** 0xfe: atomics. */
export const ATOMIC = table(0x4f, [0, 2, MEMARG], [3, 3, BYTE], [0x10, 0x4e, MEMARG]);

export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  try: 0x06,
  catch: 0x07,
  throw: 0x08,
  rethrow: 0x09,
  throwRef: 0x0a,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  callRef: 0x14,
  returnCallRef: 0x15,
  delegate: 0x18,
  catchAll: 0x19,
  tryTable: 0x1f,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i32LeS: 0x4c,
  i32GtU: 0x4b,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  refFunc: 0xd2,
  brOnNull: 0xd5,
  brOnNonNull: 0xd6,
  gc: 0xfb,
  misc: 0xfc,
  simd: 0xfd,
  atomic: 0xfe,
} as const;

/** 0xfc codes that move memory. */
export const MISC_MEMORY_COPY = 10;
export const MISC_MEMORY_FILL = 11;

/** Type codes as single bytes. */
export const TYPE_I32 = 0x7f;
export const TYPE_VOID = 0x40;
export const TYPE_FUNC = 0x60;
export const TYPE_FUNCREF = 0x70;
/** Followed by a heap type. */
export const REF_NULL = 0x63;
export const REF = 0x64;
