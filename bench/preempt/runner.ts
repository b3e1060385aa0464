import { WASI } from "node:wasi";
import wabt from "wabt";

export interface Variants {
  /** The module without and with checks; both import their memory. */
  readonly bare: Uint8Array<ArrayBuffer>;
  readonly checked: Uint8Array<ArrayBuffer>;
  readonly args: string[];
  readonly preopens: Record<string, string>;
  /** Where standard output goes. */
  readonly sink: number;
}

/** Runs both variants once, in an order that alternates, and returns the speed of the checked one over the bare one's. */
export type Bench = (round: number) => number;

const INITIAL_PAGES = 1024;
const MAX_PAGES = 65536;
/** Until the optimising compiler has been through what is hot. */
const WARM_UPS = 3;

/** What the kernel does when asked: looks at its doorbell and at the clock. */
const kernelText = `(module
  (import "host" "now_us" (func $now (result f64)))
  (memory 1)
  (func (export "preempt")
    (if (i32.load (i32.const 0)) (then unreachable))
    (if (f64.gt (call $now) (f64.load (i32.const 8))) (then (f64.store (i32.const 8) (f64.add (call $now) (f64.const 10000)))))))`;

export async function makeBench(variants: Variants): Promise<Bench> {
  const preempt = await makePreempt();
  const [bare, checked] = [await WebAssembly.compile(variants.bare), await WebAssembly.compile(variants.checked)];
  const run = (module: WebAssembly.Module): number => runOnce(module, variants, preempt);
  for (let i = 0; i < WARM_UPS; i++) {
    run(bare);
    run(checked);
  }
  return (round) => {
    if (round % 2 === 0) {
      const without = run(bare);
      return without / run(checked);
    }
    const withChecks = run(checked);
    return run(bare) / withChecks;
  };
}

async function makePreempt(): Promise<() => void> {
  const text = (await wabt()).parseWat("kernel.wat", kernelText);
  const module = await WebAssembly.compile(new Uint8Array(text.toBinary({}).buffer));
  text.destroy();
  const instance = new WebAssembly.Instance(module, { host: { now_us: () => performance.now() * 1000 } });
  return instance.exports.preempt as () => void;
}

/** Processor time of `_start` in microseconds: of this thread alone, so that neighbours and compilers count less. */
function runOnce(module: WebAssembly.Module, { args, preopens, sink }: Variants, preempt: () => void): number {
  const names = WebAssembly.Module.imports(module);
  const unstable = names.some(({ module: from }) => from === "wasi_unstable");
  const wasi = new WASI({
    version: unstable ? "unstable" : "preview1",
    args,
    preopens,
    env: { PATH: "/usr/bin" },
    stdin: sink,
    stdout: sink,
    returnOnExit: true,
  });
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES });
  const NOTSUP = 58;
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = { cloudos: { memory } };
  for (const { module: from, name, kind } of names) {
    if (kind !== "function") continue;
    imports[from] ??= {};
    imports[from][name] = (wasi.wasiImport as Record<string, WebAssembly.ImportValue>)[name] ?? (() => NOTSUP);
  }
  const instance = new WebAssembly.Instance(module, imports);
  (instance.exports["cloudos:preempt"] as WebAssembly.Table).set(0, preempt);
  const start = process.threadCpuUsage();
  const status = wasi.start({ exports: { ...instance.exports, memory } });
  const { user, system } = process.threadCpuUsage(start);
  if (status !== 0) throw new Error(`Bench program ${args[0]} ended with ${status}`);
  return user + system;
}
