/** Views of the kernel's shared memory. Growing it makes a new buffer object, so views are derived anew when it changed. */
export class KernelMemory {
  readonly #memory: WebAssembly.Memory;
  #buffer: ArrayBufferLike;
  bytes: Uint8Array;
  view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#buffer = memory.buffer;
    this.bytes = new Uint8Array(this.#buffer);
    this.view = new DataView(this.#buffer);
  }

  /** Brings the views up to date; call once per turn before using them. */
  refresh(): void {
    const buffer = this.#memory.buffer;
    if (buffer !== this.#buffer) this.#derive(buffer);
  }

  /** The same when an address up to `end` is about to be used: another thread's growth may not have arrived here yet. */
  reach(end: number): void {
    this.refresh();
    if (end <= this.#buffer.byteLength) return;
    this.#memory.grow(0);
    this.#derive(this.#memory.buffer);
  }

  #derive(buffer: ArrayBufferLike): void {
    this.#buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }
}
