/**
 * A machine's saved state, taken apart so that it can be stored page by page without anyone but the emulator's package knowing its layout.
 * `hal-wasm` splits and joins; `runtime` stores.
 */
export const STATE_PAGE_SIZE = 4096;

/** A run of bytes in which most pages are zeros: the guest's memory, a frame buffer ... */
export interface StateSpace {
  readonly sizeBytes: number;
  /** Pages that are not all zeros, ascending. */
  readonly pages: Uint32Array;
  /** Their contents, STATE_PAGE_SIZE each, in that order; the last page of a space is padded with zeros. */
  readonly bytes: Uint8Array;
}

export interface StateParts {
  /** Names the emulator and the version of its states: "v86-6". Others cannot be joined. */
  readonly emulator: string;
  /** Device registers and whatever else is small. Opaque. */
  readonly info: Uint8Array;
  /** Space 0 is the guest's memory. The others follow in an order that equal hardware repeats. */
  readonly spaces: readonly StateSpace[];
}
