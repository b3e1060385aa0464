/** tac: lines in reverse order. */
import { finish, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { checkReading, closeInput, inputFailed, inputs } from "../lib/input";
import { Reader, stdout } from "../lib/io";
import { Options } from "../lib/options";
import { quoteShell } from "../lib/quote";

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
let failed = false;
const files = inputs(options.operands);
for (let i = 0; i < files.length; i++) {
  const fd = files[i] == "-" ? 0 : fs.openRead(files[i]);
  if (fd < 0) {
    warnErrno("failed to open " + quoteShell(files[i]) + " for reading", -fd);
    failed = true;
    continue;
  }
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
finish(failed || inputFailed ? 1 : 0);
