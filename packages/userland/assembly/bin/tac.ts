/** tac: lines in reverse order. */
import { finish } from "../lib/exit";
import { checkReading, closeInput, inputFailed, inputs, openForReading } from "../lib/input";
import { Reader, stdout } from "../lib/io";
import { Options } from "../lib/options";

const USAGE = `Usage: tac [OPTION]... [FILE]...
Print each file with its lines in reverse order.

  -b, --before            the separator comes before a line, not after it
  -s, --separator=STRING  instead of newline`;

const options = new Options("bs:", "before=b separator:=s", USAGE);
let separator = "\n";
let before = false;
while (options.next()) {
  if (options.name == "b") before = true;
  else separator = options.value.length == 0 ? "\0" : options.value;
}
const files = inputs(options.operands);
for (let i = 0; i < files.length; i++) {
  const fd = openForReading(files[i]);
  if (fd < 0) continue;
  const reader = new Reader(fd);
  const text = reader.readAll();
  checkReading(files[i], reader.error);
  closeInput(fd);
  let end = text.length;
  if (before) {
    for (let at = text.lastIndexOf(separator); at >= 0 && end > 0; at = at == 0 ? -1 : text.lastIndexOf(separator, at - 1)) {
      stdout.write(text.substring(at, end));
      end = at;
    }
    stdout.write(text.substring(0, end));
    continue;
  }
  while (end > 0) {
    // The line's own separator ends it; look for the one before.
    const at = end - separator.length - 1 < 0 ? -1 : text.lastIndexOf(separator, end - separator.length - 1);
    const start = at < 0 ? 0 : at + separator.length;
    stdout.write(text.substring(start, end));
    end = start;
  }
}
finish(inputFailed ? 1 : 0);
