import * as errno from "@cloudos/abi/errno";
import { OPEN_READ, OPEN_WRITE } from "@cloudos/abi/vfs-protocol";
import { OFLAGS_CREAT, OFLAGS_DIRECTORY, OFLAGS_EXCL } from "@cloudos/abi/wasi";
import { beforeEach, describe, expect, test } from "vitest";
import { Tmpfs } from "../src/tmpfs/tmpfs.ts";
import * as operations from "../src/vfs/operations.ts";
import { Vfs, WalkBase } from "../src/vfs/vfs.ts";
import { Place, walk } from "../src/vfs/walk.ts";

const memory = () => ({ totalBytes: 1e9, freeBytes: 1e9 });
const tmpfs = () => new Tmpfs({ nowNs: () => 1n, rootMode: 0o755, memory });

let vfs: Vfs;

function at(path: string, follow = true): Place {
  const place = new Place();
  vfs.walkFromRoot(path, follow, place);
  return place;
}
const mkdir = (path: string, mode = 0o755) => operations.makeDirectory(at(path, false), mode);
const symlink = (target: string, path: string) => operations.makeSymlink(at(path, false), target);
const create = (path: string, mode = 0o644) => operations.open(at(path), OFLAGS_CREAT | OFLAGS_EXCL, OPEN_WRITE, mode);
const rename = (from: string, to: string) => operations.rename(at(from, false), at(to, false));
const fails = (number: number, operation: () => unknown) => {
  try {
    operation();
  } catch (error) {
    expect(error).toMatchObject({ errno: number });
    return;
  }
  expect.fail(`expected errno ${number}`);
};

/** Walks from `from` as a process whose root is `root`. */
function walkIn(root: string, from: string, path: string, confined: boolean, follow = true): Place {
  const base = new WalkBase();
  const rootPlace = at(root);
  const fromPlace = at(from);
  base.mount = fromPlace.mount;
  base.ino = fromPlace.ino;
  base.rootMount = rootPlace.mount;
  base.rootIno = rootPlace.ino;
  base.confined = confined;
  const place = new Place();
  walk(base, path, follow, place);
  return place;
}

beforeEach(() => {
  vfs = new Vfs(tmpfs());
  mkdir("/home");
  mkdir("/home/user");
  mkdir("/mnt");
  create("/home/user/file");
  const mounted = tmpfs();
  vfs.attach(mounted, mounted.rootIno, at("/mnt"), false);
  create("/mnt/inside");
});

