import { EEXIST, ENOENT } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SYMBOLIC_LINK, OFLAGS_CREAT } from "@cloudos/abi/wasi";
import { Devfs } from "../devfs/devfs.ts";
import type { Imagefs } from "../imagefs/imagefs.ts";
import { Procfs } from "../procfs/procfs.ts";
import { Sysfs } from "../sysfs/sysfs.ts";
import { FsError, settle } from "../vfs/errors.ts";
import type { FileSystem } from "../vfs/file-system.ts";
import type { Mount } from "../vfs/mounts.ts";
import { encodeName } from "../vfs/names.ts";
import * as operations from "../vfs/operations.ts";
import { Place } from "../vfs/walk.ts";
import type { FileService } from "./file-service.ts";
import { FIRST_BOOT_DIRECTORIES, FIRST_BOOT_FILES } from "./first-boot.ts";
import { wallNs } from "./requests.ts";

const MOUNT_POINTS = ["/bin", "/usr", "/tmp", "/dev", "/proc", "/sys"] as const;
const IMAGE_BINDS = ["/bin", "/usr"] as const;

const FILE_SYSTEM_TYPES = [
  { name: "proc", device: false },
  { name: "devfs", device: false },
  { name: "sysfs", device: false },
  { name: "tmpfs", device: false },
  { name: "imagefs", device: false },
  { name: "overlay", device: false },
  { name: "cloudfs", device: true },
];

/** Mounts everything but `/`, and lays out a fresh root. Goes on with a warning when the root cannot be written. */
export async function mountSystem(service: FileService, image: Imagefs | undefined): Promise<void> {
  const root = service.vfs.mounts.root;
  const fresh = (await settle(() => root.fs.lookup(root.rootIno, "etc"))) === 0;
  if (!root.readOnly) {
    for (const path of MOUNT_POINTS) await makeDirectory(service, path, 0o755);
    if (fresh) await layOut(service, image);
  }

  const processes = service.processes;
  const callerPid = () => service.vfs.callerPid;
  const procfs = new Procfs(
    processes,
    { callerPid, pathOfNode: (node) => service.names.path(node), mountsText: () => mountsText(service) },
    FILE_SYSTEM_TYPES,
    { hardware: () => service.hardware.text, trace: () => service.trace.read() },
  );
  if (image !== undefined) {
    for (const path of IMAGE_BINDS) {
      const directory = image.lookup(image.rootIno, path.slice(1));
      if (directory !== 0) await mountAt(service, path, image, directory);
    }
  }
  const tmpfs = service.newTmpfs(0o1777, "tmpfs", service.tmpJournal);
  const devfs = new Devfs(processes, callerPid, wallNs(service.clock));
  const sysfs = new Sysfs(wallNs(service.clock));
  await mountAt(service, "/tmp", tmpfs, tmpfs.rootIno);
  const devices = await mountAt(service, "/dev", devfs, devfs.rootIno);
  await mountAt(service, "/proc", procfs, procfs.rootIno);
  // A disk that cannot be written may be from before there was a /sys.
  if (!root.readOnly) await mountAt(service, "/sys", sysfs, sysfs.rootIno);
  service.hardware.attach({ devfs, sysfs, devices });
}

async function mountAt(service: FileService, path: string, fs: FileSystem, rootIno: number): Promise<Mount> {
  const place = new Place();
  return settle(() => {
    service.vfs.walkFromRoot(path, true, place);
    if (place.ino === 0) throw new FsError(ENOENT, `Cannot mount ${fs.type} on ${path}: the directory is missing`);
    const mount = service.vfs.attach(fs, rootIno, place, false);
    mount.system = true;
    return mount;
  });
}

async function layOut(service: FileService, image: Imagefs | undefined): Promise<void> {
  for (const [path, mode] of FIRST_BOOT_DIRECTORIES) await makeDirectory(service, path, mode);
  for (const [path, text] of FIRST_BOOT_FILES) await writeNew(service, path, 0o644, encodeName(text));
  if (image === undefined) return;
  const etc = image.lookup(image.rootIno, "etc");
  if (etc !== 0) await copyTree(service, image, etc, "/etc");
}

/** Copies what is not there yet. */
async function copyTree(service: FileService, image: Imagefs, dir: number, path: string): Promise<void> {
  const entries: { name: string; ino: number; type: number }[] = [];
  image.readdir(dir, 0, (name, ino, type) => entries.push({ name, ino, type }) > 0);
  for (const { name, ino, type } of entries) {
    const target = `${path}/${name}`;
    const inode = image.attributes(ino);
    if (type === FILETYPE_DIRECTORY) {
      await makeDirectory(service, target, inode.mode);
      await copyTree(service, image, ino, target);
    } else if (type === FILETYPE_SYMBOLIC_LINK) {
      await unlessThere(() => operations.makeSymlink(placeOf(service, target), image.readlink(ino)));
    } else if (type === FILETYPE_REGULAR_FILE) {
      const bytes = await service.content.whole(image, ino, 0n);
      await writeNew(service, target, inode.mode, bytes);
    }
  }
}

async function makeDirectory(service: FileService, path: string, mode: number): Promise<void> {
  await unlessThere(() => operations.makeDirectory(placeOf(service, path), mode));
}

async function writeNew(service: FileService, path: string, mode: number, bytes: Uint8Array): Promise<void> {
  const place = await settle(() => placeOf(service, path));
  if (place.ino !== 0) return;
  await settle(() => operations.open(place, OFLAGS_CREAT, 0, mode));
  await service.files.writeFile(path, bytes);
}

function placeOf(service: FileService, path: string): Place {
  const place = new Place();
  service.vfs.walkFromRoot(path, false, place);
  return place;
}

async function unlessThere(operation: () => void): Promise<void> {
  try {
    await settle(operation);
  } catch (error) {
    if (!(error instanceof FsError) || error.errno !== EEXIST) throw error;
  }
}

/** /proc/mounts: source, mount point, type, options; blanks in names as octal (fstab(5)). */
function mountsText(service: FileService): string {
  const { mounts } = service.vfs;
  let text = "";
  for (const mount of mounts.list()) {
    const path =
      mount.parent === undefined ? "/" : service.vfs.pathOf(mount, mount.rootIno, mounts.root, mounts.root.rootIno);
    text += `${escaped(mount.fs.source)} ${escaped(path)} ${mount.fs.type} ${mount.readOnly ? "ro" : "rw"},relatime 0 0\n`;
  }
  return text;
}

function escaped(name: string): string {
  return name.replace(/[ \t\n\\]/g, (unit) => `\\${unit.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
