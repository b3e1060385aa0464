/**
 * The instructions of a module's code that matter for control flow, in order, as parallel arrays: a large program has
 * more than a million of them. `scan.ts` fills all but `notes`; `cost.ts` writes its decisions there.
 */
export class Events {
  /** Opcode, or one of the EVENT_* codes. */
  ops = new Uint8Array(1024);
  /** First byte of the instruction, and the byte after it. */
  starts = new Int32Array(1024);
  ends = new Int32Array(1024);
  /** Label depth, function, or type; 0 where there is none. */
  args = new Int32Array(1024);
  /** Loops: LOOP_* and a weight. Others: units of fuel to ask for before the instruction, 0 for none. */
  notes = new Int32Array(0);
  length = 0;

  push(op: number, start: number, end: number, arg: number): void {
    const i = this.length++;
    if (i === this.ops.length) this.#grow();
    this.ops[i] = op;
    this.starts[i] = start;
    this.ends[i] = end;
    this.args[i] = arg;
  }

  #grow(): void {
    const size = this.ops.length * 2;
    const copy = <A extends Uint8Array | Int32Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.ops = copy(this.ops, new Uint8Array(size));
    this.starts = copy(this.starts, new Int32Array(size));
    this.ends = copy(this.ends, new Int32Array(size));
    this.args = copy(this.args, new Int32Array(size));
  }

  /** Call when scanning is done. */
  finish(): void {
    this.notes = new Int32Array(this.length);
  }
}

/** Events whose opcode has a prefix; values no plain opcode has. */
export const EVENT_MEMORY_COPY = 0xe8;
export const EVENT_MEMORY_FILL = 0xe9;
export const EVENT_BR_ON_CAST = 0xea;
