import { buildGuests } from "./lib/guests.ts";
import { measureInMachine } from "./lib/machine.ts";
import { measureInNodeMachine } from "./lib/node-machine.ts";
import { measureOverhead } from "./lib/overhead.ts";
import { against, type Emit, summarise } from "./lib/result.ts";

const GUEST = "/bench/mem.wasm";
const MANY = 10_000;

/** Copy-on-write clones against copying, page faults that another process answers, and what the kernel takes for itself. */
export async function mem(emit: Emit): Promise<void> {
  await buildGuests(["mem"]);
  const one = measureInMachine(["--cores", "1"], {
    clone: [GUEST, "clone", "20", "9"],
    copy: [GUEST, "copy", "1", "5"],
    fault: [GUEST, "fault", "2000", "9"],
  });
  const sample = (id: string): number[] => one[id] ?? [];
  const clone = summarise("mem", "cow_clone_64mib_us", "us", sample("clone"));
  emit(against(clone, "copying through a buffer", sample("copy")));
  emit(summarise("mem", "page_fault_pager_us", "us", sample("fault")));
  const { overheadPercent, reservedPercent } = await measureOverhead();
  emit(summarise("mem", "memory_overhead_percent", "%", [overheadPercent]));
  emit(summarise("mem", "memory_reserved_percent", "%", [reservedPercent]));
  // In Node, whose engine is the same: Chromium gives a tab ten thousand address spaces only now and then.
  const each = await measureInNodeMachine({ cores: 1, processes: MANY + 16 }, [GUEST, "many", String(MANY)]);
  emit(summarise("mem", "processes_10000_bytes_each", "B", each));
}
