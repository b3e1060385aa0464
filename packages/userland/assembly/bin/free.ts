/** free: memory in use. */
import { padEnd, padStart } from "../lib/bytes";
import { finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { memoryRow, memoryTable } from "../lib/proc/system";
import { humanSize } from "../lib/sizes";

const USAGE = `Usage: free [OPTION]
Show how much memory there is and how it is used.

  -b, -k, -m, -g   in bytes, KiB (default), MiB, GiB
  -h, --human      in the unit that fits
  -t, --total      a line with sums`;

let unit: u64 = 1024;
let human = false;
let total = false;

function cell(bytes: u64): string {
  const text = human ? (bytes == 0 ? "0B" : humanSize(bytes) + (bytes < 1024 ? "B" : "i")) : formatUnsigned(bytes / unit);
  return padStart(text, 12);
}

const options = new Options("bkmght", "bytes=b kibi=k mebi=m gibi=g human=h total=t", USAGE);
while (options.next()) {
  switch (options.name) {
    case "b":
      unit = 1;
      break;
    case "k":
      unit = 1024;
      break;
    case "m":
      unit = 1048576;
      break;
    case "g":
      unit = 1073741824;
      break;
    case "h":
      human = true;
      break;
    case "t":
      total = true;
      break;
  }
}
const table = memoryTable();
const all = memoryRow(table, "MemTotal");
const unused = memoryRow(table, "MemFree");
const cached = memoryRow(table, "Cached") + memoryRow(table, "Buffers");
const available = memoryRow(table, "MemAvailable");
const used = all - min(all, unused + cached);
stdout.writeLine("               total        used        free      shared  buff/cache   available");
stdout.writeLine(padEnd("Mem:", 8) + cell(all) + cell(used) + cell(unused) + cell(0) + cell(cached) + cell(available));
stdout.writeLine(padEnd("Swap:", 8) + cell(0) + cell(0) + cell(0));
if (total) stdout.writeLine(padEnd("Total:", 8) + cell(all) + cell(used) + cell(unused));
finish(0);
