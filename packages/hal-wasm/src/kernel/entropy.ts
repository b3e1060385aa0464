import type { KernelMemory } from "./kernel-memory.ts";

/** `crypto.getRandomValues` refuses more than this at once (Web Cryptography API, section 10.1.1). */
const CHUNK_BYTES = 65536;

/** Fills kernel memory with randomness, through a buffer of its own: the call refuses shared memory too. */
export function fillWithEntropy(memory: KernelMemory, address: number, length: number): void {
  const chunk = new Uint8Array(Math.min(length, CHUNK_BYTES));
  for (let done = 0; done < length; done += chunk.length) {
    const part = chunk.subarray(0, Math.min(chunk.length, length - done));
    crypto.getRandomValues(part);
    memory.bytes.set(part, address + done);
  }
}
