// Asynchronous lists: command &
import { Option, options } from "../options";
import { writeError } from "../output";
import { Node, NodeKind, SequenceNode, UnaryNode } from "../parse/ast";
import { commandText } from "../parse/unparse";
import { shell } from "../state";
import { close, duplicateTo, open } from "./files";
import { createJob, makeCurrent, removeJob } from "./jobs";
import { startPipeline } from "./pipeline";
import { backgroundPlacement, jobControl } from "./program";
import { SavedDescriptors } from "./redirect";

export function runBackground(command: Node): void {
  const saved = new SavedDescriptors();
  if (!jobControl()) detachInput(saved);
  const job = createJob(commandText(command));
  job.background = true;
  const node = unwrapped(command);
  const members = node.kind == NodeKind.Pipeline ? (node as SequenceNode).items : [node];
  startPipeline(members, job, backgroundPlacement(), -1);
  saved.restore();
  if (job.processes.length == 0) {
    removeJob(job);
    return;
  }
  makeCurrent(job);
  shell.lastBackground = job.lastPid();
  shell.status = 0;
  if (options[Option.Interactive] && shell.subshellDepth == 0) {
    writeError("[" + job.number.toString() + "] " + job.lastPid().toString() + "\n");
  }
}

/** `( command ) &` needs one process, not two. */
function unwrapped(node: Node): Node {
  while (node.kind == NodeKind.Subshell || node.kind == NodeKind.Group) node = (node as UnaryNode).body;
  return node;
}

/** Without job control, background commands must not read what the user types (POSIX 2.9.3). */
function detachInput(saved: SavedDescriptors): void {
  const nothing = open("/dev/null", 4, 0, 0);
  if (nothing < 0) return;
  saved.save(0);
  if (nothing != 0) {
    duplicateTo(nothing, 0);
    close(nothing);
  }
}