describe("path walk", () => {
  test("passes dots, repeated slashes and mount points in both directions", () => {
    const { ino } = at("/home/user/file");
    for (const path of [
      "//home///user/file",
      "/home/./user/../user/./file",
      "/mnt/../home/user/file",
      "/../../home/user/file",
    ]) {
      expect(at(path).ino).toBe(ino);
    }
    expect(at("/mnt/..").ino).toBe(vfs.mounts.root.rootIno);
    expect(at("/mnt/.").mount).not.toBe(vfs.mounts.root);
    expect(at("/").ino).toBe(vfs.mounts.root.rootIno);
  });

  test("a trailing slash wants a directory", () => {
    fails(errno.ENOTDIR, () => operations.existing(at("/home/user/file/")));
    expect(operations.existing(at("/home/user/")).type).toBe(3);
    fails(errno.ENOTDIR, () => at("/home/user/file/."));
    fails(errno.ENOTDIR, () => at("/home/user/file/.."));
    operations.makeDirectory(at("/home/slash/"), 0o755);
    fails(errno.EISDIR, () => operations.open(at("/home/none/"), OFLAGS_CREAT, 0, 0o644));
    fails(errno.ENOENT, () => at(""));
  });

  test("follows symbolic links, relative, absolute, nested and with slashes", () => {
    symlink("user", "/home/relative");
    symlink("/home/relative/file", "/absolute");
    symlink("../home/user/file", "/mnt/up");
    const { ino } = at("/home/user/file");
    expect(at("/absolute").ino).toBe(ino);
    expect(at("/mnt/up").ino).toBe(ino);
    expect(at("/home/relative/file").ino).toBe(ino);
    expect(at("/absolute", false).ino).not.toBe(ino);
    // A slash after a link means what it points to.
    expect(at("/home/relative/", false).ino).toBe(at("/home/user").ino);
    symlink("nowhere", "/dangling");
    operations.open(at("/dangling"), OFLAGS_CREAT, OPEN_WRITE, 0o644);
    expect(at("/nowhere").ino).not.toBe(0);
  });

  test("gives up after SYMLOOP_MAX links", () => {
    symlink("loop", "/loop");
    fails(errno.ELOOP, () => at("/loop"));
    symlink("b", "/a");
    symlink("a", "/b");
    fails(errno.ELOOP, () => at("/a/x"));
    create("/l0");
    for (let i = 1; i <= 41; i++) symlink(`l${i - 1}`, `/l${i}`);
    expect(at("/l40").ino).toBe(at("/l0").ino);
    fails(errno.ELOOP, () => at("/l41"));
  });

  test("long names are refused, by their UTF-8 length", () => {
    expect(at(`/${"n".repeat(255)}`).ino).toBe(0);
    fails(errno.ENAMETOOLONG, () => at(`/${"n".repeat(256)}`));
    expect(at(`/${"é".repeat(127)}`).ino).toBe(0);
    fails(errno.ENAMETOOLONG, () => at(`/${"é".repeat(128)}`));
    expect(at(`/${"😀".repeat(63)}`).ino).toBe(0);
    fails(errno.ENAMETOOLONG, () => at(`/${"😀".repeat(64)}`));
  });

  test("a confined walk cannot leave", () => {
    mkdir("/home/user/sub");
    symlink("/home", "/home/user/absolute");
    symlink("../..", "/home/user/sub/out");
    symlink("../file", "/home/user/sub/in");
    const { ino } = at("/home/user/file");
    expect(walkIn("/home/user", "/home/user", "sub/../file", true).ino).toBe(ino);
    expect(walkIn("/home/user", "/home/user", "sub/in", true).ino).toBe(ino);
    expect(walkIn("/home/user", "/home/user/sub", "../file", true).ino).toBe(ino);
    for (const path of [
      "..",
      "../user",
      "sub/../..",
      "sub/../../user/file",
      "/file",
      "absolute/user",
      "sub/out/user",
    ]) {
      fails(errno.ENOTCAPABLE, () => walkIn("/home/user", "/home/user", path, true));
    }
    expect(walkIn("/home/user", "/home/user", "absolute", true, false).ino).not.toBe(0);
  });

  test("a directory moved out of the root it was opened under leads nowhere", () => {
    mkdir("/home/user/sub");
    mkdir("/home/user/sub/deep");
    const base = new WalkBase();
    const root = at("/home/user");
    const deep = at("/home/user/sub/deep");
    Object.assign(base, { mount: deep.mount, ino: deep.ino, rootMount: root.mount, rootIno: root.ino, confined: true });
    rename("/home/user/sub", "/home/moved");
    fails(errno.ENOTCAPABLE, () => walk(base, "../..", true, new Place()));
    fails(errno.ENOTCAPABLE, () => walk(base, "../deep", true, new Place()));
  });

  test("an unconfined process root stops absolute paths and dots", () => {
    const { ino } = at("/home/user/file");
    expect(walkIn("/home", "/home/user", "/user/file", false).ino).toBe(ino);
    expect(walkIn("/home", "/home/user", "../../../user/file", false).ino).toBe(ino);
  });

  test("a name that only the root has is taken from the root", () => {
    const base = new WalkBase();
    const root = at("/");
    const here = at("/home/user");
    const resolve = (path: string) => {
      Object.assign(base, {
        mount: here.mount,
        ino: here.ino,
        rootMount: root.mount,
        rootIno: root.ino,
        confined: true,
      });
      const place = new Place();
      vfs.walkEither(base, path, true, place);
      return place;
    };
    expect(resolve("home/user/file").ino).toBe(at("/home/user/file").ino);
    expect(resolve("file").ino).toBe(at("/home/user/file").ino);
    expect(resolve("../user/file").ino).toBe(at("/home/user/file").ino);
    mkdir("/home/user/home");
    fails(errno.ENOENT, () => resolve("home/user/file"));
    expect(resolve("new").parentIno).toBe(here.ino);
  });

  test("names directories", () => {
    const path = (of: string) => vfs.pathOf(at(of).mount, at(of).ino, vfs.mounts.root, vfs.mounts.root.rootIno);
    mkdir("/mnt/a");
    expect(path("/mnt/a")).toBe("/mnt/a");
    expect(path("/mnt")).toBe("/mnt");
    expect(path("/")).toBe("/");
    rename("/home/user", "/home/other");
    expect(path("/home/other")).toBe("/home/other");
    const gone = at("/home/other");
    operations.unlink(at("/home/other/file"));
    operations.removeDirectory(at("/home/other"));
    expect(() => vfs.pathOf(gone.mount, gone.ino, vfs.mounts.root, 1)).toThrow();
  });
});

