import type { FileSystem } from "../vfs/file-system.ts";

/** How many fids, of all servers, stand for a file. One without a name is freed when the last of them goes. */
const holders = new WeakMap<FileSystem, Map<number, number>>();

export function hold(fs: FileSystem, ino: number): void {
  let files = holders.get(fs);
  if (files === undefined) {
    files = new Map();
    holders.set(fs, files);
  }
  files.set(ino, (files.get(ino) ?? 0) + 1);
}

/** True when that was the last one. */
export function letGo(fs: FileSystem, ino: number): boolean {
  const files = holders.get(fs);
  const count = (files?.get(ino) ?? 1) - 1;
  if (count > 0) files?.set(ino, count);
  else files?.delete(ino);
  return count <= 0;
}

export function isHeld(fs: FileSystem, ino: number): boolean {
  return (holders.get(fs)?.get(ino) ?? 0) > 0;
}
