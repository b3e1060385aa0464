/** The actions of find(1) that do not run programs. */
import { Entry, Expression, Run } from "./expression";
import { Writer, stdout } from "../io";
import { listing } from "./listing";
import { formatEntry } from "./printf";
import { quoteProse } from "../quote";
import { rmdir, unlink } from "../fs";
import { warnErrno } from "../exit";

export class Print extends Expression {
  constructor(
    private out: Writer,
    private end: i32,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    this.out.write(entry.path);
    this.out.writeByte(this.end);
    return true;
  }
  finish(run: Run): void {
    this.out.flush();
  }
}

export class PrintFormat extends Expression {
  constructor(
    private out: Writer,
    private format: string,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    this.out.write(formatEntry(this.format, entry));
    return true;
  }
  finish(run: Run): void {
    this.out.flush();
  }
}

export class List extends Expression {
  evaluate(entry: Entry, run: Run): bool {
    stdout.writeLine(listing(entry, run));
    return true;
  }
}

export class Delete extends Expression {
  evaluate(entry: Entry, run: Run): bool {
    // The operand "." cannot be removed and is passed over, as in GNU find.
    if (entry.path == ".") return true;
    const error = entry.st.isDirectory ? rmdir(entry.path) : unlink(entry.path);
    if (error == 0) return true;
    stdout.flush();
    warnErrno("cannot delete " + quoteProse(entry.path), error);
    run.status = 1;
    return false;
  }
}

export class Prune extends Expression {
  evaluate(entry: Entry, run: Run): bool {
    run.pruned = true;
    return true;
  }
}

export class Quit extends Expression {
  evaluate(entry: Entry, run: Run): bool {
    run.quit = true;
    return true;
  }
}
