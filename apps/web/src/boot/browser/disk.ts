import type { BlockDevice, BlockError, DiskOptions, Notice } from "@cloudos/abi";
import { IdbBlockDevice, MemoryBlockDevice, OpfsBlockDevice } from "@cloudos/hal-wasm/block/index";

/** 4 GiB of address space. Blocks take room only once written; the browser's quota is the real limit. */
export const DISK_BLOCKS = 1_048_576;

export interface DiskEvents {
  readonly onNotice: (notice: Notice) => void;
}

/** The block device behind `/`. Rejects with BlockError. `DiskOptions.kind` decides; nothing is fallen back to silently. */
export async function openDisk(disk: DiskOptions, events: DiskEvents): Promise<BlockDevice> {
  switch (disk.kind) {
    case "memory":
      return new MemoryBlockDevice({ blockCount: DISK_BLOCKS });
    case "opfs":
      return OpfsBlockDevice.open(disk.name, { blockCount: DISK_BLOCKS });
    case "indexeddb":
      return IdbBlockDevice.open(disk.name, {
        blockCount: DISK_BLOCKS,
        onLost: (error) => events.onNotice({ code: "disk-lost", text: lostText(error) }),
      });
  }
}

function lostText(error: BlockError): string {
  return `${error.message}. Files changed from now on are not kept: download what you need, then reload.`;
}
