import wabt from "wabt";

const features = {
  multi_memory: true,
  threads: true,
  bulk_memory: true,
  exceptions: true,
  tail_call: true,
  extended_const: true,
  relaxed_simd: true,
};
const assembler = await wabt();

/** Assembles a module from its text form. */
export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = assembler.parseWat("test.wat", text, features);
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}
