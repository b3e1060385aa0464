import { LoadAverage } from "./load-average.ts";
import type { ProcessTable } from "./process-table.ts";

/** Texts of /proc/*, in the formats of proc(5). */
export class SystemFiles {
  readonly files: Readonly<Record<string, () => string>>;
  readonly #table: ProcessTable;
  readonly #load = new LoadAverage();

  constructor(
    table: ProcessTable,
    fileSystemTypes: readonly { readonly name: string; readonly device: boolean }[],
    more: Readonly<Record<string, () => string>>,
  ) {
    this.#table = table;
    this.files = {
      ...more,
      cpuinfo: () => this.#cpuinfo(),
      filesystems: () => fileSystemTypes.map(({ name, device }) => `${device ? "" : "nodev"}\t${name}\n`).join(""),
      jobs: () => this.#jobs(),
      loadavg: () => this.#loadavg(),
      meminfo: () => this.#meminfo(),
      stat: () => this.#stat(),
      uptime: () => this.#uptime(),
      version: () => "CloudOS version 0.1.0 (AssemblyScript, WebAssembly) #1 SMP PREEMPT wasm32\n",
    };
  }

  #cpuinfo(): string {
    return this.#table
      .cores()
      .map((_core, index) =>
        [
          `processor\t: ${index}`,
          "vendor_id\t: WebAssembly",
          "cpu family\t: 1",
          "model\t\t: 1",
          "model name\t: WebAssembly virtual core",
          `core id\t\t: ${index}`,
          `cpu cores\t: ${this.#table.cores().length}`,
          "fpu\t\t: yes",
          "flags\t\t: mvp bulk-memory atomics multi-memory jspi",
          "address sizes\t: 32 bits physical, 32 bits virtual",
          "",
          "",
        ].join("\n"),
      )
      .join("");
  }

  #meminfo(): string {
    const memory = this.#table.memory();
    const rows: [string, number][] = [
      ["MemTotal", memory.totalBytes],
      ["MemFree", memory.freeBytes],
      // Cached pages that are clean, and also at rest somewhere, can be had back.
      ["MemAvailable", memory.freeBytes + Math.max(0, memory.cacheBytes - memory.dirtyBytes - memory.pinnedBytes)],
      ["Buffers", 0],
      ["Cached", memory.cacheBytes],
      ["SwapCached", 0],
      ["SwapTotal", 0],
      ["SwapFree", 0],
      ["Dirty", memory.dirtyBytes],
      ["Writeback", 0],
      ["Shmem", memory.pinnedBytes],
      ["Slab", memory.tableBytes],
      // Ours: pages of VMOs, and what programs have in linear memories, which lie outside MemTotal.
      ["Vmo", memory.vmoBytes],
      ["LinearMemory", this.#linearBytes()],
    ];
    return rows
      .map(([name, bytes]) => `${`${name}:`.padEnd(15)} ${String(Math.floor(bytes / 1024)).padStart(8)} kB\n`)
      .join("");
  }

  #linearBytes(): number {
    let bytes = 0;
    for (let pid = this.#table.next(0); pid !== 0; pid = this.#table.next(pid)) {
      bytes += this.#table.info(pid)?.memoryBytes ?? 0;
    }
    return bytes;
  }

  #stat(): string {
    const ticks = (us: number) => Math.floor(us / 10000);
    const cores = this.#table.cores();
    const line = (name: string, busy: number, idle: number) =>
      `${name} ${ticks(busy)} 0 0 ${ticks(idle)} 0 0 0 0 0 0\n`;
    const sum = (pick: (core: (typeof cores)[number]) => number) =>
      cores.reduce((total, core) => total + pick(core), 0);
    let running = 0;
    let newest = 0;
    for (let pid = this.#table.next(0); pid !== 0; pid = this.#table.next(pid)) {
      newest = Math.max(newest, pid);
      if (this.#table.info(pid)?.state === "R") running++;
    }
    return [
      // Two spaces after the total's name, as Linux has it.
      line(
        "cpu ",
        sum((core) => core.busyUs),
        sum((core) => core.idleUs),
      ),
      ...cores.map((core, index) => line(`cpu${index}`, core.busyUs, core.idleUs)),
      "intr 0\n",
      `ctxt ${sum((core) => core.switches)}\n`,
      `btime ${Math.floor(this.#table.bootWallMs() / 1000)}\n`,
      `processes ${newest}\n`,
      `procs_running ${running}\n`,
      "procs_blocked 0\n",
    ].join("");
  }

  #uptime(): string {
    const idleUs = this.#table.cores().reduce((total, core) => total + core.idleUs, 0);
    return `${(this.#table.nowUs() / 1e6).toFixed(2)} ${(idleUs / 1e6).toFixed(2)}\n`;
  }

  #loadavg(): string {
    const [root] = this.#table.jobs();
    const runnableUs = root === undefined ? 0 : root.userUs + root.systemUs + root.waitUs;
    const averages = this.#load.update(this.#table.nowUs(), runnableUs).map((value) => value.toFixed(2));
    let running = 0;
    let total = 0;
    let newest = 0;
    for (let pid = this.#table.next(0); pid !== 0; pid = this.#table.next(pid)) {
      total++;
      newest = Math.max(newest, pid);
      if (this.#table.info(pid)?.state === "R") running++;
    }
    return `${averages.join(" ")} ${running}/${total} ${newest}\n`;
  }

  /** One line a job, outermost first, as a table with a title line. */
  #jobs(): string {
    const rows = this.#table
      .jobs()
      .map((job) => [
        job.id,
        job.parent,
        job.processes,
        job.processLimit === 0xffffffff ? "-" : job.processLimit,
        job.shares,
        job.cap === 0 ? "-" : job.cap,
        job.killed ? "killed" : job.frozen ? "frozen" : "live",
        Math.ceil(job.memoryBytes / 1024),
        job.memoryLimitBytes === 0 ? "-" : job.memoryLimitBytes / 1024,
        (job.userUs / 1e6).toFixed(2),
        (job.systemUs / 1e6).toFixed(2),
        (job.waitUs / 1e6).toFixed(2),
        job.switches,
        job.capped,
      ]);
    const titles =
      "id parent processes limit shares cap% state memory_kb limit_kb user_s system_s wait_s switches capped";
    return [titles.split(" "), ...rows].map((row) => `${row.join("\t")}\n`).join("");
  }
}
