/** Records of a pax extended header: "LENGTH KEY=VALUE\n" (POSIX pax, "pax Extended Header"). */
import { Header } from "./header";
import { isAllDigits } from "../bytes";
import { parseEnd, scanUnsigned } from "../numbers";

export function parsePax(text: string, into: Header): void {
  let at = 0;
  while (at < text.length) {
    const length = <i32>min<u64>(scanUnsigned(text, at, 10), <u64>text.length);
    const start = parseEnd + 1;
    const end = at + length - 1;
    if (length <= 0 || end < start || end > text.length) return;
    const equals = text.indexOf("=", start);
    if (equals > 0 && equals < end) record(text.substring(start, equals), text.substring(equals + 1, end), into);
    at += length;
  }
}

function record(key: string, value: string, into: Header): void {
  if (key == "path") into.name = value;
  else if (key == "linkpath") into.linkName = value;
  else if (key == "uname") into.user = value;
  else if (key == "gname") into.group = value;
  else if (key == "size" && isAllDigits(value)) into.size = scanUnsigned(value, 0, 10);
  else if (key == "mtime") {
    const negative = value.startsWith("-");
    const seconds = <i64>scanUnsigned(value, negative ? 1 : 0, 10);
    into.mtime = negative ? -seconds : seconds;
  }
}
