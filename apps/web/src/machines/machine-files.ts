import type { HostFiles, TreeExport } from "@cloudos/abi";
import type { SupervisedMachine } from "@cloudos/hal-wasm/machine/supervisor";
import type { MachineFiles, RootExport, RootSpec } from "@cloudos/runtime";
import * as Comlink from "comlink";

/** File systems of machines, served by the OS's file service. */
export class ServedFiles implements MachineFiles {
  readonly #files: HostFiles;
  readonly #imagesUrl: string;
  readonly #exports = new Map<string, TreeExport>();

  constructor(files: HostFiles, imagesUrl: string) {
    this.#files = files;
    this.#imagesUrl = imagesUrl;
  }

  async exportRoot(root: RootSpec): Promise<RootExport> {
    const { name, writable, fids } = root;
    const blobsUrl = this.#imagesUrl;
    const layers = root.layers.map(({ path, id }) => ({ treeUrl: new URL(path, blobsUrl).href, blobsUrl, id }));
    const tree: TreeExport = { name, writable, layers, fids };
    const port = await this.#serve(tree);
    this.#exports.set(name, { ...tree, fids: null });
    return {
      port,
      exportFids: () => this.#files.exportedFids(name),
      close: () => {
        this.#exports.delete(name);
        void this.#files.endExport(name).catch(() => undefined);
      },
    };
  }

  /** The file service was restarted: this machine's session goes on at its successor. */
  async reconnect(name: string, device: SupervisedMachine): Promise<void> {
    const tree = this.#exports.get(name);
    if (tree !== undefined) device.reconnectNineP(await this.#serve(tree));
  }

  copyWritable(from: string, to: string): Promise<void> {
    return this.#files.copyTree(from, to);
  }

  packWritable(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#files.packTree(path);
  }
  unpackWritable(path: string, bytes: Uint8Array): Promise<void> {
    return this.#files.unpackTree(path, bytes);
  }

  async #serve(tree: TreeExport): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel();
    await this.#files.exportTree(tree, Comlink.transfer(port1, [port1]));
    return port2;
  }
}
