/**
 * A program that makes the system calls a test tells it to: it reads a call's number from descriptor 0, makes the call with the
 * arguments found in its memory and writes the errno to descriptor 1. Between calls it is parked in fd_read, so a test may
 * look at its memory and change it.
 */
import type { Host, SpawnRequest } from "./host.ts";

/** Parameters: i is an i32, l an i64. */
const CALLS = {
  "wasi_snapshot_preview1.fd_advise": "illi",
  "wasi_snapshot_preview1.fd_allocate": "ill",
  "wasi_snapshot_preview1.fd_close": "i",
  "wasi_snapshot_preview1.fd_datasync": "i",
  "wasi_snapshot_preview1.fd_fdstat_get": "ii",
  "wasi_snapshot_preview1.fd_fdstat_set_flags": "ii",
  "wasi_snapshot_preview1.fd_fdstat_set_rights": "ill",
  "wasi_snapshot_preview1.fd_filestat_get": "ii",
  "wasi_snapshot_preview1.fd_filestat_set_size": "il",
  "wasi_snapshot_preview1.fd_filestat_set_times": "illi",
  "wasi_snapshot_preview1.fd_pread": "iiili",
  "wasi_snapshot_preview1.fd_prestat_dir_name": "iii",
  "wasi_snapshot_preview1.fd_prestat_get": "ii",
  "wasi_snapshot_preview1.fd_pwrite": "iiili",
  "wasi_snapshot_preview1.fd_read": "iiii",
  "wasi_snapshot_preview1.fd_readdir": "iiili",
  "wasi_snapshot_preview1.fd_seek": "ilii",
  "wasi_snapshot_preview1.fd_sync": "i",
  "wasi_snapshot_preview1.fd_tell": "ii",
  "wasi_snapshot_preview1.fd_write": "iiii",
  "wasi_snapshot_preview1.path_create_directory": "iii",
  "wasi_snapshot_preview1.path_filestat_get": "iiiii",
  "wasi_snapshot_preview1.path_filestat_set_times": "iiiilli",
  "wasi_snapshot_preview1.path_link": "iiiiiii",
  "wasi_snapshot_preview1.path_open": "iiiiillii",
  "wasi_snapshot_preview1.path_readlink": "iiiiii",
  "wasi_snapshot_preview1.path_remove_directory": "iii",
  "wasi_snapshot_preview1.path_rename": "iiiiii",
  "wasi_snapshot_preview1.path_symlink": "iiiii",
  "wasi_snapshot_preview1.path_unlink_file": "iii",
  "wasi_unstable.fd_filestat_get": "ii",
  "wasi_unstable.fd_seek": "ilii",
  "wasi_unstable.path_filestat_get": "iiiii",
  "cloudos_v1.fd_stat": "ii",
  "cloudos_v1.fs_sync": "",
  "cloudos_v1.path_access": "iiii",
  "cloudos_v1.path_chdir": "iii",
  "cloudos_v1.path_chmod": "iiiii",
  "cloudos_v1.path_getcwd": "iii",
  "cloudos_v1.path_realpath": "iiiiii",
  "cloudos_v1.path_stat": "iiiii",
  "cloudos_v1.path_statfs": "iiii",
  "cloudos_v1.sig_action": "iii",
  "cloudos_v1.fd_pipe": "ii",
  "cloudos_v1.fd_vmo": "ii",
  "cloudos_v1.job_create": "ii",
  "cloudos_v1.job_info": "ii",
  "cloudos_v1.job_set": "iii",
  "cloudos_v1.port_bind": "iiil",
  "cloudos_v1.port_create": "i",
  "cloudos_v1.port_wait": "iliii",
  "cloudos_v1.proc_kill": "ii",
  "cloudos_v1.proc_wait": "iii",
  "cloudos_v1.proc_spawn": "iiiiiiii",
  "cloudos_v1.vmo_clone": "illii",
  "cloudos_v1.vmo_create": "lii",
  "cloudos_v1.vmo_create_paged": "illii",
  "cloudos_v1.vmo_info": "ii",
  "cloudos_v1.handle_revoke": "i",
  "cloudos_v1.vmo_map": "iliii",
  "cloudos_v1.vmo_msync": "ii",
  "cloudos_v1.vmo_op": "iill",
  "cloudos_v1.vmo_read": "ilii",
  "cloudos_v1.vmo_resize": "il",
  "cloudos_v1.vmo_size": "ii",
  "cloudos_v1.vmo_unmap": "i",
  "cloudos_v1.vmo_write": "ilii",
  "cloudos_v1.pager_create": "i",
  "cloudos_v1.pager_fail": "illli",
  "cloudos_v1.pager_supply": "illlil",
  "cloudos_v1.pager_wait": "ili",
  "cloudos_v1.pager_writeback_begin": "illi",
  "cloudos_v1.pager_writeback_end": "illli",
} as const;
export type Call = keyof typeof CALLS;
const NAMES = Object.keys(CALLS) as Call[];

