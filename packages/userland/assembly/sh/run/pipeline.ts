// Pipelines. Programs are started directly; of the other members at most one runs in this process, the rest in new shells.

import { expandAssignment, expandFields } from "../expand/expand";
import { enterMember, leaveMember } from "../output";
import { assignmentName } from "../parse/assignment";
import { Node, SequenceNode, SimpleNode } from "../parse/ast";
import { commandText } from "../parse/unparse";
import { fatal } from "../report";
import { Skip, shell } from "../state";
import { assign, declare } from "../vars";
import { captureDepth } from "./capture";
import { isContained, isProgram } from "./contained";
import { execute } from "./execute";
import { close, duplicateTo, makePipe, pipeRead, pipeWrite } from "./files";
import { hasSubstitution } from "./inspect";
import { createJob, Job, JobState, Process } from "./jobs";
import { finishForeground, foregroundPlacement, jobControl, startProgram } from "./program";
import { redirect, SavedDescriptors } from "./redirect";
import { Placement } from "./spawn";
import { spawnSubshell } from "./subprocess";
import { mayNest, Subshell } from "./subshell";
import { currentSubstitution } from "./substitution";

/** The ends of pipes that the member run in this process is to have as 0 and 1; -1: what the shell has. */
let inlineInput: i32 = -1;
let inlineOutput: i32 = -1;

export function runPipeline(node: SequenceNode, tail: bool): void {
  shell.line = node.line;
  const items = node.items;
  const inline = inlineMember(items);
  const job = createJob(jobControl() ? commandText(node) : "");
  const started = startPipeline(items, job, foregroundPlacement(), inline);
  if (!started) return;
  if (inline >= 0) job.processes[inline].status = runInline(items[inline]);
  const substitution = currentSubstitution();
  if (tail && substitution !== null) {
    substitution.deferred = job;
    shell.status = 0;
    return;
  }
  finishForeground(job);
}

/** The last member that is no program, -1 when there is none or every one must be a process (job control). */
function inlineMember(items: Node[]): i32 {
  if (jobControl() || !mayNest()) return -1;
  for (let i = items.length - 1; i >= 0; i--) {
    if (isProgram(items[i])) continue;
    return captureDepth() == 0 || isContained(items[i], false) ? i : -1;
  }
  return -1;
}

/** Starts the members but `inline`, joined by pipes. False when there are no pipes left. */
export function startPipeline(items: Node[], job: Job, placement: Placement, inline: i32): bool {
  const last = items.length - 1;
  let input = -1;
  let alone = true;
  for (let i = 0; i <= last; i++) {
    let output = -1;
    let next = -1;
    if (i < last) {
      if (makePipe() != 0) {
        fatal("Pipe call failed");
        if (input >= 0) close(input);
        return false;
      }
      next = pipeRead;
      output = pipeWrite;
    }
    if (i == inline) {
      inlineInput = input;
      inlineOutput = output;
      const done = new Process(0);
      done.state = JobState.Done;
      job.processes.push(done);
    } else {
      const pid = startMember(items[i], input, output, placement);
      const process = new Process(max(pid, 0));
      if (pid < 0) {
        process.state = JobState.Done;
        process.status = shell.status;
      } else {
        if (alone && placement.group == 0) {
          job.group = pid;
          placement.group = pid;
          placement.foregroundTty = -1;
        }
        alone = false;
      }
      job.processes.push(process);
    }
    input = next;
  }
  if (alone) job.state = JobState.Done;
  return true;
}

/** Connects this process's 0 and 1 to a member's pipes, using the ends up. */
function connect(input: i32, output: i32, saved: SavedDescriptors): void {
  if (input >= 0) {
    saved.save(0);
    duplicateTo(input, 0);
    close(input);
  }
  if (output >= 0) {
    saved.save(1);
    duplicateTo(output, 1);
    close(output);
  }
}

/** Starts one member with the given ends of pipes: pid, or -1 with its status in `shell.status`. */
function startMember(node: Node, input: i32, output: i32, placement: Placement): i32 {
  const saved = new SavedDescriptors();
  connect(input, output, saved);
  let pid: i32;
  if (isProgram(node) && !(placement.background && hasSubstitution(node as SimpleNode))) {
    const subshell = new Subshell();
    pid = startSimple(node as SimpleNode, placement);
    const status = shell.status;
    subshell.leave();
    shell.status = status;
  } else {
    pid = spawnSubshell(node, placement);
  }
  saved.restore();
  return pid;
}

/** Expands and starts a program; this runs in a subshell, so nothing it assigns stays. */
function startSimple(node: SimpleNode, placement: Placement): i32 {
  shell.line = node.line;
  const argv: string[] = [];
  for (let i = 0; i < node.words.length; i++) {
    expandFields(node.words[i], argv);
    if (shell.skip != Skip.None) return -1;
  }
  const saved = new SavedDescriptors();
  let pid = -1;
  if (redirect(node.redirects, saved) && exportAll(node) && argv.length > 0) pid = startProgram(argv, placement);
  saved.restore();
  return pid;
}

function exportAll(node: SimpleNode): bool {
  for (let i = 0; i < node.assignments.length; i++) {
    const name = assignmentName(node.assignments[i]);
    const value = expandAssignment(node.assignments[i]);
    if (shell.skip != Skip.None || !assign(name, value)) return false;
    declare(name).exported = true;
  }
  return true;
}

/** Runs the member that stays in this process; returns its status. */
function runInline(node: Node): i32 {
  const saved = new SavedDescriptors();
  connect(inlineInput, inlineOutput, saved);
  enterMember();
  const subshell = new Subshell();
  execute(node);
  subshell.leave();
  saved.restore();
  leaveMember();
  return shell.status;
}
