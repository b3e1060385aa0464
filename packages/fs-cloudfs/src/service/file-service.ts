import { EFAULT, EINVAL, ENODEV, ENOSPC, ENOTDIR } from "@cloudos/abi/errno";
import type { KernelExports } from "@cloudos/abi/kernel-interface";
import { CORE_O_DOORBELL, coreBlock, VFS_SLOT_COUNT } from "@cloudos/abi/layout";
import type { HostFiles, Notice } from "@cloudos/abi/machine";
import { AGENT_VFS, PAGE_SIZE } from "@cloudos/abi/params";
import { BlockError, type Clock } from "@cloudos/abi/ports";
import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import type { FileBytes } from "../content/file-bytes.ts";
import type { Imagefs } from "../imagefs/imagefs.ts";
import type { Journal } from "../journal/journal.ts";
import { ModuleStore, type ResolvedModule, type Rewrite } from "../modules/module-store.ts";
import { type NinePOptions, NinePServer } from "../ninep/server.ts";
import { Tmpfs } from "../tmpfs/tmpfs.ts";
import { fail, Miss, settle } from "../vfs/errors.ts";
import type { FileSystem, ProgressSink } from "../vfs/file-system.ts";
import { type Mount, nodeId } from "../vfs/mounts.ts";
import * as operations from "../vfs/operations.ts";
import { Vfs } from "../vfs/vfs.ts";
import { Place } from "../vfs/walk.ts";
import { CachedBytes } from "./cached-bytes.ts";
import { Content } from "./content.ts";
import { handlerOf } from "./dispatch.ts";
import { errnoOf, isUnexpected } from "./errno-of.ts";
import { HardwareView } from "./hardware-view.ts";
import { ServiceHostFiles } from "./host-files.ts";
import { KernelMemory } from "./kernel-memory.ts";
import { KernelProcessTable } from "./kernel-process-table.ts";
import { LayerCache } from "./layer-cache.ts";
import { NodeNames } from "./node-names.ts";
import { PageCache } from "./page-cache.ts";
import { type Context, wallNs } from "./requests.ts";
import { Slot } from "./slot.ts";
import { TraceText } from "./trace.ts";
import { WriteBack } from "./write-back.ts";

/** Changes are committed when nothing was asked for this long: what a crash can take is what is under way. */
const QUIET_MS = 50;
/** Under steady load they wait at most this long: a burst of writes becomes one commit. */
const WRITE_BACK_MS = 1000;
/** Looking means a pass over the kernel's table of files: not at every request. */
const LOOK_MS = 20;
/** While machines asked for files this recently, the thread does not block. */
const GUEST_MS = 20;
/** After a commit that failed the next try waits: a full or lost disk does not change by the millisecond. */
const RETRY_MS = 5000;
/** When this part of memory is dirty it is written back at once: clean pages are what the kernel can reclaim. */
const DIRTY_SHARE = 0.25;

export type NinePServiceOptions = Pick<NinePOptions, "readOnly" | "msizeMax" | "fidsMax" | "defaultUid">;

export interface FileServiceOptions {
  /** The service's own kernel instance (core_init(AGENT_VFS) done). */
  readonly kernel: KernelExports;
  readonly memory: WebAssembly.Memory;
  readonly clock: Clock;
  /** The file system at `/`. */
  readonly root: FileSystem;
  readonly image: Imagefs | undefined;
  readonly rewrite: Rewrite;
  /** How many services of this machine there were before. */
  readonly generation?: number;
  /** Keeps the tree of /tmp for a successor of this service. */
  readonly tmpJournal?: Journal;
  readonly onNotice?: (notice: Notice) => void;
  readonly onLog?: (level: "info" | "warn" | "error", text: string) => void;
}

/** Answers the kernel's file requests. `mount-system.ts` gives it its mounts, then `run` or `poll` drive it. */
export class FileService implements Context {
  readonly vfs: Vfs;
  readonly cache: PageCache;
  readonly content: Content;
  readonly writeBack: WriteBack;
  readonly modules: ModuleStore;
  readonly names: NodeNames;
  readonly clock: Clock;
  readonly processes: KernelProcessTable;
  readonly trace: TraceText;
  readonly files: HostFiles;
  /** Files as machines read and write them. */
  readonly bytes: FileBytes;
  readonly layers: LayerCache;
  readonly hardware: HardwareView;
  readonly #kernel: KernelExports;
  readonly #memory: KernelMemory;
  readonly #options: FileServiceOptions;
  readonly #slots: Slot[];
  readonly #doorbells: () => Int32Array;
  /** Requests taken and not answered: their files are being read or written. */
  #underWay = 0;
  #dirtySinceUs = -1;
  #lastRequestUs = 0;
  #lastGuestUs = -1e9;
  /** When to look for something to write back again. */
  #nextLookUs = 0;
  #writingBack = false;
  #diskFullTold = false;
  #stopped = false;

