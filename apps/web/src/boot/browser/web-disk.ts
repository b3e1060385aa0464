import { type BlockDevice, BlockError, type DiskOptions, type Notice } from "@cloudos/abi";
import { IdbBlockDevice, MemoryBlockDevice, OpfsBlockDevice } from "@cloudos/hal-wasm/block/index";
import { BootError } from "../common/boot-error.ts";

/** 4 GiB of 4 KiB blocks: what a file system may grow to. The browser's quota ends it earlier where it is smaller. */
const BLOCK_COUNT = 1 << 20;
/** 256 MiB, all of it in this tab's memory. */
const MEMORY_BLOCK_COUNT = 1 << 16;

/** Opens the disk of a machine in this browser. Rejects with a BootError that says what is in the way. */
export async function openWebDisk(options: DiskOptions, onNotice: (notice: Notice) => void): Promise<BlockDevice> {
  try {
    switch (options.kind) {
      case "indexeddb":
        return await IdbBlockDevice.open(options.name, {
          blockCount: BLOCK_COUNT,
          onLost: (error) => onNotice({ code: "disk-lost", text: error.message }),
        });
      case "opfs":
        return await OpfsBlockDevice.open(options.name, { blockCount: BLOCK_COUNT });
      case "memory":
        onNotice({ code: "disk-in-memory", text: "Files are kept in memory only: closing this tab deletes them." });
        return new MemoryBlockDevice(MEMORY_BLOCK_COUNT);
    }
  } catch (cause) {
    const busy = cause instanceof BlockError && cause.code === "blocked";
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BootError(busy ? "disk-busy" : "disk-failed", reason, { cause });
  }
}
