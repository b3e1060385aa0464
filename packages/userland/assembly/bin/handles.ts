/** handles: what processes may use, from /proc/PID/handles. */
import { parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { slurp } from "../lib/proc/process";
import { finish, warn } from "../lib/exit";
import { proc_getpid } from "../lib/cloudos";
import { stdout } from "../lib/io";
import { writeTable } from "../lib/table";

const USAGE = `Usage: handles [PID]...
List the handles of processes (of this one's parent shell with /proc/self: its own).
VALUE is the number programs use; of streams and files it is the descriptor.

RIGHTS: r read, w write, d duplicate, and of kernel objects t transfer, W wait, s signal, m map, M manage.
BADGE says which client of a service a channel's handle is; REFS is how many handles and waits there are to the object.`;

const FIRST_OBJECT_TYPES = ["channel", "port", "event", "timer", "vmo", "pager", "job", "process", "trace"];

const options = new Options("", "", USAGE);
while (options.next()) {}

/** Letters of the rights that are there, a dash for each that is not. */
function rightsOf(hex: string, isObject: bool): string {
  const rights = <u32>U32.parseInt(hex, 16);
  const letters = isObject ? "rwdtWsmM" : "rwd";
  const bits: u32[] = [1, 6, 30, 9, 10, 11, 12, 13];
  let text = "";
  for (let i = 0; i < letters.length; i++) text += ((rights >> bits[i]) & 1) != 0 ? letters.charAt(i) : "-";
  return text;
}

let status = 0;
const rows: string[][] = [["PID", "VALUE", "TYPE", "RIGHTS", "BADGE", "REFS"]];
const pids = options.operands.length == 0 ? [proc_getpid().toString()] : options.operands;
for (let i = 0; i < pids.length; i++) {
  const pid = parseUnsigned(pids[i]).toString();
  const text = slurp("/proc/" + pid + "/handles");
  if (text.length == 0) {
    warn("no process " + pids[i] + ", or it has no handles");
    status = 1;
    continue;
  }
  const lines = text.split("\n");
  for (let j = 0; j < lines.length - 1; j++) {
    const fields = lines[j].split(" ");
    rows.push([pid, fields[0], fields[1], rightsOf(fields[2], FIRST_OBJECT_TYPES.includes(fields[1])), fields[3], fields[4]]);
  }
}
if (rows.length > 1) writeTable(rows, "rrllrr", [1, 1, 1, 1, 1, 1]);
stdout.flush();
finish(status);
