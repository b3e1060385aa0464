import { settle } from "../vfs/errors.ts";
import type { FileData } from "./file-data.ts";
import type { Volume } from "./volume.ts";

/** Items removed between two looks at other work. */
const BATCH = 512;

/** Takes an inode and all that belongs to it out of the tree. */
export async function removeInode(volume: Volume, data: FileData, ino: number): Promise<void> {
  await data.removeAll(ino);
  for (;;) {
    const lows: number[] = [];
    await settle(() => {
      lows.length = 0;
      volume.tree.scan(ino, 0, ino + 1, 0, (_ino, low) => lows.push(low) < BATCH);
    });
    if (lows.length === 0) return;
    for (const low of lows) await settle(() => volume.tree.remove(ino, low));
  }
}
