import type { BlockDevice, DiskOptions } from "@cloudos/abi";
import { PAGE_SIZE } from "@cloudos/abi/params";
import { FILETYPE_DIRECTORY, FILETYPE_SYMBOLIC_LINK } from "@cloudos/abi/wasi";
import { Cloudfs } from "@cloudos/fs-cloudfs/cloudfs/cloudfs";
import { settle } from "@cloudos/fs-cloudfs/vfs/errors";
import { IdbBlockDevice, OpfsBlockDevice } from "@cloudos/hal-wasm/block/index";
import type { Zippable } from "fflate";
import { DISK_BLOCKS } from "./browser/disk.ts";

/** Unix mode bits sit in the upper half of a zip entry's external attributes (APPNOTE 4.4.15; "made by" 3 is Unix, 4.4.2). */
const MADE_BY_UNIX = 3;
const UNIX_SYMLINK = 0o120000;
const UNIX_FILE = 0o100000;
const PAGES_AT_ONCE = 256;

/**
 * The disk's files as a zip archive, read without a kernel: for when there is none any more. Nothing is written to the disk.
 * Rejects when it cannot be opened or its checksums do not hold.
 */
export async function saveDisk(disk: DiskOptions): Promise<Blob> {
  const device = await openDisk(disk);
  try {
    const files = await Cloudfs.mount(device, { nowNs: () => BigInt(Date.now()) * 1_000_000n });
    const archive: Zippable = {};
    await addDirectory(files, files.rootIno, "", archive);
    const { zip } = await import("fflate");
    return await new Promise((resolve, reject) => {
      zip(archive, { level: 6 }, (error, data) =>
        error === null ? resolve(new Blob([new Uint8Array(data)])) : reject(error),
      );
    });
  } finally {
    await device.close();
  }
}

function openDisk(disk: DiskOptions): Promise<BlockDevice> {
  const options = { blockCount: DISK_BLOCKS, readOnly: true };
  if (disk.kind === "indexeddb") return IdbBlockDevice.open(disk.name, options);
  if (disk.kind === "opfs") return OpfsBlockDevice.open(disk.name, options);
  throw new Error("Cannot save the files: they were kept in memory only");
}

async function addDirectory(files: Cloudfs, directory: number, path: string, archive: Zippable): Promise<void> {
  for (const { name, ino } of await entriesOf(files, directory)) {
    const { type, mode, size } = await settle(() => files.attributes(ino));
    const full = path + name;
    if (type === FILETYPE_DIRECTORY) {
      archive[`${full}/`] = new Uint8Array();
      await addDirectory(files, ino, `${full}/`, archive);
    } else if (type === FILETYPE_SYMBOLIC_LINK) {
      const target = new TextEncoder().encode(await settle(() => files.readlink(ino)));
      archive[full] = [target, { os: MADE_BY_UNIX, attrs: ((UNIX_SYMLINK | 0o777) << 16) >>> 0 }];
    } else {
      archive[full] = [
        await contentOf(files, ino, size),
        { os: MADE_BY_UNIX, attrs: ((UNIX_FILE | mode) << 16) >>> 0 },
      ];
    }
  }
}

async function entriesOf(files: Cloudfs, directory: number): Promise<readonly { name: string; ino: number }[]> {
  return settle(() => {
    const entries: { name: string; ino: number }[] = [];
    files.readdir(directory, 0, (name, ino) => {
      if (name !== "." && name !== "..") entries.push({ name, ino });
      return true;
    });
    return entries;
  });
}

async function contentOf(files: Cloudfs, ino: number, size: number): Promise<Uint8Array> {
  const content = new Uint8Array(size);
  const pages = Math.ceil(size / PAGE_SIZE);
  for (let first = 0; first < pages; first += PAGES_AT_ONCE) {
    await files.readPages(ino, first, Math.min(PAGES_AT_ONCE, pages - first), (index, bytes) => {
      const at = index * PAGE_SIZE;
      content.set(bytes.subarray(0, Math.min(bytes.length, size - at)), at);
    });
  }
  return content;
}
