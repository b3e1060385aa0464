/**
 * A small real host for the kernel's tests: one thread, one memory, as many kernel instances ("cores") as wanted, JSPI
 * fibers, the gate of packages/hal-wasm, and a file service that knows programs and nothing else. Time is a number the
 * tests move, so nothing here depends on how fast the machine is.
 */
import {
  ABI_VERSION,
  AGENT_HOST,
  AGENT_VFS,
  BOOT_BASE,
  BOOT_MAGIC,
  BOOT_O_ABI,
  BOOT_O_CORES,
  BOOT_O_MAGIC,
  BOOT_O_MAX_PAGES,
  BOOT_O_PROCESS_LIMIT,
  BOOT_O_QUANTUM_US,
  CORE_O_DOORBELL,
  coreBlock,
  EVENT_COUNT,
  EVENT_EXITED,
  EVENT_SIZE,
  EVENT_SPAWNED,
  EVENTS_BASE,
  EVENTS_O_DATA,
  EVENTS_O_HEAD,
  EVENTS_O_TAIL,
  HOST_STAGE_BASE,
  IRQ_HOST,
  RING_EOF,
  RING_KICK,
  RING_O_CAPACITY,
  RING_O_COLS,
  RING_O_DATA,
  RING_O_FLAGS,
  RING_O_HEAD,
  RING_O_ROWS,
  RING_O_TAIL,
  RING_RESIZED,
  ringHeader,
} from "@cloudos/abi";
import { type Board, Core, compile, type Kernel, makeKernel } from "./core.ts";
import { answer, type Program } from "./service.ts";

/** Fills in the reply of a request slot; false holds it back: the test completes it later. */
export type FileService = (host: Host, slot: number) => boolean;

export interface HostOptions {
  readonly cores?: number;
  readonly processLimit?: number;
  readonly maxPages?: number;
  readonly quantumUs?: number;
  /** Default: programs and nothing else (service.ts). */
  readonly files?: FileService;
  /** Cores run elsewhere (workers): this thread is the host and the file service only. Default false. */
  readonly remote?: boolean;
  /** What programs may import beside the system's calls. */
  readonly imports?: NonNullable<Board["imports"]>;
  readonly trapped?: NonNullable<Board["trapped"]>;
  /** Whether a file service has attached. Default true. */
  readonly attach?: boolean;
}

export interface Exit {
  readonly kind: "exited" | "signaled";
  readonly code: number;
}

export interface SpawnRequest {
  readonly path: string;
  readonly argv?: readonly string[];
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly tty?: number;
  readonly rings?: readonly [number, number, number];
  readonly flags?: number;
  readonly preopens?: readonly (readonly [string, string])[];
  readonly processLimit?: number;
}

export class Host {
  readonly memory: WebAssembly.Memory;
  readonly agent: Kernel;
  readonly service: Kernel;
  readonly programs = new Map<string, Program>();
  readonly spawned = new Map<number, number>();
  readonly exits = new Map<number, Exit>();
  /** Rings made and not given back by `run`. */
  readonly rings: number[] = [];
  /** Memories of programs by process, to look at results. */
  readonly memories = new Map<number, WebAssembly.Memory>();
  nowUs = 1_000_000;
  /** How much every look at the clock takes: programs that loop need it, or their slice never ends. */
  tickUs = 0;
  readonly #files: FileService;
  readonly #cores: Core[] = [];
  readonly #hooks: Pick<Board, "imports" | "trapped">;

  constructor(options: HostOptions = {}) {
    const maxPages = options.maxPages ?? 2048;
    this.#files = options.files ?? answer;
    this.#hooks = {
      ...(options.imports === undefined ? {} : { imports: options.imports }),
      ...(options.trapped === undefined ? {} : { trapped: options.trapped }),
    };
    this.memory = new WebAssembly.Memory({ initial: 64, maximum: maxPages, shared: true });
    const view = this.view;
    view.setUint32(BOOT_BASE + BOOT_O_MAGIC, BOOT_MAGIC, true);
    view.setUint32(BOOT_BASE + BOOT_O_ABI, ABI_VERSION, true);
    view.setUint32(BOOT_BASE + BOOT_O_CORES, options.cores ?? 1, true);
    view.setUint32(BOOT_BASE + BOOT_O_MAX_PAGES, maxPages, true);
    view.setUint32(BOOT_BASE + BOOT_O_PROCESS_LIMIT, options.processLimit ?? 64, true);
    view.setUint32(BOOT_BASE + BOOT_O_QUANTUM_US, options.quantumUs ?? 10_000, true);
    this.agent = makeKernel(this.#board);
    const booted = this.agent.boot();
    if (booted !== 0) throw new Error(`Cannot boot the kernel: errno ${booted}`);
    this.agent.core_init(AGENT_HOST);
    this.service = makeKernel(this.#board);
    this.service.core_init(AGENT_VFS);
    if (options.attach !== false) this.service.vfs_attach();
    this.service.vfs_set_root(1n);
    for (let id = 0; !options.remote && id < (options.cores ?? 1); id++) this.#cores.push(new Core(this.#board, id));
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }
  get bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }
  get words(): Int32Array {
    return new Int32Array(this.memory.buffer);
  }

