/**
 * Cuts the compiled kernel in two along folders: kernel.wasm, the microkernel, and posix.wasm, the personality that gives
 * programs files, terminals and WASI. Both run on every core, on the same memory. One compilation, so that the sources call
 * each other as usual; two binaries, so that the microkernel stays small and shows what it needs of the other: nothing
 * but the slots listed in `bridge` (docs/adr/0007-personality.md).
 *
 *   posix -> kernel    imports, by number, from the kernel's exports ("0", "1" ...)
 *   kernel -> posix    call_indirect through env.table, slots BRIDGE_BASE.., which posix.wasm fills when it is instantiated
 */
import binaryen from "binaryen";

/** Functions of the personality, by the file they are in. */
const PERSONALITY =
  /^kernel\/assembly\/(fs|tty|wasi|window|obj\/(pipe|device|print|readiness|ring)|proc\/report|sys\/(files|descriptors|connect|identity|kill|spawn|wait))\b/;
/** First table slot of the personality's functions. The lower ones are for function references; programs' gates start at 1024. */
const BRIDGE_BASE = 512;
/** Functions of at most this many expressions that call only the like are copied into the personality, not imported. */
const COPIED_EXPRESSIONS = 40;

export interface SplitOptions {
  /** The whole kernel with function names. */
  readonly whole: Uint8Array;
  readonly debug: boolean;
}

export interface SplitResult {
  readonly kernel: Uint8Array;
  readonly posix: Uint8Array;
  /** What the microkernel calls in the personality. */
  readonly bridge: readonly string[];
}

interface Shape {
  readonly params: number;
  readonly results: number;
}

export function split({ whole, debug }: SplitOptions): SplitResult {
  const kernel = read(whole);
  const posix = read(whole);
  const graph = callGraph(kernel);
  const isPersonality = (name: string) => PERSONALITY.test(name);
  const copied = smallFunctions(graph);

  const bridge = new Set<string>();
  const links = new Set<string>();
  for (const [name, node] of graph) {
    for (const callee of node.calls) {
      if (!graph.has(callee)) continue; // imported by both
      if (isPersonality(callee) && !isPersonality(name)) bridge.add(callee);
      if (!isPersonality(callee) && isPersonality(name) && !copied.has(callee)) links.add(callee);
    }
  }
  const bridged = [...bridge];
  const linked = [...links];

  // The microkernel: the personality's functions go, those it calls become a call through the table.
  for (const name of graph.keys()) if (isPersonality(name)) kernel.removeFunction(name);
  for (const [slot, name] of bridged.entries()) addTrampoline(kernel, name, graph.get(name)!, BRIDGE_BASE + slot);
  removeExports(kernel, isPersonality);
  for (const [index, name] of linked.entries()) kernel.addFunctionExport(name, index.toString(36));
  const self = onlyMutableGlobal(kernel);
  kernel.addGlobalExport(self, "self");

  // The personality: the microkernel's functions become imports.
  for (const name of graph.keys()) {
    if (isPersonality(name) || copied.has(name)) continue;
    posix.removeFunction(name);
  }
  for (const [index, name] of linked.entries()) {
    const { params, results } = graph.get(name)!;
    posix.addFunctionImport(name, "kernel", index.toString(36), params, results);
  }
  removeExports(posix, (name) => !isPersonality(name));
  posix.removeGlobal(self);
  posix.addGlobalImport(self, "kernel", "self", binaryen.i32, true);
  posix.addActiveElementSegment(tableOf(posix), "bridge", bridged, posix.i32.const(BRIDGE_BASE));

  return { kernel: finish(kernel, debug), posix: finish(posix, debug), bridge: bridged };
}

function read(bytes: Uint8Array): binaryen.Module {
  const module = binaryen.readBinary(bytes);
  const { Features } = binaryen;
  const numbers = Features.SignExt | Features.NontrappingFPToInt;
  const memory = Features.Atomics | Features.BulkMemory | Features.BulkMemoryOpt;
  module.setFeatures(Features.MutableGlobals | numbers | memory);
  return module;
}

interface Node extends Shape {
  readonly calls: ReadonlySet<string>;
  readonly size: number;
}

/** Every function with a body: what it calls and how large it is. */
function callGraph(module: binaryen.Module): Map<string, Node> {
  const graph = new Map<string, Node>();
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const info = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
    if (info.module !== "") continue;
    const calls = new Set<string>();
    let size = 0;
    for (const line of binaryen.emitText(info.body).split("\n")) {
      size++;
      const call = /^\s*\(call \$(?:"([^"]+)"|([^\s)]+))/.exec(line);
      if (call !== null) calls.add(call[1] ?? call[2]!);
    }
    graph.set(info.name, { calls, size, params: info.params, results: info.results });
  }
  return graph;
}

/** What is copied: small functions that call nothing, then those that call only such, and so on. */
function smallFunctions(graph: ReadonlyMap<string, Node>): Set<string> {
  const copied = new Set<string>();
  const fits = (node: Node) =>
    node.size <= COPIED_EXPRESSIONS && [...node.calls].every((name) => copied.has(name) || !graph.has(name));
  for (let before = -1; before < copied.size; ) {
    before = copied.size;
    for (const [name, node] of graph) if (fits(node)) copied.add(name);
  }
  return copied;
}

function addTrampoline(module: binaryen.Module, name: string, { params, results }: Shape, slot: number): void {
  const operands = binaryen.expandType(params).map((type, index) => module.local.get(index, type));
  const body = module.call_indirect(tableOf(module), module.i32.const(slot), operands, params, results);
  module.addFunction(name, params, results, [], body);
}

function removeExports(module: binaryen.Module, remove: (functionName: string) => boolean): void {
  const names: string[] = [];
  for (let index = 0; index < module.getNumExports(); index++) {
    const info = binaryen.getExportInfo(module.getExportByIndex(index));
    if (info.kind === binaryen.ExternalFunction && remove(info.value)) names.push(info.name);
  }
  for (const name of names) module.removeExport(name);
}

/** The address of the core's own block: the one piece of state of an instance, and so both instances'. */
function onlyMutableGlobal(module: binaryen.Module): string {
  const names: string[] = [];
  for (let index = 0; index < module.getNumGlobals(); index++) {
    const info = binaryen.getGlobalInfo(module.getGlobalByIndex(index));
    if (info.mutable) names.push(info.name);
  }
  if (names.length !== 1)
    throw new Error(`Cannot split the kernel: mutable globals are ${names.join(", ")}, expected one`);
  return names[0]!;
}

function finish(module: binaryen.Module, debug: boolean): Uint8Array {
  if (!module.validate()) throw new Error("Cannot split the kernel: a half does not validate");
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(1);
  binaryen.setDebugInfo(debug);
  module.optimize();
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

function tableOf(module: binaryen.Module): string {
  return binaryen.getTableInfo(module.getTableByIndex(0)).name;
}
