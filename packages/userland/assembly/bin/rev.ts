/** rev: lines backwards. */
import { localeIsUtf8 } from "../lib/args";
import { checkInput, closeInput, inputFailed, inputs, openInput } from "../lib/input";
import { finish } from "../lib/exit";
import { Reader, stdout } from "../lib/io";
import { Options } from "../lib/options";
import { charLength, decodeAt } from "../lib/utf8";

const options = new Options("0", "zero=0", "Usage: rev [-0] [FILE]...\nPrint each line with its characters in reverse order.");
let delimiter: u8 = 10;
while (options.next()) delimiter = 0;
const utf8 = localeIsUtf8();

function reverse(line: string): string {
  let out = "";
  for (let at = 0; at < line.length; ) {
    if (utf8) decodeAt(line, at);
    const length = utf8 ? charLength : 1;
    out = line.substring(at, at + length) + out;
    at += length;
  }
  return out;
}

const files = inputs(options.operands);
for (let i = 0; i < files.length; i++) {
  const fd = openInput(files[i]);
  if (fd < 0) continue;
  const reader = new Reader(fd);
  for (let line = reader.readLine(delimiter); line !== null; line = reader.readLine(delimiter)) {
    stdout.write(reverse(line));
    if (reader.terminated) stdout.writeByte(delimiter);
  }
  checkInput(files[i], reader.error);
  closeInput(fd);
}
finish(inputFailed ? 1 : 0);
