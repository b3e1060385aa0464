import { launch } from "../../e2e/machine/harness.ts";
import { bootNodeMachine } from "../../e2e/machine/node.ts";

const SHELLS = 50;
const PAGE = 4096;
const SCRIPT = `
  for i in $(seq ${SHELLS}); do sh -c 'sleep 1000; true' & done
  until [ $(ps -A -o comm= | grep -c sleep) -ge ${SHELLS} ]; do :; done
  cat /proc/meminfo; echo ready
`;

export interface Overhead {
  /** The kernel's share of all memory: its own, the page cache and the processes' linear memories. Of its tables only pages that hold anything. */
  readonly overheadPercent: number;
  /** With the tables in full: what was never touched costs address space only. */
  readonly reservedPercent: number;
}

/** What the kernel takes for itself while 100 ordinary processes wait: 50 shells, each with a child. A machine of 512 MiB in this Node process. */
export async function measureOverhead(): Promise<Overhead> {
  const { machine, memory } = await withSharedMemory(() => bootNodeMachine({ mode: "up" }));
  try {
    const shells = await launch(machine, ["/bin/sh", "-c", SCRIPT]);
    await shells.printed("ready");
    const figures = readMeminfo(shells.stdout());
    const others = figures.content + figures.linear;
    const percent = (tables: number) => (100 * (tables + figures.frames)) / (tables + figures.frames + others);
    return {
      overheadPercent: percent(touched(memory, figures.tables)),
      reservedPercent: percent(figures.tables),
    };
  } finally {
    await machine.shutdown();
  }
}

interface Figures {
  /** Page cache and VMOs. */
  readonly content: number;
  /** Frames the kernel uses for itself. */
  readonly frames: number;
  readonly tables: number;
  readonly linear: number;
}

/** From /proc/meminfo, in bytes. */
function readMeminfo(text: string): Figures {
  const rows = new Map([...text.matchAll(/^(\w+): +(\d+) kB$/gm)].map(([, name, kib]) => [name!, Number(kib) * 1024]));
  const row = (name: string): number => {
    const bytes = rows.get(name);
    if (bytes === undefined) throw new Error(`/proc/meminfo has no row ${name}`);
    return bytes;
  };
  const content = row("Cached") + row("Vmo");
  return {
    content,
    frames: row("MemTotal") - row("MemFree") - content,
    tables: row("Slab"),
    linear: row("LinearMemory"),
  };
}

/** Bytes of pages below `end` that are not all zero. */
function touched(memory: WebAssembly.Memory, end: number): number {
  const words = new BigUint64Array(memory.buffer, 0, end / 8);
  let pages = 0;
  for (let at = 0; at < words.length; at += PAGE / 8) {
    if (words.subarray(at, at + PAGE / 8).some((word) => word !== 0n)) pages++;
  }
  return pages * PAGE;
}

/** Boots, and catches the machine's memory as it is made: in UP mode that is here. */
async function withSharedMemory<T>(boot: () => Promise<T>): Promise<{ machine: T; memory: WebAssembly.Memory }> {
  const Memory = WebAssembly.Memory;
  let caught: WebAssembly.Memory | undefined;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      if (descriptor.shared) caught ??= this;
    }
  };
  try {
    const machine = await boot();
    if (caught === undefined) throw new Error("The machine made no shared memory");
    return { machine, memory: caught };
  } finally {
    WebAssembly.Memory = Memory;
  }
}
