/** An initial RAM disk: a cpio archive in the "newc" format (Linux's Documentation/driver-api/early-userspace/buffer-format.rst). */

export type CpioEntry =
  | { readonly type: "dir"; readonly path: string; readonly mode?: number }
  | { readonly type: "file"; readonly path: string; readonly mode: number; readonly data: Uint8Array }
  | { readonly type: "symlink"; readonly path: string; readonly target: string }
  | {
      readonly type: "device";
      readonly path: string;
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
    };

const TYPE = { dir: 0o040000, file: 0o100000, symlink: 0o120000, device: 0o020000 } as const;

/** All of root's, dated 1970, numbered in order: equal entries give equal bytes. */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  const push = (bytes: Uint8Array) => {
    pieces.push(bytes);
    if (bytes.length % 4 !== 0) pieces.push(new Uint8Array(4 - (bytes.length % 4)));
  };
  const encoder = new TextEncoder();
  const header = (number: number, mode: number, size: number, name: string, major = 0, minor = 0) => {
    const fields = [number, mode, 0, 0, 1, 0, size, 0, 0, major, minor, name.length + 1, 0];
    push(encoder.encode(`070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}${name}\0`));
  };
  for (const [index, entry] of entries.entries()) {
    const data =
      entry.type === "file" ? entry.data : entry.type === "symlink" ? encoder.encode(entry.target) : new Uint8Array();
    const mode = entry.type === "dir" ? (entry.mode ?? 0o755) : entry.type === "symlink" ? 0o777 : entry.mode;
    const [major, minor] = entry.type === "device" ? [entry.major, entry.minor] : [0, 0];
    header(index + 1, TYPE[entry.type] | mode, data.length, entry.path, major, minor);
    push(data);
  }
  header(0, 0, 0, "TRAILER!!!");
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
