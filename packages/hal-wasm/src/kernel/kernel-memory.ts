/**
 * Views of the kernel's memory. Growing a shared memory makes a new, longer buffer object and leaves the old one as it
 * was, so a view held across a call can be too short: every access goes through here.
 */
export class KernelMemory {
  readonly memory: WebAssembly.Memory;
  #buffer: ArrayBufferLike;
  #bytes: Uint8Array;
  #words: Int32Array;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.#buffer = memory.buffer;
    this.#bytes = new Uint8Array(this.#buffer);
    this.#words = new Int32Array(this.#buffer);
    this.#view = new DataView(this.#buffer);
  }

  get bytes(): Uint8Array {
    this.#renew();
    return this.#bytes;
  }

  /** For `Atomics`: index = address / 4. */
  get words(): Int32Array<SharedArrayBuffer> {
    this.#renew();
    return this.#words as Int32Array<SharedArrayBuffer>;
  }

  get view(): DataView {
    this.#renew();
    return this.#view;
  }

  u32(address: number): number {
    return this.view.getUint32(address, true);
  }

  setU32(address: number, value: number): void {
    this.view.setUint32(address, value, true);
  }

  loadAtomic(address: number): number {
    return Atomics.load(this.words, address >>> 2);
  }

  /** Sets bits of a doorbell word and wakes whoever waits on it. */
  ring(address: number, bits: number): void {
    // ORDER: the bits are visible before the notify, so a waiter that wakes finds them.
    Atomics.or(this.words, address >>> 2, bits);
    Atomics.notify(this.words, address >>> 2);
  }

  /** Before bytes up to `end` are used: another worker's growth may not have reached this one's buffer object yet. */
  reach(end: number): void {
    if (end > this.memory.buffer.byteLength) this.memory.grow(0);
  }

  /** A copy of [address, address + length), not shared. */
  copy(address: number, length: number): Uint8Array<ArrayBuffer> {
    this.reach(address + length);
    const copy = new Uint8Array(length);
    copy.set(this.bytes.subarray(address, address + length));
    return copy;
  }

  /** UTF-8 text at an address; bytes that are not UTF-8 become U+FFFD. */
  text(address: number, length: number): string {
    return new TextDecoder().decode(this.copy(address, length));
  }

  #renew(): void {
    const buffer = this.memory.buffer;
    if (buffer === this.#buffer) return;
    this.#buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
    this.#view = new DataView(buffer);
  }
}
