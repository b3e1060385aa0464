/** The `l` command: every byte visible, lines folded with a backslash. */
import { ByteBuffer } from "../byte-buffer";
import { formatPadded } from "../numbers";
import { fromByte } from "../bytes";

export function unambiguous(space: ByteBuffer, lineLength: i32): string {
  const width = lineLength - 1;
  let out = "";
  let column = 0;
  for (let i = 0; i < space.length; i++) {
    const shown = visible(load<u8>(space.data + i));
    if (lineLength > 0 && column + shown.length > width) {
      out += "\\\n";
      column = 0;
    }
    out += shown;
    column += shown.length;
  }
  return out + "$\n";
}

function visible(byte: i32): string {
  switch (byte) {
    case 92: return "\\\\";
    case 7: return "\\a";
    case 8: return "\\b";
    case 12: return "\\f";
    case 10: return "\\n";
    case 13: return "\\r";
    case 9: return "\\t";
    case 11: return "\\v";
    default: return byte >= 32 && byte < 127 ? fromByte(byte) : "\\" + formatPadded(byte, 3, 8);
  }
}
