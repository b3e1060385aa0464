import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { type PackEntry, type PackItem, readPack, writePack } from "@cloudos/abi/exec-protocol";

const NOTHING = new Uint8Array();

/** A host folder (or single file, as the empty path) as a pack. Devices, sockets and pipes are left out. */
export function packHostPath(host: string): Uint8Array {
  const info = lstatSync(resolve(host));
  if (!info.isDirectory()) {
    const data = readFileSync(host);
    return writePack([
      { entry: { type: "file", path: "", mode: guestMode(info.mode, data), sizeBytes: data.length }, data },
    ]);
  }
  return writePack(readTree(host));
}

function readTree(root: string): PackItem[] {
  const items: PackItem[] = [];
  const walk = (relative: string) => {
    for (const name of readdirSync(join(root, relative)).sort()) {
      const path = relative === "" ? name : `${relative}/${name}`;
      const full = join(root, path);
      const info = lstatSync(full);
      if (info.isSymbolicLink())
        items.push({ entry: { type: "symlink", path, target: readlinkSync(full) }, data: NOTHING });
      else if (info.isDirectory()) {
        items.push({ entry: { type: "dir", path, mode: info.mode & 0o777 }, data: NOTHING });
        walk(path);
      } else if (info.isFile()) {
        const data = readFileSync(full);
        items.push({ entry: { type: "file", path, mode: guestMode(info.mode, data), sizeBytes: data.length }, data });
      }
    }
  };
  walk("");
  return items;
}

/**
 * Makes `host` what the pack says: writes what differs, removes what is gone. The pack comes from a guest: a path that would leave
 * `host` is refused, and symlinks are made last, so that nothing is written through one.
 */
export function applyPack(host: string, pack: Uint8Array): void {
  const items = readPack(pack);
  const only = items[0];
  if (items.length === 1 && only?.entry.path === "") {
    writeIfChanged(host, only.data);
    return;
  }
  const root = resolve(host);
  const kept = new Set(items.map((item) => item.entry.path));
  for (const { entry } of readTree(root).reverse()) {
    if (!kept.has(entry.path)) rmSync(join(root, entry.path), { recursive: true, force: true });
  }
  const links: Extract<PackEntry, { type: "symlink" }>[] = [];
  for (const { entry, data } of items) {
    const full = inside(root, entry.path);
    if (entry.type === "symlink") links.push(entry);
    else {
      clearWay(full, entry.type);
      if (entry.type === "dir") mkdirSync(full, { recursive: true });
      else {
        mkdirSync(dirname(full), { recursive: true });
        writeIfChanged(full, data);
      }
      const { mode } = lstatSync(full);
      if (guestMode(mode, data) !== entry.mode) chmodSync(full, entry.mode & 0o777);
    }
  }
  for (const { path, target } of links) {
    const full = inside(root, path);
    rmSync(full, { recursive: true, force: true });
    symlinkSync(target, full);
  }
}

/** A Wasm module is a program in the guest whatever the host's bits say: compilers do not set them, the host cannot run it. */
function guestMode(hostMode: number, data: Uint8Array): number {
  const wasm = data[0] === 0 && data[1] === 0x61 && data[2] === 0x73 && data[3] === 0x6d;
  return (hostMode & 0o777) | (wasm ? 0o111 : 0);
}

function inside(root: string, path: string): string {
  const full = resolve(root, path);
  if (!full.startsWith(root + sep)) throw new Error(`Cannot sync back "${path}": it lies outside the mount`);
  return full;
}

/** Removes what stands at `full` when it is of another type. */
function clearWay(full: string, type: "dir" | "file"): void {
  const info = lstatSync(full, { throwIfNoEntry: false });
  if (info === undefined) return;
  if (info.isSymbolicLink() || info.isDirectory() !== (type === "dir")) rmSync(full, { recursive: true, force: true });
}

function writeIfChanged(path: string, data: Uint8Array): void {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info?.isFile() && info.size === data.length && readFileSync(path).equals(data)) return;
  writeFileSync(path, data);
}
