import { buildGuests } from "./lib/guests.ts";
import { measureInMachine } from "./lib/machine.ts";
import { against, type Emit, summarise } from "./lib/result.ts";

const CALL = ["/bench/ipc.wasm", "call", "64"] as const;

/** Synchronous calls of 64 bytes each way, on one core and across two; 1 MiB handed over by moving a VMO, against copying it. */
export async function ipc(emit: Emit): Promise<void> {
  await buildGuests(["ipc"]);
  const one = measureInMachine(["--cores", "1"], {
    call: [...CALL, "100000", "9"],
    move: ["/bench/ipc.wasm", "move", "10000", "9"],
    copy: ["/bench/ipc.wasm", "copy", "100", "9"],
  });
  const two = measureInMachine(["--cores", "2"], { call: [...CALL, "20000", "9"] });
  const sample = (from: Record<string, number[]>, id: string): number[] => from[id] ?? [];

  emit(summarise("ipc", "ipc_call_same_core_ns", "ns", sample(one, "call")));
  emit(summarise("ipc", "ipc_call_cross_core_ns", "ns", sample(two, "call")));
  const move = summarise("ipc", "ipc_bulk_1mib_zero_copy_us", "us", sample(one, "move"));
  emit(against(move, "sixteen messages of 64 KiB", sample(one, "copy")));
}
