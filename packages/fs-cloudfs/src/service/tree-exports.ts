import { ENOENT, ENOTSUP } from "@cloudos/abi/errno";
import { FileError, type TreeExport } from "@cloudos/abi/machine";
import { serveNineP } from "../ninep/serve-port.ts";
import type { NinePServer } from "../ninep/server.ts";
import type { FileService } from "./file-service.ts";

interface Served {
  readonly server: NinePServer;
  close(): void;
}

/** Directories that machines have as their file systems. */
export class TreeExports {
  readonly #service: FileService;
  readonly #served = new Map<string, Served>();

  constructor(service: FileService) {
    this.#service = service;
  }

  /** An export of that name is replaced. */
  async export(tree: TreeExport, port: MessagePort): Promise<void> {
    if (tree.layers.length > 0) {
      throw new FileError(ENOTSUP, `Cannot export "${tree.name}": layers of images are not supported yet`);
    }
    const server = await this.#service.newNinePServer(tree.writable);
    if (tree.fids !== null) await server.import(tree.fids);
    this.close(tree.name);
    this.#served.set(tree.name, { server, ...serveNineP(port, server) });
  }

  /** The guest's open files, for a snapshot; the machine must be paused. */
  async fids(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const served = this.#served.get(name);
    if (served === undefined) throw new FileError(ENOENT, `Cannot save open files: nothing is exported as "${name}"`);
    await served.server.settled();
    return served.server.export();
  }

  close(name: string): void {
    this.#served.get(name)?.close();
    this.#served.delete(name);
  }
}
