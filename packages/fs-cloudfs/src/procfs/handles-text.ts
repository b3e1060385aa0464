import {
  OBJECT_CHANNEL,
  OBJECT_DEVICE,
  OBJECT_DIR,
  OBJECT_EVENT,
  OBJECT_FILE,
  OBJECT_JOB,
  OBJECT_PAGER,
  OBJECT_PIPE_READ,
  OBJECT_PIPE_WRITE,
  OBJECT_PORT,
  OBJECT_PROCESS,
  OBJECT_RING_READ,
  OBJECT_RING_WRITE,
  OBJECT_TIMER,
  OBJECT_TRACE,
  OBJECT_TTY,
  OBJECT_VMO,
} from "@cloudos/abi/kernel-interface";
import { MAX_HANDLES } from "@cloudos/abi/params";
import type { ProcessTable } from "./process-table.ts";

const TYPES: Readonly<Record<number, string>> = {
  [OBJECT_FILE]: "file",
  [OBJECT_DIR]: "directory",
  [OBJECT_PIPE_READ]: "pipe-read",
  [OBJECT_PIPE_WRITE]: "pipe-write",
  [OBJECT_TTY]: "tty",
  [OBJECT_DEVICE]: "device",
  [OBJECT_RING_READ]: "ring-read",
  [OBJECT_RING_WRITE]: "ring-write",
  [OBJECT_CHANNEL]: "channel",
  [OBJECT_PORT]: "port",
  [OBJECT_EVENT]: "event",
  [OBJECT_TIMER]: "timer",
  [OBJECT_VMO]: "vmo",
  [OBJECT_PAGER]: "pager",
  [OBJECT_JOB]: "job",
  [OBJECT_PROCESS]: "process",
  [OBJECT_TRACE]: "trace",
};

/** /proc/<pid>/handles: a line for each entry of the handle table. Value, type, rights in hexadecimal, badge, references ("-" for streams and files). */
export function handlesText(table: ProcessTable, pid: number): string {
  let text = "";
  for (let fd = 0; fd < MAX_HANDLES; fd++) {
    const entry = table.descriptor(pid, fd);
    if (entry === undefined) continue;
    const type = TYPES[entry.object] ?? `${entry.object}`;
    const rights = (entry.rights >>> 0).toString(16).padStart(8, "0");
    const isObject = entry.object >= OBJECT_CHANNEL;
    text += isObject
      ? `${entry.offset} ${type} ${rights} ${entry.node} ${entry.aux}\n`
      : `${fd} ${type} ${rights} - -\n`;
  }
  return text;
}
