/** pmap: the parts of a process's memory. */
import { padEnd, padStart } from "../lib/bytes";
import { dieUsage, finish, warn } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatUnsigned, scanUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { slurp } from "../lib/proc/process";

const USAGE = `Usage: pmap [-xq] PID...
Show what the linear memory of each process consists of: data, stack, heap and windows on files and VMOs.

  -q, --quiet      without the command and the total
  -x, --extended   resident sizes too`;

const options = new Options("qx", "quiet=q extended=x", USAGE);
let quiet = false;
let extended = false;
while (options.next()) {
  if (options.name == "q") quiet = true;
  else extended = true;
}
if (options.operands.length == 0) dieUsage("missing process number");
let status = 0;
for (let i = 0; i < options.operands.length; i++) {
  const pid = options.operands[i];
  const maps = slurp("/proc/" + pid + "/maps");
  if (maps.length == 0) {
    warn("no process, or no memory yet: " + pid);
    status = 1;
  } else {
    show(pid, maps);
  }
}
finish(status);

function show(pid: string, maps: string): void {
  const command = slurp("/proc/" + pid + "/cmdline").split("\0").join(" ");
  if (!quiet) stdout.writeLine(pid + ":   " + command);
  if (extended && !quiet) stdout.writeLine("Address           Kbytes     RSS Mode  Mapping");
  const lines = maps.split("\n");
  let total: u64 = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const dash = line.indexOf("-");
    if (dash < 0) continue;
    const space = line.indexOf(" ", dash);
    const start = scanUnsigned(line, 0, 16);
    const bytes = scanUnsigned(line, dash + 1, 16) - start;
    const kib = (bytes + 1023) / 1024;
    const mode = line.substring(space + 1, space + 5);
    // The name stands behind four more fields; it may hold blanks.
    let at = space;
    for (let field = 0; field < 4 && at >= 0; field++) at = line.indexOf(" ", at + 1);
    while (at >= 0 && line.charAt(at) == " ") at++;
    const name = at < 0 ? "" : line.substring(at);
    const shown = name.length == 0 ? "  [ anon ]" : name.startsWith("[") ? "  " + name : name;
    const there = mode.startsWith("r") ? kib : 0;
    if (there != 0) total += bytes;
    const address = padStart(line.substring(0, dash), 16).split(" ").join("0");
    const sizes = extended
      ? padStart(formatUnsigned(kib), 8) + padStart(formatUnsigned(there), 8)
      : padStart(formatUnsigned(kib) + "K", 8);
    stdout.writeLine(address + " " + sizes + " " + padEnd(mode, 5) + shown);
  }
  if (quiet) return;
  if (extended) stdout.writeLine("----------------\n" + padEnd("total kB", 16) + " " + padStart(formatUnsigned(total / 1024), 16));
  else stdout.writeLine(" total " + padStart(formatUnsigned(total / 1024) + "K", 17));
}
