/** Saved states as StateParts: what snapshots store by pages. Which bytes of a state mean what is known to state.ts alone. */
import { STATE_PAGE_SIZE, type StateParts, type StateSpace } from "@cloudos/abi/saved-state";
import { MachineFailure } from "./machine-error.ts";
import { readState, STATE_VERSION, writeState } from "./state.ts";

export const STATE_EMULATOR = `v86-${STATE_VERSION}`;

/** The parts view `state` where they can. Throws MachineFailure: "state-corrupt", "state-mismatch". */
export function splitState(state: ArrayBuffer): StateParts {
  const { description, buffers, memoryBytes, pageBitmap, pages } = readState(state);
  const numbers: number[] = [];
  for (let page = 0; page < memoryBytes / STATE_PAGE_SIZE; page++) {
    if (((pageBitmap[page >> 3] ?? 0) & (1 << (page & 7))) !== 0) numbers.push(page);
  }
  const ram = { sizeBytes: memoryBytes, pages: Uint32Array.from(numbers), bytes: pages };
  return {
    emulator: STATE_EMULATOR,
    info: new TextEncoder().encode(description),
    spaces: [ram, ...buffers.map(spaceOf)],
  };
}

/** Throws MachineFailure "state-mismatch" for another emulator's parts. */
export function joinState(parts: StateParts): ArrayBuffer {
  if (parts.emulator !== STATE_EMULATOR) {
    throw new MachineFailure(
      "state-mismatch",
      `Cannot restore machine: its state is ${parts.emulator}, expected ${STATE_EMULATOR}`,
    );
  }
  const [ram, ...others] = parts.spaces;
  if (ram === undefined) throw new MachineFailure("state-corrupt", "Cannot restore machine: its state has no memory");
  const pageBitmap = new Uint8Array(Math.ceil(ram.sizeBytes / STATE_PAGE_SIZE / 8));
  for (const page of ram.pages) pageBitmap[page >> 3]! |= 1 << (page & 7);
  return writeState({
    description: new TextDecoder().decode(parts.info),
    buffers: others.map(whole),
    pageBitmap,
    pages: ram.bytes,
  });
}

/** Leaves out pages of zeros. */
function spaceOf(buffer: Uint8Array): StateSpace {
  const numbers: number[] = [];
  for (let page = 0; page * STATE_PAGE_SIZE < buffer.length; page++) {
    if (!isZero(buffer.subarray(page * STATE_PAGE_SIZE, (page + 1) * STATE_PAGE_SIZE))) numbers.push(page);
  }
  const bytes = new Uint8Array(numbers.length * STATE_PAGE_SIZE);
  for (const [i, page] of numbers.entries()) {
    bytes.set(buffer.subarray(page * STATE_PAGE_SIZE, (page + 1) * STATE_PAGE_SIZE), i * STATE_PAGE_SIZE);
  }
  return { sizeBytes: buffer.length, pages: Uint32Array.from(numbers), bytes };
}

function whole(space: StateSpace): Uint8Array {
  const bytes = new Uint8Array(space.sizeBytes);
  for (const [i, page] of space.pages.entries()) {
    const at = page * STATE_PAGE_SIZE;
    const length = Math.min(STATE_PAGE_SIZE, bytes.length - at);
    bytes.set(space.bytes.subarray(i * STATE_PAGE_SIZE, i * STATE_PAGE_SIZE + length), at);
  }
  return bytes;
}

function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}
