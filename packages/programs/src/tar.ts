import { gunzipSync } from "node:zlib";

export interface TarFile {
  /** Without a leading "./" or "/". */
  readonly path: string;
  readonly mode: number;
  readonly data: Uint8Array;
}

const BLOCK = 512;
const decoder = new TextDecoder();

function field(header: Uint8Array, from: number, length: number): string {
  const bytes = header.subarray(from, from + length);
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Regular files of a gzipped tar archive (POSIX ustar, with GNU and pax long names). */
export function readTarGz(archive: Uint8Array): TarFile[] {
  const tar = gunzipSync(archive);
  const files: TarFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (header[0] === 0) break;
    const size = Number.parseInt(field(header, 124, 12), 8) || 0;
    const data = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) throw new Error(`Cannot read archive: entry at ${at} is cut short`);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === "L") longName = field(data, 0, size);
    else if (type === "x") longName = paxPath(decoder.decode(data)) ?? longName;
    else {
      const prefix = field(header, 345, 155);
      const name = longName ?? (prefix === "" ? "" : `${prefix}/`) + field(header, 0, 100);
      longName = undefined;
      if (type !== "0" && type !== "\0") continue;
      const mode = Number.parseInt(field(header, 100, 8), 8) & 0o777;
      files.push({ path: name.replace(/^(\.?\/)+/, ""), mode, data });
    }
  }
  return files;
}

/** The `path` record of a pax header: "LENGTH path=NAME\n". */
function paxPath(records: string): string | undefined {
  return /^\d+ path=(.*)$/m.exec(records)?.[1];
}
