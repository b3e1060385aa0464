import type { BlockDevice, Notice } from "@cloudos/abi";
import { Cloudfs, Journal } from "@cloudos/fs-cloudfs";
import { BootError } from "./boot-error.ts";
import type { StorageConfig } from "./services-protocol.ts";

/** Mounts `/` on its disk; a disk that is new is formatted. */
export async function mountRoot(
  disk: BlockDevice,
  config: StorageConfig,
  onNotice: (notice: Notice) => void,
): Promise<Cloudfs> {
  let root: Cloudfs;
  try {
    root = await Cloudfs.mount(disk, {
      format: true,
      nowNs: () => BigInt(Date.now()) * 1_000_000n,
      journal: new Journal(config.journals.root),
      restarted: config.generation > 0,
    });
  } catch (cause) {
    await disk.close();
    throw new BootError("disk-failed", cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (root.readOnly) {
    onNotice({
      code: "disk-read-only",
      text: "The disk was written by a newer CloudOS: files can be read, not changed.",
    });
  }
  return root;
}
