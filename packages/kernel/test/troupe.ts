/**
 * Processes that do what a test says, call by call. Each is a puppet (fuzz/puppet.ts) that parks in fd_read(0) between calls; the host's
 * agent hands out the handles they start with. A call that waits is a pending `Answer` until something another process does ends it.
 */
import { HOST_STAGE_BASE, KERNEL_BASE, MAX_AGENTS } from "@cloudos/abi";
import { ARGUMENTS, PUPPET_END, PUPPET_WAIT, puppetModule } from "./fuzz/puppet.ts";
import { type Call, systemCalls } from "./fuzz/signatures.ts";
import { Host, type HostOptions } from "./host.ts";

const calls = systemCalls();
const module = puppetModule(calls);
/** A deadline that never comes. */
export const FOREVER = 0xffff_ffff_ffff_ffffn;
/** Where the kernel's globals are (assembly/layout.ts). */
const GLOBALS = ((KERNEL_BASE + 4095) & ~4095) + MAX_AGENTS * 256;

const indexOf = (name: string): number => {
  const index = calls.findIndex((call: Call) => call.name === name && call.module !== "wasi_unstable");
  if (index < 0) throw new Error(`No system call ${name}`);
  return index;
};

/** What a call answered: an errno, or undefined while it waits. */
export interface Answer {
  errno: number | undefined;
}

/** Where in a puppet's memory tests put things. */
export const AT = { out: 1024, bytes: 2048, reply: 4096, handles: 8192, struct: 8320, info: 8448, big: 65536 } as const;

export class Actor {
  readonly #troupe: Troupe;
  readonly #ring: number;
  pid = 0;
  #next: { index: number; values: readonly (number | bigint)[]; answer: Answer } | undefined;
  #ending = false;

  constructor(troupe: Troupe, ring: number) {
    this.#troupe = troupe;
    this.#ring = ring;
  }

