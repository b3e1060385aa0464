import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ImageManifest } from "@cloudos/abi";
import { Journal } from "@cloudos/fs-cloudfs";
import { directoryBlobs } from "@cloudos/fs-cloudfs/node/directory-blobs";
import { MemoryBlockDevice } from "@cloudos/hal-wasm/block/memory-block-device";
import { makeServices } from "../../apps/web/src/boot/common/make-services.ts";
import { mountRoot } from "../../apps/web/src/boot/common/mount-root.ts";
import type { StartServices } from "../../apps/web/src/boot/common/platform.ts";

/** Services over a RAM disk and the image in build/image. */
export const startNodeServices: StartServices = async (board, config, onNotice) => {
  const imageDirectory = fileURLToPath(new URL("image/", config.osUrl));
  const manifest = JSON.parse(await readFile(`${imageDirectory}manifest.json`, "utf8")) as ImageManifest;
  // The plan makes contents for a disk in memory.
  const disk = new MemoryBlockDevice(config.contents!);
  return makeServices(board, {
    generation: config.generation,
    root: await mountRoot(disk, config, onNotice),
    image: { manifest, blobs: directoryBlobs(imageDirectory) },
    tmpJournal: new Journal(config.journals.tmp),
    onNotice,
    closeDisk: () => disk.close(),
  });
};
