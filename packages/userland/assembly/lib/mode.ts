/** File types and permission bits as text, and the other way round. */
import { OBJECT_PIPE_READ, OBJECT_PIPE_WRITE } from "../../../abi/src/kernel-interface";
import * as wasi from "../../../abi/src/wasi";
import { byteAt, isDigit } from "./bytes";
import { Stat } from "./fs";

export function isPipe(st: Stat): bool {
  return st.object == OBJECT_PIPE_READ || st.object == OBJECT_PIPE_WRITE;
}

/** The first letter of a long listing. */
export function typeLetter(st: Stat): string {
  if (isPipe(st)) return "p";
  switch (st.type) {
    case wasi.FILETYPE_DIRECTORY: return "d";
    case wasi.FILETYPE_SYMBOLIC_LINK: return "l";
    case wasi.FILETYPE_CHARACTER_DEVICE: return "c";
    case wasi.FILETYPE_BLOCK_DEVICE: return "b";
    case wasi.FILETYPE_SOCKET_DGRAM:
    case wasi.FILETYPE_SOCKET_STREAM: return "s";
    case wasi.FILETYPE_REGULAR_FILE: return "-";
    default: return "?";
  }
}

/** S_IFMT bits of Linux, for raw modes and test. */
export function typeBits(st: Stat): u32 {
  switch (byteAt(typeLetter(st), 0)) {
    case 112: return 0o010000;
    case 100: return 0o040000;
    case 108: return 0o120000;
    case 99: return 0o020000;
    case 98: return 0o060000;
    case 115: return 0o140000;
    default: return 0o100000;
  }
}

/** What stat(1) calls the type. */
export function typeName(st: Stat): string {
  switch (byteAt(typeLetter(st), 0)) {
    case 112: return "fifo";
    case 100: return "directory";
    case 108: return "symbolic link";
    case 99: return "character special file";
    case 98: return "block special file";
    case 115: return "socket";
    case 45: return st.size == 0 ? "regular empty file" : "regular file";
    default: return "weird file";
  }
}

function triple(bits: u32, special: bool, on: string, off: string): string {
  const x = bits & 1 ? (special ? on : "x") : special ? off : "-";
  return (bits & 4 ? "r" : "-") + (bits & 2 ? "w" : "-") + x;
}

/** "rwxr-xr-x", with s, S, t and T. */
export function permissionText(mode: u32): string {
  return (
    triple((mode >> 6) & 7, (mode & 0o4000) != 0, "s", "S") +
    triple((mode >> 3) & 7, (mode & 0o2000) != 0, "s", "S") +
    triple(mode & 7, (mode & 0o1000) != 0, "t", "T")
  );
}

export function modeText(st: Stat): string {
  return typeLetter(st) + permissionText(st.mode);
}

/** File creation mask of a shell nobody told otherwise; processes carry none here. */
export const UMASK: u32 = 0o022;

/** Bits that "who" letters stand for. */
function whoBits(letter: i32): u32 {
  switch (letter) {
    case 117: return 0o4700;
    case 103: return 0o2070;
    case 111: return 0o1007;
    case 97: return 0o7777;
    default: return 0;
  }
}

/** Applies an octal or symbolic mode (chmod(1)) to `mode`: the new bits, or -1 when the text is no mode. */
export function applyMode(text: string, mode: u32, directory: bool, umask: u32 = UMASK): i32 {
  if (text.length > 0 && isDigit(byteAt(text, 0))) return applyOctal(text, mode, directory);
  let at = 0;
  while (true) {
    let who: u32 = 0;
    while (at < text.length && whoBits(byteAt(text, at)) != 0) who |= whoBits(byteAt(text, at++));
    const everyone = who == 0;
    if (everyone) who = 0o7777;
    let actions = 0;
    while (at < text.length && "+-=".includes(text.charAt(at))) {
      const operator = byteAt(text, at++);
      actions++;
      let bits: u32 = 0;
      const copied = at < text.length ? copiedBits(byteAt(text, at), mode) : -1;
      if (copied >= 0) {
        bits = copied;
        at++;
      } else if (at < text.length && isDigit(byteAt(text, at))) {
        while (at < text.length && <u32>(byteAt(text, at) - 48) < 8) bits = (bits << 3) | (byteAt(text, at++) - 48);
        if (bits > 0o7777) return -1;
      } else {
        for (; at < text.length; at++) {
          const more = permissionBits(byteAt(text, at), mode, directory);
          if (more < 0) break;
          bits |= more;
        }
      }
      bits &= everyone ? ~umask : who;
      if (operator == 43) mode |= bits;
      else if (operator == 45) mode &= ~bits;
      else {
        // Special bits of a directory survive "=" unless named (coreutils, "Numeric and symbolic modes").
        const kept: u32 = directory ? mode & 0o6000 & ~bits : 0;
        mode = (mode & ~who) | bits | kept;
      }
    }
    if (actions == 0) return -1;
    if (at == text.length) return mode;
    if (byteAt(text, at++) != 44) return -1;
  }
}

function applyOctal(text: string, mode: u32, directory: bool): i32 {
  let value: u32 = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = <u32>(byteAt(text, i) - 48);
    if (digit > 7) return -1;
    value = (value << 3) | digit;
    if (value > 0o7777) return -1;
  }
  // Fewer than five digits leave a directory's set-id bits alone.
  return directory && text.length < 5 ? value | (mode & 0o6000) : value;
}

/** g=u and the like: permissions of another class, spread over all. */
function copiedBits(letter: i32, mode: u32): i32 {
  const shift = letter == 117 ? 6 : letter == 103 ? 3 : letter == 111 ? 0 : -1;
  if (shift < 0) return -1;
  const bits = (mode >> shift) & 7;
  return bits * 0o111;
}

function permissionBits(letter: i32, mode: u32, directory: bool): i32 {
  switch (letter) {
    case 114: return 0o444;
    case 119: return 0o222;
    case 120: return 0o111;
    case 88: return directory || (mode & 0o111) != 0 ? 0o111 : 0;
    case 115: return 0o6000;
    case 116: return 0o1000;
    default: return -1;
  }
}