  get view(): DataView {
    return new DataView(this.#troupe.host.memories.get(this.pid)!.buffer);
  }
  get bytes(): Uint8Array {
    return new Uint8Array(this.#troupe.host.memories.get(this.pid)!.buffer);
  }
  u32(address: number): number {
    return this.view.getUint32(address, true);
  }
  u64(address: number): bigint {
    return this.view.getBigUint64(address, true);
  }
  put(address: number, ...words: number[]): void {
    for (const [i, word] of words.entries()) this.view.setUint32(address + 4 * i, word, true);
  }
  text(address: number, length: number): string {
    return new TextDecoder().decode(this.bytes.slice(address, address + length));
  }
  write(address: number, text: string): number {
    const encoded = new TextEncoder().encode(text);
    this.bytes.set(encoded, address);
    return encoded.length;
  }

  /** Makes a call and lets the machine run until nothing moves: `errno` is undefined when the call waits. */
  async call(name: string, ...values: (number | bigint)[]): Promise<Answer> {
    const answer = this.begin(name, ...values);
    await this.#troupe.host.settle();
    return answer;
  }

  /** Only begins: the call is made when the machine runs next. */
  begin(name: string, ...values: (number | bigint)[]): Answer {
    const answer: Answer = { errno: undefined };
    this.#next = { index: indexOf(name), values, answer };
    this.#troupe.host.type(this.#ring, "!");
    return answer;
  }

  /** The errno of a call that does not wait. */
  async errno(name: string, ...values: (number | bigint)[]): Promise<number> {
    const { errno } = await this.call(name, ...values);
    if (errno === undefined) throw new Error(`${name} waits`);
    return errno;
  }

  /** A call that succeeds and gives a u32 at AT.out. */
  async value(name: string, ...values: (number | bigint)[]): Promise<number> {
    const errno = await this.errno(name, ...values);
    if (errno !== 0) throw new Error(`${name}: errno ${errno}`);
    return this.u32(AT.out);
  }

  /** Its two ends. */
  async channel(): Promise<[number, number]> {
    await this.value("channel_create", AT.out);
    return [this.u32(AT.out), this.u32(AT.out + 4)];
  }

  /** The handle it was given under a name. */
  async given(name: string): Promise<number> {
    this.bytes.fill(0, AT.bytes, AT.bytes + 16);
    this.write(AT.bytes, name);
    return this.value("bootstrap_get", AT.bytes, AT.out);
  }

  async exit(): Promise<void> {
    this.#ending = true;
    this.#troupe.host.type(this.#ring, "!");
    await this.#troupe.host.settle();
  }
  async kill(signal = 9): Promise<void> {
    this.#troupe.host.agent.host_kill(this.pid, signal);
    await this.#troupe.host.settle();
  }

  step(memory: WebAssembly.Memory): number {
    if (this.#ending) return PUPPET_END;
    if (this.#next === undefined) return PUPPET_WAIT;
    const view = new DataView(memory.buffer);
    for (const [i, value] of this.#next.values.entries()) {
      view.setBigUint64(ARGUMENTS + 8 * i, BigInt.asUintN(64, BigInt(value)), true);
    }
    return this.#next.index;
  }
  done(result: bigint): void {
    this.#next!.answer.errno = Number(result);
    this.#next = undefined;
  }
}

export class Troupe {
  readonly host: Host;
  readonly #actors = new Map<number, Actor>();
  readonly #rings: number[] = [];
  #starting: Actor | undefined;

  constructor(options: Partial<HostOptions> = {}) {
    this.host = new Host({
      ...options,
      imports: (pid, memory) => {
        const actor = this.#actors.get(pid) ?? this.#starting;
        // A program that an actor has started.
        if (actor === undefined) return {};
        actor.pid = pid;
        this.#actors.set(pid, actor);
        return { puppet: { next: () => actor.step(memory), done: (_: number, result: bigint) => actor.done(result) } };
      },
    });
    this.host.programs.set("/puppet", { kind: "module", module, id: 1 });
    const buffer = this.host.agent.agent_attach();
    if (buffer < 0) throw new Error("Cannot attach the agent");
  }

  /** A system call by the host's agent: pointers are addresses in the kernel's memory. */
  agent(name: string, ...values: (number | bigint)[]): number {
    const calls = this.host.agent as unknown as Readonly<Record<string, (...v: unknown[]) => number>>;
    return calls[`c1_${name}`]!(...values);
  }

  /** A channel of the agent's: its two ends. */
  channel(): [number, number] {
    const errno = this.agent("channel_create", HOST_STAGE_BASE);
    if (errno !== 0) throw new Error(`channel_create: errno ${errno}`);
    return [this.host.view.getUint32(HOST_STAGE_BASE, true), this.host.view.getUint32(HOST_STAGE_BASE + 4, true)];
  }

  /** Starts a process with duplicates of handles of the agent's under names. */
  async start(handles: Readonly<Record<string, number>> = {}): Promise<Actor> {
    for (const [name, value] of Object.entries(handles)) {
      const at = HOST_STAGE_BASE;
      this.host.bytes.fill(0, at, at + 16);
      this.host.bytes.set(new TextEncoder().encode(name), at);
      const errno = this.agent("bootstrap_put", at, value, 0xffffffff);
      if (errno !== 0) throw new Error(`bootstrap_put: errno ${errno}`);
    }
    const rings = [this.host.ring(64, false), this.host.ring(4096, true), this.host.ring(4096, true)] as const;
    this.#rings.push(...rings);
    const actor = new Actor(this, rings[0]);
    this.#starting = actor;
    const token = this.host.spawn({ path: "/puppet", rings });
    if (token < 0) throw new Error(`host_spawn: errno ${-token}`);
    await this.host.settle();
    this.#starting = undefined;
    if (actor.pid === 0) throw new Error("The puppet did not start");
    return actor;
  }

  /** Ends every process and gives their rings back. */
  async end(): Promise<void> {
    for (const { pid } of this.#actors.values()) this.host.agent.host_kill(pid, 9);
    await this.host.settle();
    for (const ring of this.#rings.splice(0)) this.host.agent.ring_free(ring);
  }

  /** Objects in slabs and open handles, for leak checks (Globals.objects and .handles). */
  live(): { objects: number; handles: number } {
    return {
      objects: this.host.view.getUint32(GLOBALS + 132, true),
      handles: this.host.view.getUint32(GLOBALS + 136, true),
    };
  }
}