const wasmType = (letter: string) => (letter === "l" ? "i64" : "i32");
const ARGUMENTS = 64;

/** The program, in WAT. Memory: 0 iovec of the command, 8 the command, 12 bytes moved, 16 iovec of the result, 24 the result, 64 arguments. */
function program(): string {
  const imports = NAMES.map((name, i) => {
    const [module, field] = name.split(".");
    const types = [...CALLS[name]].map(wasmType).join(" ");
    return `(import "${module}" "${field}" (func $f${i} (param ${types}) (result i32)))`;
  });
  const cases = NAMES.map((name, i) => {
    const loads = [...CALLS[name]].map((letter, k) => `(${wasmType(letter)}.load (i32.const ${ARGUMENTS + 8 * k}))`);
    const call = `(i32.store (i32.const 24) (call $f${i} ${loads.join(" ")}))`;
    return `(if (i32.eq (i32.load (i32.const 8)) (i32.const ${i})) (then ${call} (br $answer)))`;
  });
  const read = NAMES.indexOf("wasi_snapshot_preview1.fd_read");
  const write = NAMES.indexOf("wasi_snapshot_preview1.fd_write");
  return `(module
    (import "cloudos" "memory" (memory 2 2))
    ${imports.join("\n")}
    (import "cloudos_v1" "sig_take" (func $take (result i32)))
    (func (export "_start")
      (i32.store (i32.const 0) (i32.const 8)) (i32.store (i32.const 4) (i32.const 4))
      (i32.store (i32.const 16) (i32.const 24)) (i32.store (i32.const 20) (i32.const 4))
      (loop $next
        (if (call $f${read} (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 12)) (then (drop (call $take)) (br $next)))
        (if (i32.eqz (i32.load (i32.const 12))) (then (return)))
        (block $answer
          ${cases.join("\n")})
        (drop (call $f${write} (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 12)))
        (br $next))))`;
}

/** Where results and data of the convenience calls go. */
const OUT = 512;
const IOVS = 1024;
const PATH = 4096;
const PATH2 = 8192;
export const DATA = 16384;

export class Driver {
  readonly host: Host;
  readonly pid: number;
  readonly #rings: readonly [number, number, number];

  protected constructor(host: Host, pid: number, rings: readonly [number, number, number]) {
    this.host = host;
    this.pid = pid;
    this.#rings = rings;
  }

  /** `out`: a ring for answers that several drivers share. */
  static async start(host: Host, request: Partial<SpawnRequest> = {}, out?: number): Promise<Driver> {
    if (!host.programs.has("/bin/driver")) host.program("/bin/driver", program());
    const answers = out ?? host.ring(4096, true);
    const rings = [host.ring(4096, false), answers, request.rings?.[2] ?? answers] as const;
    const token = host.spawn({ path: "/bin/driver", ...request, rings });
    await host.settle();
    const pid = host.spawned.get(token);
    if (pid === undefined || pid < 0) throw new Error(`Cannot spawn the driver: ${pid}`);
    return new Driver(host, pid, rings);
  }

  get view(): DataView {
    return new DataView(this.host.memories.get(this.pid)!.buffer);
  }
  get bytes(): Uint8Array {
    return new Uint8Array(this.host.memories.get(this.pid)!.buffer);
  }

