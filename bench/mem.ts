import { buildGuests } from "./lib/guests.ts";
import { measureInMachine } from "./lib/machine.ts";
import { measureOverhead } from "./lib/overhead.ts";
import { against, type Emit, summarise } from "./lib/result.ts";

/** Copy-on-write clones against copying, page faults that another process answers, and what the kernel takes for itself. */
export async function mem(emit: Emit): Promise<void> {
  await buildGuests(["mem"]);
  const one = measureInMachine(["--cores", "1"], {
    clone: ["/bench/mem.wasm", "clone", "20", "9"],
    copy: ["/bench/mem.wasm", "copy", "1", "5"],
    fault: ["/bench/mem.wasm", "fault", "2000", "9"],
  });
  const sample = (id: string): number[] => one[id] ?? [];
  const clone = summarise("mem", "cow_clone_64mib_us", "us", sample("clone"));
  emit(against(clone, "copying through a buffer", sample("copy")));
  emit(summarise("mem", "page_fault_pager_us", "us", sample("fault")));
  const { overheadPercent, reservedPercent, bytesEach } = await measureOverhead();
  emit(summarise("mem", "memory_overhead_percent", "%", [overheadPercent]));
  emit(summarise("mem", "memory_reserved_percent", "%", [reservedPercent]));
  emit(summarise("mem", "process_kernel_bytes_each", "B", [bytesEach]));
}
