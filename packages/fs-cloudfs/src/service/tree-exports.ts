import { EBUSY, ENOENT } from "@cloudos/abi/errno";
import { FileError, type HostFiles, type TreeExport, type TreeLayer } from "@cloudos/abi/machine";
import { PagedBytes } from "../content/paged-bytes.ts";
import { serveNineP } from "../ninep/serve-port.ts";
import { NinePServer } from "../ninep/server.ts";
import { Overlay } from "../overlay/overlay.ts";
import { settle } from "../vfs/errors.ts";
import { MountTable } from "../vfs/mounts.ts";
import * as operations from "../vfs/operations.ts";
import { Place } from "../vfs/walk.ts";
import type { FileService } from "./file-service.ts";
import { LearnedPrefetch } from "./learned-prefetch.ts";
import { wallNs } from "./requests.ts";

interface Served {
  readonly writable: string;
  readonly layers: readonly TreeLayer[];
  readonly server: NinePServer;
  close(): void;
}

/** Directories that machines have as their file systems. */
export class TreeExports {
  readonly #service: FileService;
  readonly #served = new Map<string, Served>();
  /** Who has a writable directory, from the moment somebody asks for it. */
  readonly #holders = new Map<string, string>();
  /** Of overlays: no program sees them, so nobody else caches their files. */
  readonly #bytes: PagedBytes;
  readonly #prefetch: LearnedPrefetch;

  constructor(service: FileService, files: HostFiles) {
    this.#service = service;
    this.#prefetch = new LearnedPrefetch(files);
    this.#bytes = new PagedBytes({ nowNs: () => wallNs(service.clock) });
  }

  /** An export of that name is replaced. Two machines on one writable directory would destroy it. */
  async export(tree: TreeExport, port: MessagePort): Promise<void> {
    const { name, writable, layers } = tree;
    const holder = this.#holders.get(writable);
    if (holder !== undefined && holder !== name) {
      throw new FileError(EBUSY, `Cannot export "${writable}" to "${name}": "${holder}" has it`);
    }
    this.close(name);
    this.#holders.set(writable, name);
    try {
      const server =
        layers.length === 0 ? await this.#service.newNinePServer(writable) : await this.#serveOverlay(tree);
      // The machine hears of the fids that are imported with its first reply: a successor of this service will ask it for them.
      server.trackFids();
      if (tree.fids !== null) await server.import(tree.fids);
      const served = serveNineP(port, server, { onRequest: () => this.#service.guestAsked() });
      this.#served.set(name, { writable, layers, server, ...served });
    } catch (error) {
      this.#holders.delete(writable);
      throw error;
    }
  }

  /** The guest's open files, for a snapshot; the machine must be paused. */
  async fids(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const served = this.#served.get(name);
    if (served === undefined) throw new FileError(ENOENT, `Cannot save open files: nothing is exported as "${name}"`);
    const fids = await served.server.export();
    await this.#learn(served.layers);
    return fids;
  }

  close(name: string): void {
    const served = this.#served.get(name);
    if (served === undefined) return;
    served.close();
    this.#served.delete(name);
    this.#holders.delete(served.writable);
    void this.#learn(served.layers);
  }

  async #learn(layers: readonly TreeLayer[]): Promise<void> {
    for (const layer of layers) {
      const { id } = layer;
      if (id !== undefined)
        await this.#service.layers.get(layer).then(
          (tree) => this.#prefetch.learn(id, tree),
          () => undefined,
        );
    }
  }

  async #serveOverlay(tree: TreeExport): Promise<NinePServer> {
    const layers = await Promise.all(tree.layers.map((layer) => this.#service.layers.get(layer)));
    for (const [index, { id, prefetch }] of tree.layers.entries()) {
      if (id !== undefined) void this.#prefetch.fetch(id, layers[index]!, prefetch);
    }
    const place = new Place();
    await settle(() => {
      this.#service.vfs.walkFromRoot(tree.writable, true, place);
      operations.existing(place);
    });
    const overlay = await Overlay.open({
      lower: layers.map((fs) => ({ fs, ino: fs.rootIno })),
      upper: { fs: place.mount.fs, ino: place.ino },
      source: tree.name,
    });
    const mount = new MountTable(overlay).root;
    return new NinePServer({
      mount,
      rootIno: mount.rootIno,
      bytes: this.#bytes,
      nowNs: () => wallNs(this.#service.clock),
      onLog: (level, text) => this.#service.log(level, `${tree.name}: ${text}`),
    });
  }
}
