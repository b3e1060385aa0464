import { EFAULT, SUCCESS } from "@cloudos/abi";

/** What `size` says of a memory of 2^32 bytes. */
const UNADDRESSABLE = 0xffffffff;

/**
 * The gate in JavaScript, function for function what gate.wat does. Lengths and addresses arrive signed; their sum is a
 * double and cannot wrap. Views are made per call: growing either memory leaves an old view short or detached.
 */
export function hostGateImports(user: WebAssembly.Memory, kernel: WebAssembly.Memory) {
  const inside = (at: number, length: number) => (at >>> 0) + (length >>> 0) <= user.buffer.byteLength;
  const bytes = (memory: WebAssembly.Memory, at: number, length: number) =>
    new Uint8Array(memory.buffer, at >>> 0, length >>> 0);
  const checked = (at: number, length: number, commit: () => void): number => {
    if (!inside(at, length)) return EFAULT;
    commit();
    return SUCCESS;
  };
  return {
    copy_in: (kernelAt: number, userAt: number, length: number) =>
      checked(userAt, length, () => bytes(kernel, kernelAt, length).set(bytes(user, userAt, length))),
    copy_out: (userAt: number, kernelAt: number, length: number) =>
      checked(userAt, length, () => bytes(user, userAt, length).set(bytes(kernel, kernelAt, length))),
    fill: (userAt: number, byte: number, length: number) =>
      checked(userAt, length, () => bytes(user, userAt, length).fill(byte)),
    load32: (userAt: number) =>
      inside(userAt, 4) ? BigInt(new DataView(user.buffer).getUint32(userAt >>> 0, true)) : -1n,
    store32: (userAt: number, value: number) =>
      checked(userAt, 4, () => new DataView(user.buffer).setInt32(userAt >>> 0, value, true)),
    store64: (userAt: number, value: bigint) =>
      checked(userAt, 8, () => new DataView(user.buffer).setBigInt64(userAt >>> 0, value, true)),
    size: () => Math.min(user.buffer.byteLength, UNADDRESSABLE) | 0,
    load64: (userAt: number, kernelAt: number) =>
      checked(userAt, 8, () => bytes(kernel, kernelAt, 8).set(bytes(user, userAt, 8))),
  };
}
