/** find's expression: a tree of tests, actions and operators, evaluated for every file met. */
import { Stat } from "../fs";

/** A file met on the walk. */
export class Entry {
  constructor(
    /** As it is printed: the operand and the way from there. */
    public path: string,
    public name: string,
    public depth: i32,
    /** The operand the walk began with. */
    public root: string,
    public st: Stat,
  ) {}

  /** The way from the operand, without it (%P). */
  get below(): string {
    if (this.depth == 0) return "";
    const rest = this.path.substring(this.root.length);
    return rest.startsWith("/") ? rest.substring(1) : rest;
  }
}

/** What one run of find shares. */
export class Run {
  status: i32 = 0;
  /** Set by -prune for the entry at hand. */
  pruned: bool = false;
  quit: bool = false;
  depthFirst: bool = false;
  maxDepth: i32 = i32.MAX_VALUE;
  minDepth: i32 = 0;
  oneFileSystem: bool = false;
  /** 0 never (-P), 1 operands only (-H), 2 always (-L). */
  follow: i32 = 0;
  /** Moment all ages are measured from, nanoseconds since the epoch. */
  now: u64 = 0;
  finishers: Array<Expression> = [];
}

export abstract class Expression {
  abstract evaluate(entry: Entry, run: Run): bool;
  /** After the walk: what was put off (-exec +). */
  finish(run: Run): void {}
}

export class Constant extends Expression {
  constructor(private value: bool) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    return this.value;
  }
}

export class And extends Expression {
  constructor(
    private left: Expression,
    private right: Expression,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    return this.left.evaluate(entry, run) && this.right.evaluate(entry, run);
  }
}

export class Or extends Expression {
  constructor(
    private left: Expression,
    private right: Expression,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    return this.left.evaluate(entry, run) || this.right.evaluate(entry, run);
  }
}

/** `a , b`: both are evaluated, the second counts. */
export class Sequence extends Expression {
  constructor(
    private left: Expression,
    private right: Expression,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    this.left.evaluate(entry, run);
    return this.right.evaluate(entry, run);
  }
}

export class Not extends Expression {
  constructor(private inner: Expression) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    return !this.inner.evaluate(entry, run);
  }
}
