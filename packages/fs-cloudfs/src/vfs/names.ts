import { EILSEQ, EINVAL, ENAMETOOLONG, ENOENT } from "@cloudos/abi/errno";
import { NAME_MAX } from "@cloudos/abi/params";
import { fail } from "./errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Names are kept as JavaScript strings: valid UTF-8 and well-formed UTF-16 map one to one, and strings are what Map hashes
 * fastest. `bytes` may be shared memory, which TextDecoder refuses, and other threads may change it meanwhile:
 * it is copied first.
 */
export function decodeName(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x80) return decodeUtf8(bytes.slice(start, end));
    if (byte === 0) fail(EINVAL);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeUtf8(copy: Uint8Array): string {
  if (copy.includes(0)) fail(EINVAL);
  try {
    return decoder.decode(copy);
  } catch {
    fail(EILSEQ);
  }
}

export function encodeName(name: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(name);
}

/** Length in UTF-8 bytes. */
export function nameBytes(name: string): number {
  let bytes = name.length;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (unit < 0x80) continue;
    // A surrogate pair is two units and four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

/** Refuses what cannot be the name of a directory entry. */
export function checkName(name: string): void {
  if (name.length === 0) fail(ENOENT);
  // A UTF-16 unit is at most three UTF-8 bytes, so short names need no count.
  if (name.length * 3 > NAME_MAX && nameBytes(name) > NAME_MAX) fail(ENAMETOOLONG);
}

/** A path given by the host, which may hold anything a string can. */
export function checkHostPath(path: string): void {
  if (!path.isWellFormed()) fail(EILSEQ);
  if (path.includes("\0")) fail(EINVAL);
}