  /** Makes the call without waiting for anything. */
  begin(call: Call, ...values: (number | bigint)[]): void {
    this.host.type(this.#rings[0], this.prepare(call, ...values));
  }
  /** Puts the arguments in place; returns the command that makes the program make the call. */
  protected prepare(call: Call, ...values: (number | bigint)[]): Uint8Array {
    for (const [i, letter] of [...CALLS[call]].entries()) {
      const value = values[i] ?? 0;
      this.view.setBigInt64(ARGUMENTS + 8 * i, BigInt.asIntN(letter === "l" ? 64 : 32, BigInt(value)), true);
    }
    return new Uint8Array(new Uint32Array([NAMES.indexOf(call)]).buffer);
  }
  /** The errno of the call, once it has returned. */
  answer(): number | undefined {
    const reply = this.host.taken(this.#rings[1], 4);
    return reply.length < 4 ? undefined : new DataView(reply.buffer).getUint32(0, true);
  }
  async call(call: Call, ...values: (number | bigint)[]): Promise<number> {
    this.begin(call, ...values);
    await this.host.settle();
    const errno = this.answer();
    if (errno === undefined) throw new Error(`${call} does not return`);
    return errno;
  }
  /** After its end. */
  freeRings(): void {
    for (const ring of new Set(this.#rings)) this.host.agent.ring_free(ring);
  }
  async exit(): Promise<void> {
    this.host.end(this.#rings[0]);
    await this.host.settle();
  }

  path(text: string | Uint8Array, at = PATH): [number, number] {
    const encoded = typeof text === "string" ? new TextEncoder().encode(text) : text;
    this.bytes.set(encoded, at);
    return [at, encoded.length];
  }
  path2(text: string): [number, number] {
    return this.path(text, PATH2);
  }
  u32(at = OUT): number {
    return this.view.getUint32(at, true);
  }
  u64(at = OUT): number {
    return Number(this.view.getBigUint64(at, true));
  }

  /** Descriptor or -errno. */
  async open(
    path: string,
    options: { oflags?: number; rights?: bigint; fdflags?: number; dir?: number; follow?: boolean } = {},
  ): Promise<number> {
    const rights = options.rights ?? (options.oflags && options.oflags & 2 ? 0x7bffe19n : 0x8e001ffn);
    const errno = await this.call(
      "wasi_snapshot_preview1.path_open",
      options.dir ?? 3,
      options.follow === false ? 0 : 1,
      ...this.path(path),
      options.oflags ?? 0,
      rights,
      rights,
      options.fdflags ?? 0,
      OUT,
    );
    return errno === 0 ? this.u32() : -errno;
  }
  iovs(parts: readonly (readonly [number, number])[]): [number, number] {
    for (const [i, [pointer, length]] of parts.entries()) {
      this.view.setUint32(IOVS + 8 * i, pointer, true);
      this.view.setUint32(IOVS + 8 * i + 4, length, true);
    }
    return [IOVS, parts.length];
  }
  /** Bytes written or -errno. */
  async write(fd: number, data: Uint8Array, offset?: number): Promise<number> {
    this.bytes.set(data, DATA);
    const iovs = this.iovs([[DATA, data.length]]);
    const errno =
      offset === undefined
        ? await this.call("wasi_snapshot_preview1.fd_write", fd, ...iovs, OUT)
        : await this.call("wasi_snapshot_preview1.fd_pwrite", fd, ...iovs, BigInt(offset), OUT);
    return errno === 0 ? this.u32() : -errno;
  }
  /** What was read, or -errno. */
  async read(fd: number, length: number, offset?: number): Promise<Uint8Array | number> {
    const iovs = this.iovs([[DATA, length]]);
    const errno =
      offset === undefined
        ? await this.call("wasi_snapshot_preview1.fd_read", fd, ...iovs, OUT)
        : await this.call("wasi_snapshot_preview1.fd_pread", fd, ...iovs, BigInt(offset), OUT);
    return errno === 0 ? this.bytes.slice(DATA, DATA + this.u32()) : -errno;
  }
  close(fd: number): Promise<number> {
    return this.call("wasi_snapshot_preview1.fd_close", fd);
  }
  async size(fd: number): Promise<number> {
    const errno = await this.call("wasi_snapshot_preview1.fd_filestat_get", fd, OUT);
    return errno === 0 ? this.u64(OUT + 32) : -errno;
  }
}
export { OUT };
