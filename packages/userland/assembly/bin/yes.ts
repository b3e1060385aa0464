/** yes: the same line for ever. */
import { args } from "../lib/args";
import { toMemory } from "../lib/bytes";
import { dieErrno } from "../lib/exit";
import { BUFFER_SIZE, writeAll } from "../lib/io";
import { Options } from "../lib/options";

const USAGE = `Usage: yes [STRING]...
Print the strings (or "y") on a line again and again.`;

const options = new Options("+", "", USAGE);
options.next();
const line = (args.length == 0 ? "y" : options.operands.join(" ")) + "\n";
// As many whole lines as fit: one write moves them all.
const count = max(1, BUFFER_SIZE / line.length);
const size = count * line.length;
const block = heap.alloc(size);
for (let i = 0; i < count; i++) toMemory(line, block + i * line.length);
let error = 0;
while (error == 0) error = writeAll(1, block, size);
dieErrno("standard output", error);
