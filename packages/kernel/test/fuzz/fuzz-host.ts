/** The host side of a fuzzed machine: files in memory, events answered, and every process ended when the run is over. */
import { EVENT_CONNECT, EVENT_DEVICE, EVENT_POST, SIGCONT, SIGKILL } from "@cloudos/abi";
import { MemoryFiles } from "../fs-memory.ts";
import { Host, type HostOptions } from "../host.ts";
import { baseline, type Footprint } from "../leak/footprint.ts";

export class FuzzHost extends Host {
  readonly files: MemoryFiles;
  #input = -1;
  #output = -1;

  constructor(options: Omit<HostOptions, "files">) {
    const files = new MemoryFiles();
    super({ ...options, files: files.service });
    this.files = files;
  }

  /** Starts a puppet. Its pid comes with an event. */
  begin(): number {
    if (this.#input < 0) this.#input = this.ring(4096, false);
    if (this.#output < 0) this.#output = this.ring(4096, true);
    return this.spawn({ path: "/bin/puppet", rings: [this.#input, this.#output, this.#output] });
  }

  /** Something for readers to wake up for, and room for writers. */
  feed(bytes: Uint8Array): void {
    if (this.#input >= 0) this.type(this.#input, bytes);
    if (this.#output >= 0) this.taken(this.#output);
  }

  /** Gives back what events hand over. */
  protected override event(type: number, a: number, b: number, c: number): void {
    if (type === EVENT_POST) this.agent.event_done(c);
    if (type === EVENT_DEVICE) this.agent.ring_free(b);
    if (type === EVENT_CONNECT) {
      this.agent.event_done(c & ~0xffff);
      this.agent.ring_free(c & 0xff);
      this.agent.ring_free((c >>> 8) & 0xff);
    }
    super.event(type, a, b, c);
  }

  pids(): number[] {
    const pids: number[] = [];
    for (let pid = this.agent.proc_next(0); pid !== 0; pid = this.agent.proc_next(pid)) pids.push(pid);
    return pids;
  }

  /** SIGKILL to all. */
  killAll(): void {
    for (const pid of this.pids()) this.agent.host_kill(pid, SIGKILL);
  }

  resumeAll(): void {
    for (const pid of this.pids()) this.agent.host_kill(pid, SIGCONT);
  }

  /** What is in use once nothing runs and no file is cached. */
  footprint(): Footprint {
    for (const ring of [this.#input, this.#output]) if (ring >= 0) this.agent.ring_free(ring);
    this.#input = this.#output = -1;
    for (const node of this.files.inodes.keys()) this.service.vnode_drop(BigInt(node));
    return baseline(this);
  }
}
