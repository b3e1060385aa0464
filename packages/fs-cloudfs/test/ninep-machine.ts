import { PagedBytes } from "../src/content/paged-bytes.ts";
import { type NinePOptions, NinePServer } from "../src/ninep/server.ts";
import { Tmpfs } from "../src/tmpfs/tmpfs.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";
import { MountTable } from "../src/vfs/mounts.ts";
import { NinePClient } from "./ninep-client.ts";

let clock = 1_700_000_000_000_000_000n;
export const nowNs = () => (clock += 1_000_000n);

export function newTmpfs(): Tmpfs {
  return new Tmpfs({ nowNs, rootMode: 0o755, memory: () => ({ totalBytes: 1e9, freeBytes: 1e9 }) });
}

/** A server over a whole file system, as a machine would get it. */
export function serverOver(fs: FileSystem, options: Partial<NinePOptions> = {}): NinePServer {
  const mount = options.mount ?? new MountTable(fs).root;
  return new NinePServer({
    mount,
    rootIno: mount.rootIno,
    bytes: new PagedBytes({ nowNs }),
    nowNs,
    onLog: (_level, text) => {
      throw new Error(text);
    },
    ...options,
  });
}

/** A client that has attached; `root` is its fid of the root directory. */
export async function attached(server: NinePServer, msize = 65536): Promise<{ client: NinePClient; root: number }> {
  const client = new NinePClient((message) => server.handle(message));
  await client.version(msize);
  return { client, root: await client.attach() };
}

export const text = (value: string) => new TextEncoder().encode(value);