  constructor(options: FileServiceOptions) {
    this.#options = options;
    this.#kernel = options.kernel;
    this.clock = options.clock;
    this.#memory = new KernelMemory(options.memory);
    this.#doorbells = () => new Int32Array(options.memory.buffer);
    this.#slots = Array.from({ length: VFS_SLOT_COUNT }, (_, index) => new Slot(this.#memory, index));
    this.vfs = new Vfs(options.root);
    this.vfs.mounts.root.system = true;
    this.cache = new PageCache(options.kernel, this.#memory);
    this.content = new Content(this.cache);
    this.hardware = new HardwareView(this.cache);
    this.writeBack = new WriteBack(this.vfs, this.cache);
    this.modules = new ModuleStore(options.image, this.content, options.rewrite, options.generation ?? 0);
    this.layers = new LayerCache((text) => this.log("warn", text));
    this.bytes = new CachedBytes(this.cache, this.writeBack, () => wallNs(this.clock));
    this.names = new NodeNames(this.vfs);
    this.files = new ServiceHostFiles(this);
    this.trace = new TraceText(options.kernel, this.#memory);
    this.processes = new KernelProcessTable(options.kernel, this.#memory, options.clock);
  }

  get tmpJournal(): Journal | undefined {
    return this.#options.tmpJournal;
  }

  /** Tells the kernel that requests are answered from now on. */
  attach(): void {
    const root = this.vfs.mounts.root;
    this.#kernel.vfs_attach();
    this.#kernel.vfs_set_root(BigInt.asIntN(64, nodeId(root.id, root.rootIno)));
  }

  /**
   * Serves until `stop`. `wait` returns when the doorbell word of AGENT_VFS is not zero, or after `timeoutMs`; how a thread
   * waits is the board's business. It may block the thread when `mayBlock`: another request is likely, and nothing under way
   * needs the event loop.
   */
  async run(wait: (timeoutMs: number, mayBlock: boolean) => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      const taken = this.poll();
      // A machine's requests come through the event loop.
      const guestsAsk = this.clock.nowUs() - this.#lastGuestUs < GUEST_MS * 1000;
      const mayBlock = !guestsAsk && taken > 0 && this.#underWay === 0 && !this.#writingBack;
      await wait(taken > 0 || this.#dirtySinceUs >= 0 ? QUIET_MS : WRITE_BACK_MS / 2, mayBlock);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** A machine sent a request: more will follow. */
  guestAsked(): void {
    this.#lastGuestUs = this.clock.nowUs();
  }

  /** Serves what is queued and starts a write-back that is due. Returns how many requests were taken. */
  poll(): number {
    this.#memory.refresh();
    // ORDER: the bell is cleared before the queue is looked at, so a request queued meanwhile rings again.
    Atomics.exchange(this.#doorbells(), (coreBlock(AGENT_VFS) + CORE_O_DOORBELL) >> 2, 0);
    let taken = 0;
    for (let index = this.#kernel.vfs_next(); index >= 0; index = this.#kernel.vfs_next()) {
      this.#underWay++;
      this.#serve(this.#slots[index]!);
      taken++;
    }
    if (taken > 0) this.#lastRequestUs = this.clock.nowUs();
    this.#writeBackWhenDue();
    return taken;
  }

  resolveModule(id: number, onProgress: ProgressSink): Promise<ResolvedModule> {
    return this.modules.resolve(id, onProgress);
  }

  /** A 9P server for a machine whose root is the directory `path`. Rejects with FsError. */
  async newNinePServer(path: string, options: NinePServiceOptions = {}): Promise<NinePServer> {
    const place = new Place();
    await settle(() => {
      this.vfs.walkFromRoot(path, true, place);
      if (operations.existing(place).type !== FILETYPE_DIRECTORY) fail(ENOTDIR);
    });
    return new NinePServer({
      ...options,
      mount: place.mount,
      rootIno: place.ino,
      bytes: this.bytes,
      nowNs: () => wallNs(this.clock),
      onLog: (level, text) => this.log(level, text),
    });
  }

  makeFileSystem(type: string): FileSystem {
    if (type !== "tmpfs") fail(ENODEV);
    return this.newTmpfs(0o755);
  }

  newTmpfs(rootMode: number, source = "tmpfs", journal?: Journal): Tmpfs {
    return new Tmpfs({
      ...(journal && { journal }),
      nowNs: () => wallNs(this.clock),
      rootMode,
      source,
      memory: () => this.#memoryForTmpfs(),
    });
  }

  /** The kernel lets such content take half of memory; clean pages of other files make way for it. */
  #memoryForTmpfs(): { totalBytes: number; freeBytes: number } {
    const memory = this.processes.memory();
    const totalBytes = memory.totalBytes / 2;
    const available = memory.freeBytes + memory.cacheBytes - memory.pinnedBytes - memory.dirtyBytes;
    return { totalBytes, freeBytes: Math.max(0, Math.min(available, totalBytes - memory.pinnedBytes)) };
  }

  async unmount(mount: Mount): Promise<void> {
    await this.writeBack.all();
    this.vfs.mounts.detach(mount);
    for (const fs of this.vfs.mounts.fileSystems()) if (fs === mount.fs) return;
    for (const ino of mount.fs.pinnedFiles()) this.cache.drop(nodeId(mount.fsId, ino));
  }

  fillFrame(address: number, bytes: Uint8Array): void {
    if (address === 0 || address % PAGE_SIZE !== 0 || bytes.length > PAGE_SIZE) fail(EFAULT);
    this.#memory.reach(address + PAGE_SIZE);
    this.#memory.bytes.set(bytes, address);
    if (bytes.length < PAGE_SIZE) this.#memory.bytes.fill(0, address + bytes.length, address + PAGE_SIZE);
  }

  progress(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: progress lines carry terminal control sequences
    const plain = text.replace(/\r|\x1b\[K/g, "");
    if (plain !== "") this.log("info", plain);
  }

  log(level: "info" | "warn" | "error", text: string): void {
    this.#options.onLog?.(level, text);
  }

  /** One request. Whatever goes wrong ends in the errno of this request alone. */
  #serve(slot: Slot): void {
    this.#memory.refresh();
    try {
      this.vfs.callerPid = slot.pid;
      const pending = handlerOf(slot.op)(this, slot);
      if (pending === undefined) this.#complete(slot, 0);
      else
        pending.then(
          () => this.#complete(slot, 0),
          (error) => this.#settle(slot, error),
        );
    } catch (error) {
      this.#settle(slot, error);
    }
  }

  #settle(slot: Slot, error: unknown): void {
    if (error instanceof Miss) {
      error.ready.then(
        () => this.#serve(slot),
        (reason) => this.#settle(slot, reason),
      );
      return;
    }
    if (isUnexpected(error)) this.#report(`Request ${slot.op} of process ${slot.pid}`, error);
    this.#complete(slot, errnoOf(error) || EINVAL);
  }

  #complete(slot: Slot, errno: number): void {
    this.#underWay--;
    this.#memory.refresh();
    slot.finish(errno);
    this.#kernel.vfs_complete(slot.index);
  }

  #writeBackWhenDue(): void {
    const nowUs = this.clock.nowUs();
    if (this.#writingBack || nowUs < this.#nextLookUs) return;
    this.#nextLookUs = nowUs + LOOK_MS * 1000;
    if (this.#dirtySinceUs < 0) {
      if (this.writeBack.pending) this.#dirtySinceUs = nowUs;
      return;
    }
    const isQuiet = nowUs - this.#lastRequestUs >= QUIET_MS * 1000 && nowUs - this.#dirtySinceUs >= QUIET_MS * 1000;
    if (!isQuiet && nowUs - this.#dirtySinceUs < WRITE_BACK_MS * 1000 && !this.#memoryIsShort()) return;
    this.#writingBack = true;
    this.#dirtySinceUs = -1;
    this.writeBack
      .all()
      .then(
        () => {
          this.#diskFullTold = false;
        },
        (error) => this.#writeBackFailed(error),
      )
      .finally(() => {
        this.#writingBack = false;
      });
  }

  #memoryIsShort(): boolean {
    const memory = this.processes.memory();
    return memory.dirtyBytes > memory.totalBytes * DIRTY_SHARE;
  }

  /** The pages stay dirty and are tried again; fsync reports the error to whoever asks. */
  #writeBackFailed(error: unknown): void {
    this.#nextLookUs = this.clock.nowUs() + RETRY_MS * 1000;
    if (errnoOf(error) !== ENOSPC) {
      this.#report("Write-back", error);
      return;
    }
    if (this.#diskFullTold) return;
    this.#diskFullTold = true;
    const text =
      error instanceof BlockError
        ? "The browser gives this site no more storage: recent changes are only in memory. Free space on this device, or download what you need"
        : "The disk is full: recent changes are only in memory. Delete files to make room, then run sync";
    this.#options.onNotice?.({ code: "disk-full", text });
    this.log("warn", text);
  }

  #report(what: string, error: unknown): void {
    this.log("error", `${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
