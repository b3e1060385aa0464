/**
 * A driver that another driver spawns, so that the two share handles. It is told what to do through a pipe the parent writes to,
 * and answers on a ring of its own: so it may hang in a call while the parent goes on.
 */
import { SPAWN_CLEARFDS, SPAWN_JOB, SPAWN_SIZE } from "@cloudos/abi";
import { type Call, Driver, OUT } from "./fs-driver.ts";
import type { Host } from "./host.ts";

const MAP = 2048;
const ATTRIBUTES = 1536;
const COMMAND = 1920;
/** The parent's descriptor 2 is the children's descriptor 1. */
const CHILD_OUT = 2;

export class Parent {
  readonly driver: Driver;
  readonly answers: number;

  private constructor(driver: Driver, answers: number) {
    this.driver = driver;
    this.answers = answers;
  }

  static async start(host: Host): Promise<Parent> {
    const answers = host.ring(4096, true);
    return new Parent(await Driver.start(host, { rings: [0, 0, answers] }), answers);
  }
}

export class ChildDriver extends Driver {
  readonly #parent: Driver;
  readonly #pipe: number;

  private constructor(host: Host, pid: number, parent: Parent, pipe: number) {
    super(host, pid, [0, parent.answers, parent.answers]);
    this.#parent = parent.driver;
    this.#pipe = pipe;
  }

  /** `handles`: values of the parent's; the child has them from descriptor 40 on (`handed`). */
  static async spawn(parent: Parent, handles: readonly number[], job = 0, stderr?: number): Promise<ChildDriver> {
    const { driver } = parent;
    const { host } = driver;
    let errno = await driver.call("cloudos_v1.fd_pipe", OUT, 1);
    if (errno !== 0) throw new Error(`fd_pipe: errno ${errno}`);
    const [readEnd, writeEnd] = [driver.u32(OUT), driver.u32(OUT + 4)];
    const map = [
      [0, readEnd],
      [1, CHILD_OUT],
      ...(stderr === undefined ? [] : [[2, stderr]]),
      ...handles.map((handle, i) => [40 + i, handle]),
    ];
    for (const [i, [to, from]] of map.entries()) {
      driver.view.setUint32(MAP + 8 * i, to!, true);
      driver.view.setUint32(MAP + 8 * i + 4, from!, true);
    }
    driver.bytes.fill(0, ATTRIBUTES, ATTRIBUTES + SPAWN_SIZE);
    const attribute = (offset: number, value: number) => driver.view.setUint32(ATTRIBUTES + offset, value, true);
    attribute(0, SPAWN_CLEARFDS | (job === 0 ? 0 : SPAWN_JOB));
    attribute(44, job);
    attribute(8, MAP);
    attribute(12, map.length);
    for (const none of [16, 40]) attribute(none, 0xffffffff);
    const path = driver.path("/bin/driver");
    errno = await driver.call("cloudos_v1.proc_spawn", ...path, 0, 0, 0, 0, ATTRIBUTES, OUT);
    if (errno !== 0) throw new Error(`proc_spawn: errno ${errno}`);
    const pid = driver.u32(OUT);
    await driver.close(readEnd);
    return new ChildDriver(host, pid, parent, writeEnd);
  }

  /** Its handle value of the parent's i-th. */
  static handed(i: number): number {
    return (1 << 12) | (40 + i);
  }

  /** Kills and reaps it; nothing of it is left. */
  async bury(): Promise<void> {
    const errnos = [
      await this.#parent.call("cloudos_v1.proc_kill", this.pid, 9),
      await this.#parent.close(this.#pipe),
      await this.#parent.call("cloudos_v1.proc_wait", this.pid, 0, OUT),
    ];
    if (errnos.some((errno) => errno !== 0)) throw new Error(`Cannot bury process ${this.pid}: errnos ${errnos}`);
  }

  override begin(call: Call, ...values: (number | bigint)[]): void {
    this.#parent.bytes.set(this.prepare(call, ...values), COMMAND);
    const iovs = this.#parent.iovs([[COMMAND, 4]]);
    this.#parent.begin("wasi_snapshot_preview1.fd_write", this.#pipe, ...iovs, OUT);
  }
  /** Lets the child make the call; it may not return yet. The parent is free afterwards. */
  async go(call: Call, ...values: (number | bigint)[]): Promise<void> {
    this.begin(call, ...values);
    await this.host.settle();
    const errno = this.#parent.answer();
    if (errno !== 0) throw new Error(`The parent cannot write: ${errno}`);
  }
  override async call(call: Call, ...values: (number | bigint)[]): Promise<number> {
    await this.go(call, ...values);
    const errno = this.answer();
    if (errno === undefined) throw new Error(`${call} does not return`);
    return errno;
  }
}
