import { EIO } from "@cloudos/abi/errno";
import { FILETYPE_CHARACTER_DEVICE } from "@cloudos/abi/wasi";
import { FsError } from "../vfs/errors.ts";
import type { Attributes, FileSystem, Xattrs } from "../vfs/file-system.ts";

/** Attributes of this name space are the overlay's own: never shown, never set from outside. */
export const OWN_NAMESPACE = "trusted.overlay.";
/** On the writable directory: identities of the lower layers, one per line. */
export const XATTR_LAYERS = "trusted.overlay.layers";
/** On a node of the upper tree: what it was copied up from. */
export const XATTR_ORIGIN = "trusted.overlay.origin";
/** On a file in the index: how many of its names are still in lower layers. */
export const XATTR_LINKS = "trusted.overlay.links";
/** On a directory of a lower layer: layers below it do not show through ("y", as Linux writes it). */
export const XATTR_OPAQUE = "trusted.overlay.opaque";

/** A node of a lower layer; layer 0 is the lowest. */
export interface Lower {
  readonly layer: number;
  readonly ino: number;
}

/** What an upper node was copied up from. */
export interface Origin {
  /** One for a file; for a directory all that show through, the highest first. */
  readonly lower: readonly Lower[];
  /** Files: bytes before this that the upper file does not have are the lower file's. */
  readonly limit: number;
  /** Files: the upper file has data, and its size counts. Until then the size is `limit`. */
  readonly hasData: boolean;
}

//   0 version u8 (1) | 1 has data u8 | 2 lower nodes u16 | 4 limit f64 | 12 each: layer u16, inode f64
const VERSION = 1;
const HEADER = 12;
const LOWER = 10;

export function encodeOrigin(origin: Origin): Uint8Array {
  const bytes = new Uint8Array(HEADER + origin.lower.length * LOWER);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, origin.hasData ? 1 : 0);
  view.setUint16(2, origin.lower.length, true);
  view.setFloat64(4, origin.limit, true);
  for (const [index, { layer, ino }] of origin.lower.entries()) {
    view.setUint16(HEADER + index * LOWER, layer, true);
    view.setFloat64(HEADER + index * LOWER + 2, ino, true);
  }
  return bytes;
}

/** Undefined when the node was not copied up. Throws FsError EIO when the mark makes no sense for so many layers. */
export function originOf(xattrs: Xattrs, layers: number): Origin | undefined {
  const bytes = xattrs.get(XATTR_ORIGIN);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length >= HEADER ? view.getUint16(2, true) : 0;
  if (bytes[0] !== VERSION || bytes.length !== HEADER + count * LOWER || count === 0) throw malformed();
  const lower = Array.from({ length: count }, (_, index) => ({
    layer: view.getUint16(HEADER + index * LOWER, true),
    ino: view.getFloat64(HEADER + index * LOWER + 2, true),
  }));
  if (lower.some(({ layer, ino }) => layer >= layers || !Number.isSafeInteger(ino))) throw malformed();
  return { lower, limit: view.getFloat64(4, true), hasData: bytes[1] === 1 };
}

function malformed(): FsError {
  return new FsError(EIO, "Cannot read the overlay: a mark of where a file came from is damaged");
}

/** A character device 0:0 says that the name does not exist here, whatever lower layers have. */
export function isWhiteout(inode: Attributes): boolean {
  return inode.type === FILETYPE_CHARACTER_DEVICE && inode.rdev === 0 && inode.device === 0;
}

export function isOpaque(fs: FileSystem, dir: number): boolean {
  return fs.xattrs(dir).get(XATTR_OPAQUE)?.[0] === 121;
}
