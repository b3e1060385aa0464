import { rewrite } from "../../src/rewriter/index.ts";
import { assemble } from "./wat.ts";

/** How a run of `_start` ended, and what it left. */
export interface Outcome {
  readonly memory: Uint8Array;
  /** The trap's message, or undefined. */
  readonly trap: string | undefined;
  /** Calls of the kernel. */
  readonly asks: number;
}

/** The kernel's `preempt` is a Wasm function; a kill is a trap, which no `catch_all` of the program sees. */
const kernel = new WebAssembly.Module(
  assemble(`(module (import "host" "preempt" (func $kills (result i32)))
    (func (export "preempt") (if (call $kills) (then unreachable))))`),
);

export function rewritten(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const result = rewrite(bytes);
  if (!result.ok) throw new Error(result.message);
  return result.bytes;
}

/** Runs a rewritten module; `onAsk` sees the memory at each call of the kernel and returns whether to kill the program. */
export function runRewritten(
  bytes: Uint8Array<ArrayBuffer>,
  onAsk: (memory: DataView) => boolean = () => false,
): Outcome {
  const module = new WebAssembly.Module(bytes);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  let asks = 0;
  const preempt = new WebAssembly.Instance(kernel, {
    host: {
      preempt: () => {
        asks++;
        return onAsk(new DataView(memory.buffer)) ? 1 : 0;
      },
    },
  }).exports.preempt as () => void;
  const instance = new WebAssembly.Instance(module, { cloudos: { memory }, host: { call: () => {} } });
  (instance.exports["cloudos:preempt"] as WebAssembly.Table).set(0, preempt);
  return { ...start(instance, memory), asks };
}

/** Runs a module as it is; its memory is the export "memory". */
export function runOriginal(bytes: Uint8Array<ArrayBuffer>): Outcome {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { call: () => {} } });
  return { ...start(instance, instance.exports.memory as WebAssembly.Memory), asks: 0 };
}

function start(instance: WebAssembly.Instance, memory: WebAssembly.Memory): Omit<Outcome, "asks"> {
  let trap: string | undefined;
  try {
    (instance.exports._start as () => void)();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) trap = error.message;
    else throw error;
  }
  return { memory: new Uint8Array(memory.buffer).slice(), trap };
}
