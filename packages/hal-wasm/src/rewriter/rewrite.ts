import { ENOEXEC } from "@cloudos/abi/errno";
import { makeAdditions } from "./additions.ts";
import { buildCallGraph } from "./call-graph.ts";
import { decideCosts } from "./cost.ts";
import { emitModule } from "./emit-module.ts";
import { Events } from "./events.ts";
import { Malformed } from "./malformed.ts";
import { type ModuleShape, readShape, SECTION } from "./module.ts";
import { Reader } from "./reader.ts";
import { type Body, scanBody } from "./scan.ts";

export interface RewriteOptions {
  /** What messages call the program. */
  readonly name?: string;
  /** Leave out the section of debug names: for programs that are shipped. Default: keep it, for stack traces. */
  readonly dropNames?: boolean;
  /** false: no checks, only the memory moves: what benches compare with. */
  readonly checks?: boolean;
}

export type RewriteResult =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer>; readonly memoryMinPages: number }
  | { readonly ok: false; readonly errno: number; readonly message: string; readonly offset: number };

function scanCode(shape: ModuleShape, events: Events): Body[] {
  const section = shape.sections.find(({ id }) => id === SECTION.code);
  const defined = shape.spaces.functions - shape.importedFunctions;
  const r = section ? new Reader(shape.bytes, section.from, section.to) : undefined;
  const count = r ? r.count() : 0;
  if (count !== defined) throw new Malformed(r?.pos ?? 8, `${count} function bodies, expected ${defined}`);
  const bodies: Body[] = [];
  for (let f = 0; f < count; f++) bodies.push(scanBody(r!, shape, shape.importedFunctions + f, events));
  if (r && !r.done) throw new Malformed(r.pos, "the code section is longer than its contents");
  events.finish();
  return bodies;
}

function instrument(
  bytes: Uint8Array,
  options: RewriteOptions,
): { bytes: Uint8Array<ArrayBuffer>; memoryMinPages: number } {
  const shape = readShape(bytes);
  const events = new Events();
  const bodies = scanCode(shape, events);
  const graph = buildCallGraph(shape, bodies, events);
  const edited = options.checks === false ? new Uint8Array(bodies.length) : decideCosts(shape, bodies, events, graph);
  const additions = makeAdditions(shape);
  return {
    bytes: emitModule({ shape, events, bodies, graph, edited, additions, dropNames: options.dropNames ?? false }),
    memoryMinPages: shape.memory?.minPages ?? 0,
  };
}

/**
 * Makes a program preemptible and moves its memory outside, in one pass over its bytes. The input is not trusted and no
 * mark in it is believed; the output is what the engine validates. Malformed input is a result, not an exception.
 */
export function rewrite(bytes: Uint8Array, options: RewriteOptions = {}): RewriteResult {
  try {
    return { ok: true, ...instrument(bytes, options) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const message = `Cannot run ${JSON.stringify(options.name ?? "program")}: ${error.message}`;
    return { ok: false, errno: ENOEXEC, message, offset: error.offset };
  }
}
