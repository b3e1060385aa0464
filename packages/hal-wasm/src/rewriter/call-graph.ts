import type { Events } from "./events.ts";
import type { ModuleShape } from "./module.ts";
import { OP } from "./opcodes.ts";
import type { Body } from "./scan.ts";

/**
 * Who calls whom, to find what makes recursion. An indirect call may reach every function of its type that the module
 * ever puts in a table or a reference, so each such type is a node of its own: callers -> type -> functions.
 */
export interface CallGraph {
  /** Defined functions (from 0, without imports), callees before callers as far as cycles allow. */
  readonly order: Int32Array;
  /** 1: the function is where a cycle closes; it asks at entry. By defined function. */
  readonly asksAtEntry: Uint8Array;
  /** By type index: the node of indirect calls of that type. */
  readonly typeNode: Int32Array;
  /** By type node: 1 when a cycle closes there; its call sites ask. */
  readonly asksAtCall: Uint8Array;
  /** By type node: defined functions such a call may reach. */
  readonly targets: readonly number[][];
}

function typeNodes(shape: ModuleShape): { typeNode: Int32Array; count: number } {
  const keys = new Map<string, number>();
  const typeNode = new Int32Array(shape.spaces.types);
  shape.types.functions.forEach((type, index) => {
    const key = shape.types.hasSubtypes ? "" : (type?.key ?? "");
    const known = keys.get(key) ?? keys.size;
    keys.set(key, known);
    typeNode[index] = known;
  });
  return { typeNode, count: keys.size };
}

const UNSEEN = 0;
const OPEN = 1;
const CLOSED = 2;

/**
 * Depth-first search. Every cycle holds an edge to a node that is still open, so if the targets of such edges ask,
 * no cycle is without an ask, and most functions of a cycle need none.
 */
export function buildCallGraph(shape: ModuleShape, bodies: readonly Body[], events: Events): CallGraph {
  const { typeNode, count } = typeNodes(shape);
  const functions = bodies.length;
  const imports = shape.importedFunctions;
  const targets: number[][] = Array.from({ length: count }, () => []);
  for (let f = 0; f < functions; f++) {
    if (shape.taken[f + imports]) targets[typeNode[shape.functionTypes[f + imports]!]!]!.push(f);
  }

  const state = new Uint8Array(functions + count);
  const closes = new Uint8Array(functions + count);
  const cursor = new Int32Array(functions + count);
  const order: number[] = [];
  const path: number[] = [];

  const open = (node: number): void => {
    state[node] = OPEN;
    cursor[node] = node < functions ? bodies[node]!.firstEvent : 0;
    path.push(node);
  };

  /** The next node `node` leads to, or -1. */
  const next = (node: number): number => {
    if (node >= functions) return targets[node - functions]![cursor[node]!++] ?? -1;
    const last = bodies[node]!.lastEvent;
    for (let i = cursor[node]!; i < last; i++) {
      const op = events.ops[i]!;
      if (op < OP.call || op > OP.returnCallRef) continue;
      const arg = events.args[i]!;
      const direct = op === OP.call || op === OP.returnCall;
      if (direct && arg < imports) continue; // the kernel calls nothing back
      cursor[node] = i + 1;
      return direct ? arg - imports : functions + typeNode[arg]!;
    }
    cursor[node] = last;
    return -1;
  };

  const visit = (root: number): void => {
    if (state[root] !== UNSEEN) return;
    open(root);
    while (path.length > 0) {
      const node = path.at(-1)!;
      const child = next(node);
      if (child < 0) {
        state[node] = CLOSED;
        if (node < functions) order.push(node);
        path.pop();
      } else if (state[child] === OPEN) closes[child] = 1;
      else if (state[child] === UNSEEN) open(child);
    }
  };

  if (shape.entry >= imports) visit(shape.entry - imports);
  for (let f = 0; f < functions; f++) visit(f);

  return {
    order: Int32Array.from(order),
    asksAtEntry: closes.subarray(0, functions),
    typeNode,
    asksAtCall: closes.subarray(functions),
    targets,
  };
}
