import type { Program } from "../loader/load-program.ts";

/** The board's side of a fiber: its Wasm stack, seen as the promise it is parked on. */
export class Fiber {
  readonly index: number;
  readonly program: Program;
  /** Resolves the promise the stack is parked on: PARK_GO_ON or PARK_KILLED. */
  wake: ((outcome: number) => void) | undefined;
  started = false;
  /** The kernel has its status already; the trap that follows is only the way out. */
  unwinding = false;

  constructor(index: number, program: Program) {
    this.index = index;
    this.program = program;
  }
}

export const PARK_GO_ON = 0;
export const PARK_KILLED = 1;
