import { BULK_BYTES, INLINE_BYTES, LEAF_STEP_BYTES, LEAF_STEPS, PATH_BYTES, SYSCALL_BYTES } from "./budget.ts";
import type { CallGraph } from "./call-graph.ts";
import { EVENT_BR_ON_CAST, EVENT_MEMORY_COPY, EVENT_MEMORY_FILL, type Events } from "./events.ts";
import { branchLabels } from "./labels.ts";
import type { ModuleShape } from "./module.ts";
import { OP } from "./opcodes.ts";
import type { Body } from "./scan.ts";

/** The cost of a place no path leads to. */
const DEAD = -(2 ** 40);

interface Frame {
  /** The most a path to the label's end has cost so far. */
  arrival: number;
  /** Cost at the start: of an if's condition, of a loop's head. */
  readonly start: number;
  /** Event of the loop; -1 for others. */
  readonly loop: number;
  /** Longest turn; DEAD when nothing branches back. */
  turn: number;
}

/**
 * Decides where the program asks. For each function, callees first, one pass follows the longest path through its code
 * (loops taken once) and writes `events.notes`:
 *
 *   loop    > 0: leaf loop, counts in a local by this many steps a turn
 *           < 0: loop with calls, spends this much fuel a turn
 *           = 0: nothing branches back to it
 *   others  > 0: spend this much fuel before the instruction (catch: after it)
 *
 * Returns, by defined function, 1 when its body is to be changed.
 */
export function decideCosts(shape: ModuleShape, bodies: readonly Body[], events: Events, graph: CallGraph): Uint8Array {
  const edited = new Uint8Array(bodies.length);
  /** What a call adds to the caller's path: the longest way to an exit since the last ask. */
  const exits = new Float64Array(bodies.length);
  /** Short, no loop, no ask, no call of unknown length: may be called in a leaf loop. */
  const short = new Uint8Array(bodies.length);
  for (const f of graph.order) new FunctionCost(shape, bodies, events, graph, exits, short).run(f, edited);
  return edited;
}

class FunctionCost {
  readonly frames: Frame[] = [];
  cost = 0;
  exit = 0;
  isShort = true;
  isEdited = false;

  readonly shape: ModuleShape;
  readonly bodies: readonly Body[];
  readonly events: Events;
  readonly graph: CallGraph;
  readonly exits: Float64Array;
  readonly short: Uint8Array;

  constructor(
    shape: ModuleShape,
    bodies: readonly Body[],
    events: Events,
    graph: CallGraph,
    exits: Float64Array,
    short: Uint8Array,
  ) {
    this.shape = shape;
    this.bodies = bodies;
    this.events = events;
    this.graph = graph;
    this.exits = exits;
    this.short = short;
  }

  run(f: number, edited: Uint8Array): void {
    const { events } = this;
    const body = this.bodies[f]!;
    this.findLeafLoops(body);
    const asks = this.graph.asksAtEntry[f] === 1;
    this.open(-1);
    let last = body.code;
    for (let i = body.firstEvent; i < body.lastEvent; i++) {
      this.cost += events.starts[i]! - last;
      if (this.cost > PATH_BYTES && events.ops[i] !== OP.loop) this.ask(i);
      this.cost += events.ends[i]! - events.starts[i]!;
      last = events.ends[i]!;
      this.event(i);
    }
    this.exits[f] = asks ? 0 : this.exit;
    this.short[f] = this.isShort && !asks && this.exit <= INLINE_BYTES ? 1 : 0;
    edited[f] = this.isEdited || asks ? 1 : 0;
  }

  /** Marks loops: 1 leaf, -1 with calls whose length is not known to be short. */
  findLeafLoops(body: Body): void {
    const { events } = this;
    const open: number[] = [];
    let calls = 0; // loops open[0..calls) are known to have calls
    for (let i = body.firstEvent; i < body.lastEvent; i++) {
      const op = events.ops[i]!;
      if (op >= OP.block && op <= OP.if) open.push(i);
      else if (op === OP.try || op === OP.tryTable) open.push(i);
      else if (op === OP.end || op === OP.delegate) {
        open.pop();
        calls = Math.min(calls, open.length);
      } else if (this.isLongCall(i)) {
        for (; calls < open.length; calls++) events.notes[open[calls]!] = -1;
        continue;
      }
      if (op === OP.loop) events.notes[i] = 1;
    }
  }

  isLongCall(i: number): boolean {
    const op = this.events.ops[i]!;
    if (op < OP.call || op > OP.returnCallRef) return false;
    if (op !== OP.call) return true;
    const callee = this.events.args[i]! - this.shape.importedFunctions;
    return callee < 0 || this.short[callee] === 0;
  }

  open(loop: number): void {
    this.frames.push({ arrival: DEAD, start: this.cost, loop, turn: DEAD });
  }

