/** fold: breaks long lines. */
import { ERANGE } from "../../../abi/src/errno";
import { byteAt } from "../lib/bytes";
import { die, dieErrno, finish } from "../lib/exit";
import { checkInput, closeInput, inputFailed, inputs, openInput } from "../lib/input";
import { Reader, stdout } from "../lib/io";
import { parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: fold [OPTION]... [FILE]...
Break lines longer than 80 columns.

  -b, --bytes       count bytes, not columns
  -s, --spaces      break after blanks
  -w, --width=N     N columns`;

let bytes = false;
let spaces = false;
let width: u64 = 80;

/** Column after `byte` at `column`. */
function advance(column: u64, byte: i32): u64 {
  if (bytes) return column + 1;
  if (byte == 8) return column > 0 ? column - 1 : 0;
  if (byte == 13) return 0;
  return byte == 9 ? (column | 7) + 1 : column + 1;
}

function foldLine(line: string): void {
  let start = 0;
  let column: u64 = 0;
  for (let at = 0; at < line.length; ) {
    const next = advance(column, byteAt(line, at));
    if (next <= width || at == start) {
      column = next;
      at++;
      continue;
    }
    let end = at;
    if (spaces) {
      while (end > start && byteAt(line, end - 1) != 32 && byteAt(line, end - 1) != 9) end--;
      if (end == start) end = at;
    }
    stdout.writeLine(line.substring(start, end));
    start = at = end;
    column = 0;
  }
  stdout.write(line.substring(start));
}

const options = new Options("bsw:0::1::2::3::4::5::6::7::8::9::", "bytes=b spaces=s width:=w", USAGE);
while (options.next()) {
  if (options.name == "b") bytes = true;
  else if (options.name == "s") spaces = true;
  else {
    const text = options.name == "w" ? options.value : options.name + options.value;
    width = parseUnsigned(text);
    if (parseFailed) die("invalid number of columns: " + quoteProse(text));
    if (width == 0) dieErrno("invalid number of columns: " + quoteProse(text), ERANGE);
  }
}
const files = inputs(options.operands);
for (let i = 0; i < files.length; i++) {
  const fd = openInput(files[i]);
  if (fd < 0) continue;
  const reader = new Reader(fd);
  for (let line = reader.readLine(); line !== null; line = reader.readLine()) {
    foldLine(line);
    if (reader.terminated) stdout.writeByte(10);
  }
  checkInput(files[i], reader.error);
  closeInput(fd);
}
finish(inputFailed ? 1 : 0);
