import type { HostFiles } from "@cloudos/abi";

export interface DroppedFile {
  /** Relative path, with folders: "photos/cat.png". */
  readonly path: string;
  readonly file: File;
}

/** Everything in a drop, folders walked. Must be called in the event's own turn: the items die with it. */
export async function filesOfDrop(transfer: DataTransfer): Promise<readonly DroppedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, file }));
  const found: DroppedFile[] = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

async function walk(entry: FileSystemEntry, parent: string, found: DroppedFile[]): Promise<void> {
  const path = parent + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // readEntries hands out at most 100 at a time (File and Directory Entries API); an empty batch is the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, `${path}/`, found);
  }
}

/** Copies files into the machine below `directory`, making folders on the way, and makes them durable. */
export async function copyIn(files: HostFiles, directory: string, dropped: readonly DroppedFile[]): Promise<void> {
  for (const { path, file } of dropped) {
    const slash = path.lastIndexOf("/");
    if (slash > 0) await files.mkdir(`${directory}/${path.slice(0, slash)}`, { recursive: true });
    await files.writeFile(`${directory}/${path}`, new Uint8Array(await file.arrayBuffer()), 0o644);
  }
  await files.sync();
}