describe("operations", () => {
  test("open checks what it is asked for", () => {
    fails(errno.ENOENT, () => operations.open(at("/none"), 0, OPEN_READ, 0));
    fails(errno.EEXIST, () => create("/home/user/file"));
    fails(errno.EISDIR, () => operations.open(at("/home"), 0, OPEN_WRITE, 0));
    fails(errno.ENOTDIR, () => operations.open(at("/home/user/file"), OFLAGS_DIRECTORY, OPEN_READ, 0));
    symlink("user", "/home/link");
    fails(errno.ELOOP, () => operations.open(at("/home/link", false), 0, OPEN_READ, 0));
    create("/secret", 0o000);
    fails(errno.EACCES, () => operations.open(at("/secret"), 0, OPEN_READ, 0));
    create("/only-read", 0o444);
    expect(operations.open(at("/only-read"), 0, OPEN_READ, 0)).toBe(false);
    fails(errno.EACCES, () => operations.open(at("/only-read"), 0, OPEN_WRITE, 0));
  });

  test("directories without x or w stop what needs them", () => {
    operations.setMode(at("/home/user"), 0o600);
    fails(errno.EACCES, () => at("/home/user/file"));
    operations.setMode(at("/home/user"), 0o500);
    fails(errno.EACCES, () => create("/home/user/new"));
    fails(errno.EACCES, () => operations.unlink(at("/home/user/file")));
    fails(errno.EACCES, () => rename("/home/user/file", "/home/file"));
    operations.setMode(at("/home/user"), 0o700);
    create("/home/user/new");
  });

  test("rename keeps the rules of POSIX", () => {
    fails(errno.EXDEV, () => rename("/home/user/file", "/mnt/file"));
    fails(errno.EBUSY, () => rename("/mnt", "/elsewhere"));
    fails(errno.EBUSY, () => rename("/", "/x"));
    fails(errno.EINVAL, () => rename("/home/.", "/x"));
    fails(errno.EINVAL, () => rename("/home", "/home/user/home"));
    fails(errno.ENOTDIR, () => rename("/home/user/file/", "/x"));
    fails(errno.ENOTDIR, () => rename("/home/user/file", "/x/"));
    fails(errno.ENOENT, () => rename("/none", "/x"));
    mkdir("/empty");
    fails(errno.ENOTEMPTY, () => rename("/empty", "/home"));
    rename("/home/user/", "/empty/");
    expect(at("/empty/file").ino).not.toBe(0);
  });

  test("mount points are busy and read-only mounts refuse changes", () => {
    fails(errno.EBUSY, () => operations.removeDirectory(at("/mnt")));
    mkdir("/view");
    const home = at("/home");
    vfs.attach(home.mount.fs, home.ino, at("/view"), true);
    expect(at("/view/user/file").ino).toBe(at("/home/user/file").ino);
    fails(errno.EROFS, () => create("/view/new"));
    fails(errno.EROFS, () => operations.unlink(at("/view/user/file")));
    fails(errno.EROFS, () => operations.open(at("/view/user/file"), 0, OPEN_WRITE, 0));
    fails(errno.EROFS, () => operations.setMode(at("/view/user/file"), 0o600));
    fails(errno.EROFS, () => operations.checkAccess(at("/view/user/file"), 2));
    // The directory a bind mount shows cannot be pulled away under it.
    expect(at("/view/..").ino).toBe(vfs.mounts.root.rootIno);
    const mount = vfs.mountAt(at("/view"));
    vfs.mounts.detach(mount);
    expect(operations.existing(at("/view")).ino).not.toBe(home.ino);
    fails(errno.EINVAL, () => vfs.mountAt(at("/view")));
    fails(errno.EBUSY, () => vfs.mounts.detach(vfs.mounts.root));
  });

  test("links and removals refuse the wrong kind", () => {
    fails(errno.EPERM, () => operations.makeLink(at("/home"), at("/hard")));
    fails(errno.EXDEV, () => operations.makeLink(at("/home/user/file"), at("/mnt/hard")));
    fails(errno.EEXIST, () => operations.makeLink(at("/home/user/file"), at("/mnt")));
    fails(errno.EISDIR, () => operations.unlink(at("/home")));
    fails(errno.ENOTDIR, () => operations.removeDirectory(at("/home/user/file")));
    fails(errno.ENOTEMPTY, () => operations.removeDirectory(at("/home")));
    fails(errno.EEXIST, () => mkdir("/home"));
    fails(errno.EEXIST, () => mkdir("/"));
    fails(errno.ENOENT, () => symlink("", "/empty"));
    fails(errno.ENAMETOOLONG, () => symlink("t".repeat(4096), "/long"));
  });

  test("in a sticky directory only the owner's entries go", () => {
    operations.setMode(at("/home"), 0o1777);
    operations.unlink(at("/home/user/file"));
  });
});