  close(): void {
    const frame = this.frames.pop()!;
    this.cost = Math.max(this.cost, frame.arrival);
    if (frame.loop >= 0) this.closeLoop(frame);
    if (this.frames.length === 0) this.exit = Math.max(this.exit, this.cost);
  }

  closeLoop(frame: Frame): void {
    const { notes } = this.events;
    if (frame.turn === DEAD) {
      notes[frame.loop] = 0;
      return;
    }
    this.isShort = false;
    this.isEdited = true;
    const turn = Math.max(0, frame.turn);
    // A step past the limit would leave the loop at every head and never run its body.
    const steps = Math.min(1 + Math.floor(turn / LEAF_STEP_BYTES), LEAF_STEPS);
    notes[frame.loop] = notes[frame.loop]! > 0 ? steps : -Math.max(1, Math.floor(turn / PATH_BYTES));
  }

  ask(i: number): void {
    const units = Math.max(1, Math.floor(this.cost / PATH_BYTES));
    this.events.notes[i] = Math.max(this.events.notes[i]!, units);
    this.cost = Math.min(this.cost, 0);
    this.isShort = false;
    this.isEdited = true;
  }

  branch(depth: number): void {
    const frame = this.frames[this.frames.length - 1 - depth]!;
    if (frame.loop >= 0) {
      if (this.cost > DEAD / 2) frame.turn = Math.max(frame.turn, this.cost - frame.start, 0);
    } else frame.arrival = Math.max(frame.arrival, this.cost);
  }

  event(i: number): void {
    const { ops, args, notes } = this.events;
    const op = ops[i]!;
    switch (op) {
      case OP.block:
      case OP.try:
        this.open(-1);
        break;
      case OP.tryTable:
        // An exception may come from anywhere inside: as if the path were nearly full.
        for (const depth of branchLabels(this.shape.bytes, this.events, i)) {
          const frame = this.frames[this.frames.length - 1 - depth]!;
          if (frame.loop >= 0) frame.turn = Math.max(frame.turn, PATH_BYTES);
          else frame.arrival = PATH_BYTES;
        }
        this.open(-1);
        break;
      case OP.loop:
        if (notes[i]! < 0) this.cost = Math.min(this.cost, 0);
        this.open(i);
        break;
      case OP.if:
        this.open(-1);
        this.frames.at(-1)!.arrival = this.cost;
        break;
      case OP.else: {
        const frame = this.frames.at(-1)!;
        frame.arrival = Math.max(frame.arrival, this.cost);
        this.cost = frame.start;
        break;
      }
      case OP.catch:
      case OP.catchAll: {
        const frame = this.frames.at(-1)!;
        frame.arrival = Math.max(frame.arrival, this.cost);
        this.cost = 0;
        this.ask(i);
        break;
      }
      case OP.end:
      case OP.delegate:
        this.close();
        break;
      case OP.br:
        this.branch(args[i]!);
        this.cost = DEAD;
        break;
      case OP.brIf:
      case OP.brOnNull:
      case OP.brOnNonNull:
        this.branch(args[i]!);
        break;
      case OP.brTable:
        for (const depth of branchLabels(this.shape.bytes, this.events, i)) this.branch(depth);
        this.cost = DEAD;
        break;
      case EVENT_BR_ON_CAST:
        for (const depth of branchLabels(this.shape.bytes, this.events, i)) this.branch(depth);
        break;
      case OP.call:
      case OP.callIndirect:
      case OP.callRef:
        this.call(i);
        break;
      case OP.returnCall:
      case OP.returnCallIndirect:
      case OP.returnCallRef:
        this.call(i);
        this.leave();
        break;
      case OP.return:
        this.leave();
        break;
      case EVENT_MEMORY_COPY:
      case EVENT_MEMORY_FILL:
        this.cost += BULK_BYTES;
        this.isEdited = true;
        break;
      default: // unreachable, throw, throw_ref, rethrow
        this.cost = DEAD;
        break;
    }
  }

  leave(): void {
    this.exit = Math.max(this.exit, this.cost);
    this.cost = DEAD;
  }

  call(i: number): void {
    const { events, graph } = this;
    if (this.isLongCall(i)) this.isShort = false;
    const op = events.ops[i]!;
    let added = 0;
    if (op === OP.call || op === OP.returnCall) {
      const callee = events.args[i]! - this.shape.importedFunctions;
      // A callee still open in the search closes a cycle and asks at entry: it adds nothing.
      added = callee < 0 ? SYSCALL_BYTES : this.exits[callee]!;
    } else {
      const node = graph.typeNode[events.args[i]!]!;
      if (graph.asksAtCall[node]) this.ask(i);
      else for (const target of graph.targets[node]!) added = Math.max(added, this.exits[target]!);
    }
    if (this.cost + added > PATH_BYTES) this.ask(i);
    this.cost += added;
  }
}
