import { type HostFiles, type PackItem, readPack, writePack } from "@cloudos/abi";

/** Fills a fresh in-memory mount at `guest` from a pack. A pack of one entry with the empty path is a single file. */
export async function fillMount(files: HostFiles, guest: string, pack: Uint8Array): Promise<void> {
  const items = readPack(pack);
  const single = items.length === 1 && items[0]?.entry.path === "" ? items[0] : null;
  if (single !== null) {
    const parent = guest.slice(0, guest.lastIndexOf("/"));
    if (parent !== "") await files.mkdir(parent, { recursive: true });
    await files.writeFile(guest, single.data, single.entry.type === "file" ? single.entry.mode : 0o644);
    return;
  }
  await files.mountMemory(guest);
  for (const { entry, data } of items) {
    const path = `${guest}/${entry.path}`;
    if (entry.type === "dir") {
      await files.mkdir(path);
      await files.chmod(path, entry.mode);
    } else if (entry.type === "symlink") await files.symlink(entry.target, path);
    else await files.writeFile(path, data, entry.mode);
  }
}

/** The tree (or single file) at `guest` as a pack. */
export async function packMount(files: HostFiles, guest: string): Promise<Uint8Array<ArrayBuffer>> {
  const items: PackItem[] = [];
  const root = await files.stat(guest);
  if (root.type === "dir") await collect(files, guest, "", items);
  else
    items.push({
      entry: { type: "file", path: "", mode: root.mode, sizeBytes: root.sizeBytes },
      data: await files.readFile(guest),
    });
  return writePack(items);
}

async function collect(files: HostFiles, base: string, relative: string, items: PackItem[]): Promise<void> {
  for (const { name, type } of await files.readdir(relative === "" ? base : `${base}/${relative}`)) {
    const path = relative === "" ? name : `${relative}/${name}`;
    const full = `${base}/${path}`;
    if (type === "symlink") {
      items.push({ entry: { type, path, target: await files.readlink(full) }, data: new Uint8Array() });
    } else if (type === "dir") {
      items.push({ entry: { type, path, mode: (await files.stat(full)).mode }, data: new Uint8Array() });
      await collect(files, base, path, items);
    } else if (type === "file") {
      const data = await files.readFile(full);
      items.push({ entry: { type, path, mode: (await files.stat(full)).mode, sizeBytes: data.length }, data });
    }
  }
}

export async function clearMount(files: HostFiles, guest: string, single: boolean): Promise<void> {
  if (single) await files.remove(guest);
  else await files.unmount(guest);
}
