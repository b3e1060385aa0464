/**
 * The emulator's saved state, taken apart and put together, so that snapshots can hold a machine's memory page by page.
 *
 *     0   u32 magic, i32 version, u32 length of all, u32 length of the description
 *     16  description: JSON {buffer_infos: [{offset, length}], state}
 *         the buffers, at offsets from the end of the description, each rounded up to 4 bytes
 */
import type { MachineHardware } from "@cloudos/abi";
import { MachineFailure } from "./machine-error.ts";

const MAGIC = 0x86768676;
/** What this emulator writes; it reads no other. */
export const STATE_VERSION = 6;
const HEADER_BYTES = 16;
const PAGE_BYTES = 4096;
/** Places in the processor's state. */
const MEMORY_SIZE = 0;
const PACKED_MEMORY = 77;
const PAGE_BITMAP = 78;

/** A state in parts. The arrays view the state they were read from. */
export interface StateParts {
  /** The description, without memory: all device states by value or by buffer. */
  readonly description: string;
  /** All buffers but the two of memory, in order; those are empty here. */
  readonly buffers: readonly Uint8Array[];
  readonly memoryBytes: number;
  /** One bit per page, lowest first: the page is not all zeros. */
  readonly pageBitmap: Uint8Array;
  /** The pages whose bit is set, in order. */
  readonly pages: Uint8Array;
}

interface Description {
  readonly buffer_infos: readonly { readonly offset: number; readonly length: number }[];
  readonly state: readonly unknown[];
}

/** Throws MachineFailure ("state-corrupt") when `state` is not one. */
export function readState(state: ArrayBuffer): StateParts {
  const { description, text, buffersAt } = open(state);
  const packed = bufferOf(description, PACKED_MEMORY);
  const bitmap = bufferOf(description, PAGE_BITMAP);
  const all = description.buffer_infos.map(({ offset, length }) => {
    if (!(offset >= 0 && length >= 0 && buffersAt + offset + length <= state.byteLength))
      throw corrupt("a buffer lies outside");
    return new Uint8Array(state, buffersAt + offset, length);
  });
  const pages = all[packed];
  const pageBitmap = all[bitmap];
  if (pages === undefined || pageBitmap === undefined) throw corrupt("it has no memory");
  const memoryBytes = description.state[MEMORY_SIZE] as number;
  if (pages.length !== bitCount(pageBitmap) * PAGE_BYTES) throw corrupt("pages and bitmap differ");
  const buffers = all.map((bytes, index) => (index === packed || index === bitmap ? bytes.subarray(0, 0) : bytes));
  return { description: text, buffers, memoryBytes, pageBitmap, pages };
}

/** The state `readState` took apart, or one with other memory. */
export function writeState(parts: Omit<StateParts, "memoryBytes">): ArrayBuffer {
  const description = JSON.parse(parts.description) as Description;
  const packed = bufferOf(description, PACKED_MEMORY);
  const bitmap = bufferOf(description, PAGE_BITMAP);
  const buffers = parts.buffers.map((bytes, index) =>
    index === packed ? parts.pages : index === bitmap ? parts.pageBitmap : bytes,
  );
  let end = 0;
  const infos = buffers.map(({ length }) => {
    const offset = end;
    end = (end + length + 3) & ~3;
    return { offset, length };
  });
  const text = new TextEncoder().encode(JSON.stringify({ buffer_infos: infos, state: description.state }));
  const buffersAt = (HEADER_BYTES + text.length + 3) & ~3;
  const out = new Uint8Array(buffersAt + end);
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC, true);
  view.setInt32(4, STATE_VERSION, true);
  view.setUint32(8, out.length, true);
  view.setUint32(12, text.length, true);
  out.set(text, HEADER_BYTES);
  for (const [index, bytes] of buffers.entries())
    out.set(bytes, buffersAt + (infos[index] as { offset: number }).offset);
  return out.buffer;
}

/** Throws MachineFailure when `state` is corrupt or of a machine with other memory. */
export function checkState(state: ArrayBuffer, hardware: MachineHardware): void {
  const { description } = open(state);
  const memoryMiB = (description.state[MEMORY_SIZE] as number) / 2 ** 20;
  if (memoryMiB !== hardware.memoryMiB)
    throw new MachineFailure(
      "state-mismatch",
      `Cannot restore machine: the state is of a machine with ${memoryMiB} MiB, this one has ${hardware.memoryMiB}`,
    );
  const NINE_P = 45;
  const NETWORK = 83;
  if (
    isThere(description.state[NINE_P]) !== hardware.nineP ||
    isThere(description.state[NETWORK]) !== (hardware.network !== null)
  )
    throw new MachineFailure("state-mismatch", "Cannot restore machine: the state is of a machine with other devices");
}

function isThere(device: unknown): boolean {
  return device !== undefined && device !== null;
}

function open(state: ArrayBuffer): { description: Description; text: string; buffersAt: number } {
  if (state.byteLength < HEADER_BYTES) throw corrupt(`it has ${state.byteLength} bytes`);
  const view = new DataView(state);
  const magic = view.getUint32(0, true);
  if (magic !== MAGIC) throw corrupt(`magic is 0x${magic.toString(16)}, expected 0x${MAGIC.toString(16)}`);
  const version = view.getInt32(4, true);
  if (version !== STATE_VERSION)
    throw new MachineFailure(
      "state-mismatch",
      `Cannot restore machine: state version ${version}, expected ${STATE_VERSION}`,
    );
  const length = view.getUint32(12, true);
  if (view.getUint32(8, true) !== state.byteLength || HEADER_BYTES + length > state.byteLength)
    throw corrupt("it is cut short");
  const text = new TextDecoder().decode(new Uint8Array(state, HEADER_BYTES, length));
  let description: Description;
  try {
    description = JSON.parse(text);
  } catch (cause) {
    throw corrupt("its description is not JSON", cause);
  }
  if (!Array.isArray(description?.buffer_infos) || !Array.isArray(description.state))
    throw corrupt("its description is incomplete");
  return { description, text, buffersAt: (HEADER_BYTES + length + 3) & ~3 };
}

function bufferOf(description: Description, place: number): number {
  const entry = description.state[place] as { buffer_id?: number } | null;
  if (typeof entry?.buffer_id !== "number") throw corrupt("it has no memory");
  return entry.buffer_id;
}

function bitCount(bytes: Uint8Array): number {
  let count = 0;
  for (let byte of bytes) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}

function corrupt(what: string, cause?: unknown): MachineFailure {
  return new MachineFailure("state-corrupt", `Cannot read machine state: ${what}`, { cause });
}
