/** Walks a directory tree and evaluates the expression for every file. */
import { Entry, Expression, Run } from "./expression";
import { Stat, lstat, stat } from "../fs";
import { baseName, joinPath } from "../path";
import { quoteProse } from "../quote";
import { readNames } from "../directory";
import { stdout } from "../io";
import { warn, warnErrno } from "../exit";

export class Walk {
  /** Directories between the operand and here, to notice loops through links. */
  private ancestors: Array<Stat> = [];

  constructor(
    private expression: Expression,
    private run: Run,
  ) {}

  operand(path: string): void {
    const st = new Stat();
    const error = this.look(path, st, this.run.follow > 0);
    if (error != 0) this.complain(path, error);
    else this.visit(new Entry(path, baseName(path), 0, path, st));
  }

  private complain(path: string, error: i32): void {
    stdout.flush();
    warnErrno(quoteProse(path), error);
    this.run.status = 1;
  }

  /** A link that leads nowhere is looked at itself. */
  private look(path: string, st: Stat, follow: bool): i32 {
    if (follow && stat(path, st) == 0) return 0;
    return lstat(path, st);
  }

  private visit(entry: Entry): void {
    const run = this.run;
    const evaluates = entry.depth >= run.minDepth;
    run.pruned = false;
    if (evaluates && !run.depthFirst) this.expression.evaluate(entry, run);
    if (run.quit) return;
    if (entry.st.isDirectory && entry.depth < run.maxDepth && (!run.pruned || run.depthFirst)) this.descend(entry);
    if (evaluates && run.depthFirst && !run.quit) this.expression.evaluate(entry, run);
  }

  private descend(entry: Entry): void {
    const ancestors = this.ancestors;
    for (let i = 0; i < ancestors.length; i++) {
      if (!ancestors[i].sameFile(entry.st)) continue;
      stdout.flush();
      warn("File system loop detected; " + quoteProse(entry.path) + " is part of the same file system loop.");
      this.run.status = 1;
      return;
    }
    if (this.run.oneFileSystem && ancestors.length > 0 && ancestors[0].dev != entry.st.dev) return;
    const names: Array<string> = [];
    const error = readNames(entry.path, names);
    if (error != 0) this.complain(entry.path, error);
    ancestors.push(entry.st);
    for (let i = 0; i < names.length && !this.run.quit; i++) {
      const path = joinPath(entry.path, names[i]);
      const st = new Stat();
      const failed = this.look(path, st, this.run.follow == 2);
      if (failed != 0) this.complain(path, failed);
      else this.visit(new Entry(path, names[i], entry.depth + 1, entry.root, st));
    }
    ancestors.pop();
  }
}
