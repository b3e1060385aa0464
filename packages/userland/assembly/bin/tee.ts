/** tee: standard input to standard output and files. */
import { EINTR, EPIPE } from "../../../abi/src/errno";
import { SIG_IGN, SIGINT, SIGPIPE } from "../../../abi/src/signals";
import { choose } from "../lib/choice";
import { sig_action } from "../lib/cloudos";
import { finish, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { BLOCK_SIZE, readInto, writeAll } from "../lib/io";
import { Options } from "../lib/options";
import { quoteIfNeeded } from "../lib/quote";

const USAGE = `Usage: tee [OPTION]... [FILE]...
Copy standard input to standard output and to each file.

  -a, --append             add to the files
  -i, --ignore-interrupts  take no notice of ^C
  -p                       go on when a pipe closes, and say so
      --output-error[=MODE]  warn, warn-nopipe, exit, exit-nopipe`;

const MODES = ["warn", "warn-nopipe", "exit", "exit-nopipe"];
let append = false;
let status = 0;
let mode = "";

const options = new Options("aip", "append=a ignore-interrupts=i output-error?", USAGE);
while (options.next()) {
  switch (options.name) {
    case "a":
      append = true;
      break;
    case "i":
      sig_action(SIGINT, SIG_IGN, 0);
      break;
    case "p":
      mode = "warn-nopipe";
      break;
    case "output-error":
      mode = "warn-nopipe";
      if (options.hasValue) mode = MODES[choose("output-error", options.value, "warn warn-nopipe exit exit-nopipe")];
      break;
  }
}
if (mode.length > 0) sig_action(SIGPIPE, SIG_IGN, 0);
const names: string[] = ["standard output"];
const fds: i32[] = [1];
for (let i = 0; i < options.operands.length; i++) {
  const name = options.operands[i];
  const fd = fs.open(name, fs.WRITE | fs.CREATE | (append ? fs.APPEND : fs.TRUNCATE));
  if (fd < 0) {
    warnErrno(quoteIfNeeded(name), -fd);
    status = 1;
    continue;
  }
  names.push(name);
  fds.push(fd);
}
const block = heap.alloc(BLOCK_SIZE);
let open = fds.length;
while (open > 0) {
  const count = readInto(0, block, BLOCK_SIZE);
  if (count == -EINTR) continue;
  if (count < 0) {
    warnErrno("read error", -count);
    status = 1;
  }
  if (count <= 0) break;
  for (let i = 0; i < fds.length; i++) {
    if (fds[i] < 0) continue;
    const error = writeAll(fds[i], block, count);
    if (error == 0) continue;
    fds[i] = -1;
    open--;
    if (error == EPIPE && mode.endsWith("nopipe")) continue;
    warnErrno(quoteIfNeeded(names[i]), error);
    status = 1;
    if (mode.startsWith("exit")) finish(1);
  }
}
finish(status);
