// Subshells in processes of their own. A Wasm process cannot be copied, so a new shell is started and told all it has to know.
import { SIG_IGN, SIGPIPE } from "../../../../abi/src/signals";
import { toMemory } from "../../lib/bytes";
import { sig_action } from "../../lib/cloudos";
import { errorText } from "../../lib/errno-text";
import { writeAll } from "../../lib/io";
import { Node, Part, PartKind, SimpleNode, UnaryNode, Word } from "../parse/ast";
import { commandText } from "../parse/unparse";
import { fatal } from "../report";
import { packState } from "../transfer/state";
import { close, duplicateTo, makePipe, pipeRead, pipeWrite } from "./files";
import { createJob, Process } from "./jobs";
import { finishForeground, foregroundPlacement, jobControl, SHELL_PATH } from "./program";
import { SavedDescriptors } from "./redirect";
import { Placement, spawn } from "./spawn";

/** The option that names the descriptor a new shell reads its state from. */
export const SUBSHELL_OPTION = "--subshell=";

const OLD = memory.data(8, 8);

/** Starts a shell that runs `command` in a copy of this one's state: its pid, or -1 with a message. */
export function spawnSubshell(command: Node, placement: Placement): i32 {
  if (makePipe() != 0) {
    fatal("Cannot fork");
    return -1;
  }
  const read = pipeRead;
  const write = pipeWrite;
  const pid = spawn(SHELL_PATH, ["sh", SUBSHELL_OPTION + read.toString()], placement, read);
  close(read);
  if (pid > 0) send(write, packState(command));
  close(write);
  if (pid < 0) fatal("Cannot fork: " + errorText(-pid));
  return pid > 0 ? pid : -1;
}

/** Writes the state. The reader may be killed meanwhile, which must not end this shell. */
function send(fd: i32, state: string): void {
  sig_action(SIGPIPE, SIG_IGN, OLD);
  const disposition = load<u32>(OLD);
  const bytes = heap.alloc(state.length);
  toMemory(state, bytes);
  writeAll(fd, bytes, state.length);
  heap.free(bytes);
  sig_action(SIGPIPE, disposition, OLD);
}

/** Runs a subshell as a job in the foreground. */
export function runAsJob(node: UnaryNode): void {
  const body = node.body;
  const pid = spawnSubshell(body, foregroundPlacement());
  if (pid < 0) return;
  const job = createJob(commandText(node));
  job.processes.push(new Process(pid));
  if (jobControl()) job.group = pid;
  finishForeground(job);
}

/** Starts a process that writes `text` to `fd`: for here-documents that no pipe can hold. */
export function spawnWriter(fd: i32, text: string): void {
  const value = new Part(PartKind.Literal, true);
  value.text = text;
  const word = new Word();
  word.parts.push(value);
  const command = new SimpleNode();
  command.words = [Word.literal("printf"), Word.literal("%s"), word];
  const saved = new SavedDescriptors();
  saved.save(1);
  duplicateTo(fd, 1);
  spawnSubshell(command, new Placement());
  saved.restore();
}
