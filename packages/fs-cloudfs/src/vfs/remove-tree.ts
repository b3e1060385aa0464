import { FILETYPE_DIRECTORY } from "@cloudos/abi/wasi";
import { settle } from "./errors.ts";
import type { FileSystem } from "./file-system.ts";

/**
 * Empties a directory, whoever owns what is in it: the host deletes what a machine's root user has made. `onOrphan` hears of files whose
 * last name went and frees them.
 */
export async function emptyTree(fs: FileSystem, dir: number, onOrphan: (ino: number) => void): Promise<void> {
  const entries: { name: string; ino: number; type: number }[] = [];
  await settle(() => {
    entries.length = 0;
    fs.readdir(dir, 0, (name, ino, type) => entries.push({ name, ino, type }) > 0);
  });
  for (const { name, ino, type } of entries) {
    if (type === FILETYPE_DIRECTORY) {
      await emptyTree(fs, ino, onOrphan);
      await settle(() => fs.rmdir(dir, name));
    } else {
      const orphan = await settle(() => fs.unlink(dir, name));
      if (orphan !== 0) onOrphan(orphan);
    }
  }
}
