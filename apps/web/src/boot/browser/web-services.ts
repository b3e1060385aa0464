import type { ImageManifest } from "@cloudos/abi";
import { httpBlobs, Journal } from "@cloudos/fs-cloudfs";
import { BootError } from "../common/boot-error.ts";
import { makeServices } from "../common/make-services.ts";
import { mountRoot } from "../common/mount-root.ts";
import type { StartServices } from "../common/platform.ts";
import { openDisk } from "./disk.ts";

/** Services over a disk of the browser and the image beside the page. */
export const startWebServices: StartServices = async (board, config, onNotice) => {
  const imageUrl = new URL("image/", config.osUrl).href;
  const [manifest, disk] = await Promise.all([fetchManifest(imageUrl), openDisk(config, onNotice)]);
  return makeServices(board, {
    generation: config.generation,
    root: await mountRoot(disk, config, onNotice),
    image: { manifest, blobs: httpBlobs(imageUrl) },
    tmpJournal: new Journal(config.journals.tmp),
    onNotice,
    closeDisk: () => disk.close(),
  });
};

async function fetchManifest(imageUrl: string): Promise<ImageManifest> {
  const url = new URL("manifest.json", imageUrl);
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return (await response.json()) as ImageManifest;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BootError("download-failed", `Cannot load the system image from ${url}: ${reason}`, { cause });
  }
}