  get #board(): Board {
    return {
      memory: this.memory,
      programs: this.programs,
      memories: this.memories,
      nowUs: () => (this.nowUs += this.tickUs),
      ...this.#hooks,
    };
  }

  /** Adds a program written in WAT. `$name` imports come from the text itself. */
  program(path: string, wat: string): void {
    this.programs.set(path, { kind: "module", module: compile(path, wat), id: this.programs.size + 1 });
  }
  script(path: string, interpreter: string, argument = ""): void {
    this.programs.set(path, { kind: "script", interpreter, argument });
  }

  ring(capacity: number, toHost: boolean): number {
    const ring = this.agent.ring_create(capacity, toHost ? 1 : 0);
    if (ring < 0) throw new Error(`Cannot create a ring: errno ${-ring}`);
    this.rings.push(ring);
    return ring;
  }
  #kick(ring: number, flags: number): void {
    Atomics.or(this.words, (ringHeader(ring) + RING_O_FLAGS) >>> 2, flags);
    Atomics.or(this.words, (coreBlock(0) + CORE_O_DOORBELL) >>> 2, IRQ_HOST);
  }
  /** Host -> kernel. Returns how many bytes fitted. */
  type(ring: number, data: string | Uint8Array): number {
    const text = typeof data === "string" ? new TextEncoder().encode(data) : data;
    const { view, bytes } = this;
    const at = ringHeader(ring);
    const capacity = view.getUint32(at + RING_O_CAPACITY, true);
    const tail = view.getUint32(at + RING_O_TAIL, true);
    const room = capacity - ((tail - view.getUint32(at + RING_O_HEAD, true)) >>> 0);
    const length = Math.min(room, text.length);
    const base = view.getUint32(at + RING_O_DATA, true);
    for (let i = 0; i < length; i++) bytes[base + ((tail + i) & (capacity - 1))] = text[i]!;
    view.setUint32(at + RING_O_TAIL, tail + length, true);
    this.#kick(ring, RING_KICK);
    return length;
  }
  end(ring: number): void {
    this.#kick(ring, RING_EOF | RING_KICK);
  }
  resize(ring: number, columns: number, rows: number): void {
    this.view.setUint32(ringHeader(ring) + RING_O_COLS, columns, true);
    this.view.setUint32(ringHeader(ring) + RING_O_ROWS, rows, true);
    this.#kick(ring, RING_RESIZED);
  }
  /** Kernel -> host: takes everything. */
  taken(ring: number, most = Number.POSITIVE_INFINITY): Uint8Array {
    const { view, bytes } = this;
    const at = ringHeader(ring);
    const capacity = view.getUint32(at + RING_O_CAPACITY, true);
    const head = view.getUint32(at + RING_O_HEAD, true);
    const length = Math.min(most, (view.getUint32(at + RING_O_TAIL, true) - head) >>> 0);
    const base = view.getUint32(at + RING_O_DATA, true);
    const out = Uint8Array.from({ length }, (_, i) => bytes[base + ((head + i) & (capacity - 1))]!);
    view.setUint32(at + RING_O_HEAD, head + length, true);
    this.#kick(ring, RING_KICK);
    return out;
  }
  text(ring: number): string {
    return new TextDecoder().decode(this.taken(ring));
  }
  flags(ring: number): number {
    return this.view.getUint32(ringHeader(ring) + RING_O_FLAGS, true);
  }

  /** Frames in bytes, as mem_info tells. */
  memoryInfo(): { total: number; free: number; cache: number; dirty: number } {
    const at = HOST_STAGE_BASE;
    this.agent.mem_info(at);
    const f64 = (i: number) => this.view.getFloat64(at + 8 * i, true);
    return { total: f64(0), free: f64(1), cache: f64(2), dirty: f64(4) };
  }

  /** host_spawn: token or -errno. */
  spawn(request: SpawnRequest): number {
    const encode = (strings: readonly string[]) => new TextEncoder().encode(strings.map((s) => `${s}\0`).join(""));
    const parts = [
      new TextEncoder().encode(request.path),
      encode(request.argv ?? [request.path]),
      encode(request.env ?? []),
      new TextEncoder().encode(request.cwd ?? "/"),
      encode((request.preopens ?? []).flat()),
    ] as const;
    const { view, bytes } = this;
    const put = (offset: number, value: number) => view.setUint32(HOST_STAGE_BASE + offset, value >>> 0, true);
    put(0, parts[0].length);
    put(4, parts[1].length);
    put(8, parts[2].length);
    put(12, parts[3].length);
    put(16, request.flags ?? 0);
    put(20, request.tty ?? -1);
    for (const i of [0, 1, 2]) put(24 + 4 * i, request.rings?.[i] ?? -1);
    put(36, 0);
    put(40, parts[4].length);
    put(44, request.processLimit ?? 0);
    let at = HOST_STAGE_BASE + 48;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return this.agent.host_spawn();
  }

  /** One event; suites that use more kinds take care of them here. */
  protected event(type: number, a: number, b: number, c: number): void {
    if (type === EVENT_SPAWNED) this.spawned.set(a, b | 0);
    if (type === EVENT_EXITED) this.exits.set(a, { kind: b === 0 ? "exited" : "signaled", code: c });
  }

  /** Takes the events that have come. `settle` does, with local cores. */
  events(): void {
    const view = this.view;
    const tail = view.getUint32(EVENTS_BASE + EVENTS_O_TAIL, true);
    for (let head = view.getUint32(EVENTS_BASE + EVENTS_O_HEAD, true); head !== tail; head++) {
      const at = EVENTS_BASE + EVENTS_O_DATA + (head % EVENT_COUNT) * EVENT_SIZE;
      const [type, a, b, c] = [0, 4, 8, 12].map((offset) => view.getUint32(at + offset, true));
      this.event(type!, a!, b!, c!);
    }
    view.setUint32(EVENTS_BASE + EVENTS_O_HEAD, tail, true);
  }

  /** Runs until every core is idle and no request is open. Time stands still but for `tickUs` per turn of a core. */
  async settle(tickUs = 0, turns = 100_000): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      if (turns-- === 0) throw new Error("The machine does not come to rest");
      let busy = false;
      for (let slot = this.service.vfs_next(); slot >= 0; slot = this.service.vfs_next()) {
        if (this.#files(this, slot)) this.service.vfs_complete(slot);
        busy = true;
      }
      for (const core of this.#cores) busy = (await core.turn()) || busy;
      this.events();
      this.nowUs += tickUs;
      quiet = busy ? 0 : quiet + 1;
    }
  }
  /** Lets time pass: to each deadline in turn up to `us` from now. */
  async sleep(us: number): Promise<void> {
    const end = this.nowUs + us;
    for (let steps = 0; ; steps++) {
      if (steps === 100_000) throw new Error(`Time stands still at ${this.nowUs}: the next deadline does not pass`);
      await this.settle();
      const next = Math.min(...this.#cores.map((core) => core.kernel.core_deadline_us()));
      if (next > end) break;
      this.nowUs = Math.max(this.nowUs, next);
    }
    this.nowUs = end;
    await this.settle();
  }

  /** Runs all cores until the clock, which must tick by itself (`tickUs`), has gone `us` further. Idle cores let it jump to the next deadline. */
  async spend(us: number): Promise<void> {
    const end = this.nowUs + us;
    while (this.nowUs < end) {
      let busy = false;
      for (let slot = this.service.vfs_next(); slot >= 0; slot = this.service.vfs_next()) {
        if (this.#files(this, slot)) this.service.vfs_complete(slot);
        busy = true;
      }
      for (const core of this.#cores) busy = (await core.turn()) || busy;
      this.events();
      if (busy) continue;
      const next = Math.min(...this.#cores.map((core) => core.kernel.core_deadline_us()));
      this.nowUs = Math.max(this.nowUs, Math.min(next, end));
    }
  }

  /** One pass of one core's loop. False when it had nothing to run. */
  turn(core: number): Promise<boolean> {
    return this.#cores[core]!.turn();
  }

  /** Runs a program to its end and returns its status and output. */
  async run(request: SpawnRequest, input = ""): Promise<Exit & { stdout: string; pid: number }> {
    const rings = [this.ring(4096, false), this.ring(65536, true), this.ring(4096, true)] as const;
    this.type(rings[0], input);
    this.end(rings[0]);
    const token = this.spawn({ rings, ...request });
    if (token < 0) throw new Error(`Cannot spawn: errno ${-token}`);
    await this.settle();
    const pid = this.spawned.get(token)!;
    const exit = this.exits.get(pid) ?? { kind: "exited", code: pid };
    const stdout = this.text(rings[1]);
    for (const ring of rings) {
      this.agent.ring_free(ring);
      this.rings.splice(this.rings.indexOf(ring), 1);
    }
    return { ...exit, stdout, pid };
  }
}
