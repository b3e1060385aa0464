import { EBUSY, ENOENT } from "@cloudos/abi/errno";
import { FileError, type TreeExport } from "@cloudos/abi/machine";
import { PagedBytes } from "../content/paged-bytes.ts";
import { serveNineP } from "../ninep/serve-port.ts";
import { NinePServer } from "../ninep/server.ts";
import { Overlay } from "../overlay/overlay.ts";
import { settle } from "../vfs/errors.ts";
import { MountTable } from "../vfs/mounts.ts";
import * as operations from "../vfs/operations.ts";
import { Place } from "../vfs/walk.ts";
import type { FileService } from "./file-service.ts";
import { wallNs } from "./requests.ts";

interface Served {
  readonly writable: string;
  readonly server: NinePServer;
  close(): void;
}

/** Directories that machines have as their file systems. */
export class TreeExports {
  readonly #service: FileService;
  readonly #served = new Map<string, Served>();
  /** Of overlays: no program sees them, so nobody else caches their files. */
  readonly #bytes: PagedBytes;

  constructor(service: FileService) {
    this.#service = service;
    this.#bytes = new PagedBytes({ nowNs: () => wallNs(service.clock) });
  }

  /** An export of that name is replaced. Two machines on one writable directory would destroy it. */
  async export(tree: TreeExport, port: MessagePort): Promise<void> {
    for (const [name, { writable }] of this.#served) {
      if (name === tree.name || writable !== tree.writable) continue;
      throw new FileError(EBUSY, `Cannot export "${tree.writable}" to "${tree.name}": "${name}" has it`);
    }
    this.close(tree.name);
    const server =
      tree.layers.length === 0 ? await this.#service.newNinePServer(tree.writable) : await this.#serveOverlay(tree);
    if (tree.fids !== null) await server.import(tree.fids);
    this.#served.set(tree.name, {
      writable: tree.writable,
      server,
      ...serveNineP(port, server, { onRequest: () => this.#service.guestAsked() }),
    });
  }

  /** The guest's open files, for a snapshot; the machine must be paused. */
  async fids(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const served = this.#served.get(name);
    if (served === undefined) throw new FileError(ENOENT, `Cannot save open files: nothing is exported as "${name}"`);
    return served.server.export();
  }

  close(name: string): void {
    this.#served.get(name)?.close();
    this.#served.delete(name);
  }

  async #serveOverlay(tree: TreeExport): Promise<NinePServer> {
    const layers = await Promise.all(tree.layers.map((layer) => this.#service.layers.get(layer)));
    for (const [index, { prefetch }] of tree.layers.entries()) if (prefetch) void layers[index]!.prefetch(prefetch);
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
