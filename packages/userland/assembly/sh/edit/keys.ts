// What was typed: control characters, escape sequences and UTF-8 text become keys.
import { EINTR } from "../../../../abi/src/errno";
import { readInto } from "../../lib/io";

export enum Key {
  Text,
  Enter,
  Tab,
  Backspace,
  Delete,
  Left,
  Right,
  Up,
  Down,
  Home,
  End,
  WordLeft,
  WordRight,
  KillToEnd,
  KillToStart,
  KillWordLeft,
  KillWordRight,
  Yank,
  Transpose,
  LastArgument,
  FirstHistory,
  LastHistory,
  Search,
  Clear,
  Interrupt,
  EndOfFile,
  Escape,
  Resize,
  Paste,
  Unknown,
  Closed,
}

const BYTE = memory.data(8);
const PASTE_END = "\x1b[201~";

/** The text of a Key.Text or Key.Paste. */
export let keyText: string = "";

/** A byte, -1 at the end, -2 when a signal came in between. */
function nextByte(): i32 {
  const count = readInto(0, BYTE, 1);
  if (count == -EINTR) return -2;
  return count <= 0 ? -1 : load<u8>(BYTE);
}

/** A byte inside a sequence: signals wait. */
function followingByte(): i32 {
  let byte = nextByte();
  while (byte == -2) byte = nextByte();
  return byte;
}

export function readKey(): Key {
  const byte = nextByte();
  if (byte == -1) return Key.Closed;
  if (byte == -2) return Key.Resize;
  if (byte == 0x1b) return escapeSequence();
  if (byte >= 0x20 && byte != 0x7f) return text(byte);
  switch (byte) {
    case 0x01:
      return Key.Home;
    case 0x02:
      return Key.Left;
    case 0x03:
      return Key.Interrupt;
    case 0x04:
      return Key.EndOfFile;
    case 0x05:
      return Key.End;
    case 0x06:
      return Key.Right;
    case 0x07:
      return Key.Escape;
    case 0x08:
      return Key.Backspace;
    case 0x09:
      return Key.Tab;
    case 0x0a:
      return Key.Enter;
    case 0x0b:
      return Key.KillToEnd;
    case 0x0c:
      return Key.Clear;
    case 0x0d:
      return Key.Enter;
    case 0x0e:
      return Key.Down;
    case 0x10:
      return Key.Up;
    case 0x12:
      return Key.Search;
    case 0x14:
      return Key.Transpose;
    case 0x15:
      return Key.KillToStart;
    case 0x17:
      return Key.KillWordLeft;
    case 0x19:
      return Key.Yank;
    case 0x7f:
      return Key.Backspace;
    default:
      return Key.Unknown;
  }
}

/** A whole character: the bytes that follow a UTF-8 lead belong to it. */
function text(lead: i32): Key {
  keyText = String.fromCharCode(lead);
  const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc2 ? 1 : 0;
  for (let i = 0; i < more; i++) {
    const byte = followingByte();
    if (byte < 0) break;
    keyText += String.fromCharCode(byte);
  }
  return Key.Text;
}

function escapeSequence(): Key {
  const byte = followingByte();
  switch (byte) {
    case 0x5b:
      return controlSequence();
    case 0x4f:
      return finalKey(followingByte(), 0);
    case 0x62:
      return Key.WordLeft;
    case 0x66:
      return Key.WordRight;
    case 0x64:
      return Key.KillWordRight;
    case 0x7f:
    case 0x08:
      return Key.KillWordLeft;
    case 0x2e:
    case 0x5f:
      return Key.LastArgument;
    case 0x3c:
      return Key.FirstHistory;
    case 0x3e:
      return Key.LastHistory;
    default:
      return Key.Unknown;
  }
}

/** ESC [ parameters final (ECMA-48 5.4). The second parameter is the modifier: 3 alt, 5 control. */
function controlSequence(): Key {
  let first = 0;
  let second = 0;
  let separated = false;
  let byte = followingByte();
  while (byte >= 0x20 && byte < 0x40) {
    if (byte == 0x3b) separated = true;
    else if (byte >= 0x30 && byte <= 0x39) {
      if (separated) second = second * 10 + byte - 0x30;
      else first = first * 10 + byte - 0x30;
    }
    byte = followingByte();
  }
  if (byte != 0x7e) return finalKey(byte, second);
  switch (first) {
    case 1:
    case 7:
      return Key.Home;
    case 3:
      return second > 1 ? Key.KillWordRight : Key.Delete;
    case 4:
    case 8:
      return Key.End;
    case 5:
      return Key.FirstHistory;
    case 6:
      return Key.LastHistory;
    case 200:
      return pasted();
    default:
      return Key.Unknown;
  }
}

function finalKey(byte: i32, modifier: i32): Key {
  switch (byte) {
    case 0x41:
      return Key.Up;
    case 0x42:
      return Key.Down;
    case 0x43:
      return modifier > 1 ? Key.WordRight : Key.Right;
    case 0x44:
      return modifier > 1 ? Key.WordLeft : Key.Left;
    case 0x46:
      return Key.End;
    case 0x48:
      return Key.Home;
    default:
      return Key.Unknown;
  }
}

/** Bracketed paste: text up to the end marker, taken as it is. */
function pasted(): Key {
  let body = "";
  while (!body.endsWith(PASTE_END)) {
    const byte = followingByte();
    if (byte < 0) break;
    body += String.fromCharCode(byte == 0x0d ? 0x0a : byte);
  }
  keyText = body.endsWith(PASTE_END) ? body.substring(0, body.length - PASTE_END.length) : body;
  return Key.Paste;
}
