/** Texts for the page. */
import { byteAt } from "./bytes";
import { formatPadded } from "./numbers";

/** A JSON string (RFC 8259 section 7); bytes beyond ASCII are UTF-8 as they are. */
export function quoteJson(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const byte = byteAt(text, i);
    if (byte == 34 || byte == 92) out += "\\" + text.charAt(i);
    else if (byte < 32) out += "\\u" + formatPadded(byte, 4, 16);
    else out += text.charAt(i);
  }
  return out + '"';
}
