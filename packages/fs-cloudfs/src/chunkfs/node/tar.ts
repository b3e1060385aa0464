import {
  FILETYPE_BLOCK_DEVICE,
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SYMBOLIC_LINK,
} from "@cloudos/abi/wasi";
import { deviceNumber, FILETYPE_FIFO } from "../../vfs/file-system.ts";

/** One member of an archive. */
export interface TarMember {
  readonly path: string;
  /** WASI filetype or FILETYPE_FIFO; for a hard link the target is in `linkTo`. */
  readonly type: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeNs: bigint;
  readonly target: string;
  readonly linkTo: string | undefined;
  readonly rdev: number;
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
  readonly content: Uint8Array;
}

const BLOCK = 512;
const decoder = new TextDecoder();
const XATTR_KEYS = ["SCHILY.xattr.", "LIBARCHIVE.xattr."] as const;

/**
 * Reads an uncompressed tar archive (POSIX.1-2001 pax, ustar, GNU long names and base-256 numbers). Contents are views of `bytes`. Throws
 * an Error naming the offset when the archive is damaged or holds what is not understood (sparse files, several volumes).
 */
export function* readTar(bytes: Uint8Array): Generator<TarMember> {
  const global = new Map<string, Uint8Array>();
  let extended = new Map<string, Uint8Array>();
  let longName: string | undefined;
  let longLink: string | undefined;
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header, at);
    const flag = String.fromCharCode(header[156]!);
    const records = new Map([...global, ...extended]);
    const size = numberRecord(records, "size") ?? numberField(header, 124, 12);
    const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length !== size) throw new Error(`Cannot read the archive: it ends within the member at byte ${at}`);
    const next = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (flag === "x") extended = paxRecords(data, at);
    else if (flag === "g") for (const [key, value] of paxRecords(data, at)) global.set(key, value);
    else if (flag === "L") longName = textOf(data);
    else if (flag === "K") longLink = textOf(data);
    else {
      yield member(header, flag, data, records, longName, longLink, at);
      extended = new Map();
      longName = undefined;
      longLink = undefined;
    }
    at = next;
  }
}

function member(
  header: Uint8Array,
  flag: string,
  data: Uint8Array,
  records: ReadonlyMap<string, Uint8Array>,
  longName: string | undefined,
  longLink: string | undefined,
  at: number,
): TarMember {
  const type = TYPES[flag];
  if (type === undefined) throw new Error(`Cannot read the archive: the member at byte ${at} is of type "${flag}"`);
  const prefix = textOf(header.subarray(345, 500));
  const isUstar = textOf(header.subarray(257, 263)) === "ustar";
  const shortName = textOf(header.subarray(0, 100));
  const ustarName = isUstar && prefix !== "" ? `${prefix}/${shortName}` : shortName;
  const text = (key: string) => {
    const value = records.get(key);
    return value && decoder.decode(value);
  };
  const target = text("linkpath") ?? longLink ?? textOf(header.subarray(157, 257));
  const xattrs = new Map<string, Uint8Array>();
  for (const [key, value] of records) {
    const prefix = XATTR_KEYS.find((each) => key.startsWith(each));
    if (prefix !== undefined) xattrs.set(key.slice(prefix.length), value.slice());
  }
  const isDevice = type === FILETYPE_CHARACTER_DEVICE || type === FILETYPE_BLOCK_DEVICE;
  return {
    path: text("path") ?? longName ?? ustarName,
    type,
    mode: numberField(header, 100, 8) & 0o7777,
    uid: numberRecord(records, "uid") ?? numberField(header, 108, 8),
    gid: numberRecord(records, "gid") ?? numberField(header, 116, 8),
    mtimeNs: timeRecord(text("mtime")) ?? BigInt(numberField(header, 136, 12)) * 1_000_000_000n,
    target: type === FILETYPE_SYMBOLIC_LINK ? target : "",
    linkTo: flag === "1" ? target : undefined,
    rdev: isDevice ? deviceNumber(numberField(header, 329, 8), numberField(header, 337, 8)) : 0,
    xattrs,
    content: type === FILETYPE_REGULAR_FILE && flag !== "1" ? data : data.subarray(0, 0),
  };
}

const TYPES: Readonly<Record<string, number>> = {
  "\0": FILETYPE_REGULAR_FILE,
  "0": FILETYPE_REGULAR_FILE,
  "1": FILETYPE_REGULAR_FILE,
  "2": FILETYPE_SYMBOLIC_LINK,
  "3": FILETYPE_CHARACTER_DEVICE,
  "4": FILETYPE_BLOCK_DEVICE,
  "5": FILETYPE_DIRECTORY,
  "6": FILETYPE_FIFO,
  "7": FILETYPE_REGULAR_FILE,
};

/** The sum of the header's bytes with the field itself as blanks. */
function checkSum(header: Uint8Array, at: number): void {
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i]!;
  if (sum !== numberField(header, 148, 8))
    throw new Error(`Cannot read the archive: the header at byte ${at} is damaged`);
}

/** "length key=value\n", the length counting all of it. */
function paxRecords(data: Uint8Array, at: number): Map<string, Uint8Array> {
  const records = new Map<string, Uint8Array>();
  for (let from = 0; from < data.length; ) {
    const blank = data.indexOf(32, from);
    const length = Number(decoder.decode(data.subarray(from, blank)));
    const equals = data.indexOf(61, blank);
    if (blank < 0 || equals < 0 || !(length > equals - from) || from + length > data.length) {
      throw new Error(`Cannot read the archive: the extended header at byte ${at} is damaged`);
    }
    records.set(decoder.decode(data.subarray(blank + 1, equals)), data.subarray(equals + 1, from + length - 1));
    from += length;
  }
  return records;
}

function numberRecord(records: ReadonlyMap<string, Uint8Array>, key: string): number | undefined {
  const value = records.get(key);
  return value && Number(decoder.decode(value));
}

/** Seconds with a fraction. */
function timeRecord(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const [seconds = "0", fraction = ""] = text.split(".");
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
}

/** Octal digits, or base 256 when the first bit is set. */
function numberField(header: Uint8Array, at: number, length: number): number {
  const field = header.subarray(at, at + length);
  if ((field[0]! & 0x80) === 0) return Number.parseInt(textOf(field).trim() || "0", 8);
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, field[0]! & 0x7f);
}

function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}
