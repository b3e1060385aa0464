import { type BlockDevice, BlockError, type Notice } from "@cloudos/abi";
import { IdbBlockDevice, MemoryBlockDevice, OpfsBlockDevice } from "@cloudos/hal-wasm/block/index";
import { BootError } from "../common/boot-error.ts";
import type { StorageConfig } from "../common/services-protocol.ts";

/** 4 GiB of address space. Blocks take room only once written; the browser's quota is the real limit. */
export const DISK_BLOCKS = 1_048_576;

/** The block device behind `/`: the kind asked for or none. Rejects with a BootError that says what is in the way. */
export async function openDisk(config: StorageConfig, onNotice: (notice: Notice) => void): Promise<BlockDevice> {
  try {
    return await open(config, onNotice);
  } catch (cause) {
    const busy = cause instanceof BlockError && cause.code === "blocked";
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BootError(busy ? "disk-busy" : "disk-failed", reason, { cause });
  }
}

async function open(config: StorageConfig, onNotice: (notice: Notice) => void): Promise<BlockDevice> {
  const { disk, contents } = config;
  switch (disk.kind) {
    case "memory":
      // The plan makes contents for this kind.
      return new MemoryBlockDevice(contents!);
    case "opfs":
      return OpfsBlockDevice.open(disk.name, { blockCount: DISK_BLOCKS });
    case "indexeddb":
      return IdbBlockDevice.open(disk.name, {
        blockCount: DISK_BLOCKS,
        onLost: (error) => onNotice({ code: "disk-lost", text: lostText(error) }),
      });
  }
}

function lostText(error: BlockError): string {
  return `${error.message}. Files changed from now on are not kept: download what you need, then reload.`;
}
