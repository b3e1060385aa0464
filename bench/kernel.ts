import { statSync } from "node:fs";
import { join } from "node:path";
import { buildGuests } from "./lib/guests.ts";
import { measureInMachine } from "./lib/machine.ts";
import { against, type Emit, summarise } from "./lib/result.ts";
import { measureInShim } from "./lib/shim.ts";
import { preempt } from "./preempt.ts";

const root = join(import.meta.dirname, "..");
const PEER = "@bjorn3/browser_wasi_shim";

const WRITE_16 = ["write", "16", "1000000", "9"] as const;
const READ_4096 = ["read", "4096", "200000", "9"] as const;

/** System calls, switches, spawn and pipes, in Chromium; file calls against a WASI shim in page JavaScript in the same run. */
export async function kernel(emit: Emit): Promise<void> {
  await buildGuests(["io", "kernel", "hello"]);
  const one = measureInMachine(["--cores", "1"], {
    null: ["/bench/kernel.wasm", "null", "10000000", "9"],
    write: ["/bench/io.wasm", ...WRITE_16],
    read: ["/bench/io.wasm", ...READ_4096],
    yield: ["/bench/kernel.wasm", "yield", "200000", "9"],
    spawn: ["/bench/kernel.wasm", "spawn", "/bench/hello.wasm", "60"],
    pipe1: ["/bench/kernel.wasm", "pipe", "256", "7"],
  });
  const shim = await measureInShim({ write: WRITE_16, read: READ_4096 });
  const two = measureInMachine(["--cores", "2"], { pipe: ["/bench/kernel.wasm", "pipe", "256", "7"] });
  const sample = (from: Record<string, number[]>, id: string): number[] => from[id] ?? [];

  emit(summarise("kernel", "null_syscall_ns", "ns", sample(one, "null")));
  emit(against(summarise("kernel", "fd_write_16_ns", "ns", sample(one, "write")), PEER, sample(shim, "write")));
  emit(against(summarise("kernel", "fd_read_4096_cached_ns", "ns", sample(one, "read")), PEER, sample(shim, "read")));
  emit(summarise("kernel", "switch_ns", "ns", sample(one, "yield")));
  // The first spawns compile and fetch; "warm" is what follows.
  emit(
    summarise(
      "kernel",
      "spawn_hello_ms",
      "ms",
      sample(one, "spawn")
        .slice(10)
        .map((microseconds) => microseconds / 1000),
    ),
  );
  emit(summarise("kernel", "pipe_mib_s", "MiB/s", sample(two, "pipe")));
  emit(summarise("kernel", "pipe_one_core_mib_s", "MiB/s", sample(one, "pipe1")));
  await preempt(emit);
  for (const name of ["kernel", "posix"]) {
    emit(summarise("kernel", `${name}_wasm_bytes`, "B", [statSync(join(root, `build/kernel/${name}.wasm`)).size]));
  }
}
