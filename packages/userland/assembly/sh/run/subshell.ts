// Subshells that run in this process: what they change is put back afterwards, so nothing tells them from a fork.

import { options } from "../options";
import { Node, UnaryNode } from "../parse/ast";
import { aliases } from "../parse/lexer";
import { Skip, shell } from "../state";
import { SavedVariables } from "../vars";
import { directory } from "./directory";
import { execute } from "./execute";
import { changeDirectory, physicalDirectory } from "./files";
import { SavedJobs } from "./jobs";
import { jobControl } from "./program";
import { SavedDescriptors } from "./redirect";
import { handleSignals, runExitTrap, SavedTraps } from "./signals";
import { runAsJob } from "./subprocess";
import { creationMask, setCreationMask } from "./umask";

/** The state of the shell at the start of a subshell. */
export class Subshell {
  private variables: SavedVariables = new SavedVariables();
  private traps: SavedTraps = new SavedTraps();
  private jobs: SavedJobs = new SavedJobs();
  private functions: Map<string, Node> = shell.functions;
  private options: StaticArray<bool> = options.slice<StaticArray<bool>>();
  private params: string[] = shell.params;
  private name: string = shell.name;
  private loopDepth: i32 = shell.loopDepth;
  private functionDepth: i32 = shell.functionDepth;
  private dotDepth: i32 = shell.dotDepth;
  private optionOffset: i32 = shell.optionOffset;
  private lastBackground: i32 = shell.lastBackground;
  private tested: i32 = shell.tested;
  private mask: i32 = creationMask();
  private logical: string = directory.logical;
  private physical: string = physicalDirectory();
  private outer: SavedDescriptors | null = shell.descriptors;
  private descriptors: SavedDescriptors = new SavedDescriptors();
  private names: string[] = aliases.keys();
  private values: string[] = aliases.values();

  constructor() {
    const copy = new Map<string, Node>();
    const names = shell.functions.keys();
    for (let i = 0; i < names.length; i++) copy.set(names[i], shell.functions.get(names[i]));
    shell.functions = copy;
    shell.loopDepth = 0;
    shell.descriptors = this.descriptors;
    shell.subshellDepth++;
  }

  /** Ends the subshell: its EXIT trap runs, then everything is as it was but `$?`. */
  leave(): void {
    // What arrived during the last command is for this subshell's traps.
    if (shell.skip == Skip.None) handleSignals();
    runExitTrap();
    this.descriptors.restore();
    shell.descriptors = this.outer;
    shell.subshellDepth--;
    shell.skip = Skip.None;
    shell.functions = this.functions;
    shell.params = this.params;
    shell.name = this.name;
    shell.loopDepth = this.loopDepth;
    shell.functionDepth = this.functionDepth;
    shell.dotDepth = this.dotDepth;
    shell.lastBackground = this.lastBackground;
    shell.tested = this.tested;
    for (let i = 0; i < options.length; i++) options[i] = this.options[i];
    this.variables.restore();
    shell.optionOffset = this.optionOffset;
    this.traps.restore();
    this.jobs.restore();
    setCreationMask(this.mask);
    aliases.clear();
    for (let i = 0; i < this.names.length; i++) aliases.set(this.names[i], this.values[i]);
    if (physicalDirectory() != this.physical) changeDirectory(this.physical);
    directory.logical = this.logical;
  }
}

/** Subshells inside each other that one process runs before the next gets a process, and a stack, of its own. */
const MAX_NESTED: i32 = 50;

export function mayNest(): bool {
  return shell.subshellDepth < MAX_NESTED;
}

/** ( list ) */
export function runSubshell(node: UnaryNode): void {
  if (jobControl() || !mayNest()) {
    // A job that can be stopped, or a stack that has room.
    runAsJob(node);
    return;
  }
  const subshell = new Subshell();
  execute(node.body);
  subshell.leave();
}
