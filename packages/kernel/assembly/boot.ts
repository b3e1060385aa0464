/** Bringing the machine up: once for the memory, once per instance. */
import {
  BOOT_BASE, BOOT_MAGIC, BOOT_O_ABI, BOOT_O_CORES, BOOT_O_MAGIC, BOOT_O_MAX_PAGES, BOOT_O_PROCESS_LIMIT, BOOT_O_QUANTUM_US, CORE_IDLE,
  CORE_O_STATE, coreBlock,
} from "../../abi/src/layout";
import { EINVAL, ENOMEM } from "../../abi/src/errno";
import {
  ABI_VERSION, AGENT_HOST, DEFAULT_PROCESS_LIMIT, MAX_AGENTS, MAX_CORES, PAGE_SHIFT, QUANTUM_US,
} from "../../abi/src/params";
import { coreAt, coreId, coreSelect } from "./core";
import { globals } from "./globals";
import { klog, KLOG_INFO } from "./klog";
import { FRAME_STRIDE, FRAME_TABLE_BASE } from "./layout";
import { frameAlloc } from "./mem/frames";
import { jobCreate } from "./proc/job";
import { shareFor } from "./sched/share";
import { framesTotal, spansBoot } from "./mem/spans";

export function abi_version(): i32 {
  return ABI_VERSION;
}

/** Fresh memory is zero, which is the empty state of every table; what is left is what the boot record decides. */
export function boot(): i32 {
  if (load<u32>(BOOT_BASE + BOOT_O_MAGIC) != BOOT_MAGIC || load<u32>(BOOT_BASE + BOOT_O_ABI) != ABI_VERSION) return EINVAL;
  const cores = load<u32>(BOOT_BASE + BOOT_O_CORES);
  if (cores == 0 || cores > <u32>MAX_CORES) return EINVAL;
  const g = globals();
  const maxPages = load<u32>(BOOT_BASE + BOOT_O_MAX_PAGES);
  // The frame table covers all of memory, its own part included: simpler than exact, and 0.4 % of it at most.
  const tablesEnd = FRAME_TABLE_BASE + ((<usize>maxPages << 16) >> PAGE_SHIFT) * FRAME_STRIDE;
  const missing = <i64>((tablesEnd + 0xffff) >> 16) - memory.size();
  if (missing > 0 && memory.grow(<i32>missing) < 0) return ENOMEM;
  spansBoot(tablesEnd, maxPages);
  if (framesTotal() == 0) return ENOMEM;
  const limit = load<u32>(BOOT_BASE + BOOT_O_PROCESS_LIMIT);
  const quantum = load<u32>(BOOT_BASE + BOOT_O_QUANTUM_US);
  g.cores = cores;
  g.processLimit = limit != 0 ? limit : DEFAULT_PROCESS_LIMIT;
  g.quantumUs = quantum != 0 ? quantum : QUANTUM_US;
  coreSelect(AGENT_HOST);
  if (!coresBoot(cores)) return ENOMEM;
  klog(KLOG_INFO, 0x203a7365726f63, 0, cores, 0x73656d617266202c, framesTotal()); // "cores: " ", frames"
  return 0;
}

/** What each core's scheduler needs before anyone can queue something on it. False: no memory. */
function coresBoot(cores: u32): bool {
  const root = jobCreate(0);
  globals().rootJob = <u32>root;
  for (let id: u32 = 0; id < cores; id++) {
    const owner = coreAt(id);
    owner.wheel = <u32>frameAlloc();
    owner.root = root == 0 ? 0 : <u32>shareFor(root, owner);
    if (owner.wheel == 0 || owner.root == 0) return false;
    owner.timerUs = Infinity;
    owner.throttleEndUs = Infinity;
  }
  return true;
}

export function core_init(id: u32): void {
  if (id >= <u32>MAX_AGENTS) return;
  coreSelect(id);
  if (coreId() < MAX_CORES) atomic.store<u32>(<usize>coreBlock(id) + CORE_O_STATE, CORE_IDLE);
}
