import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EIO, EROFS } from "@cloudos/abi/errno";
import { FILETYPE_CHARACTER_DEVICE, FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ChunkTree } from "../src/chunkfs/chunk-tree.ts";
import { Chunkfs } from "../src/chunkfs/chunkfs.ts";
import { addDirectory, addTar, buildChunkTree, TreeImage } from "../src/chunkfs/node/index.ts";
import { mountChunkTree } from "../src/chunkfs/open-chunk-tree.ts";
import { decodePrefetch, encodePrefetch } from "../src/chunkfs/prefetch.ts";
import type { BlobSource } from "../src/imagefs/blob-source.ts";
import { openChunkDirectory } from "../src/node/chunk-directory.ts";
import { directoryBlobs } from "../src/node/directory-blobs.ts";
import type { FileSystem } from "../src/vfs/file-system.ts";
import { deviceNumber } from "../src/vfs/file-system.ts";
import { list, readAll } from "./files.ts";

let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "chunkfs-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const bytes = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i ^ seed, 0x9e3779b1) >>> 24);

let builds = 0;
async function build(tree: TreeImage, chunkBytes = 65536) {
  const out = join(scratch, `build-${builds++}`);
  const built = await buildChunkTree(tree, { treeFile: join(out, "tree"), blobs: join(out, "blobs"), chunkBytes });
  return { out, built, fs: await openChunkDirectory(join(out, "tree"), out) };
}

async function at(fs: FileSystem, path: string): Promise<number> {
  let ino = fs.rootIno;
  for (const name of path.split("/")) if (name !== "") ino = fs.lookup(ino, name);
  return ino;
}

/** A directory of the host with a bit of everything. */
function makeDirectory(): string {
  const root = join(scratch, `dir-${builds++}`);
  mkdirSync(join(root, "sub/deep"), { recursive: true });
  writeFileSync(join(root, "empty"), "");
  writeFileSync(join(root, "small"), "small file\n");
  writeFileSync(join(root, "sub/same"), "small file\n");
  writeFileSync(join(root, "sub/deep/big"), bytes(300_000, 7));
  writeFileSync(join(root, "sub/ünï"), bytes(5000, 9));
  writeFileSync(join(root, "zeros"), new Uint8Array(200_000));
  symlinkSync("../small", join(root, "sub/link"));
  linkSync(join(root, "small"), join(root, "sub/hard"));
  chmodSync(join(root, "small"), 0o4755);
  utimesSync(join(root, "sub/same"), 1_600_000_000, 1_600_000_001.5);
  return root;
}

describe("chunk trees", () => {
  test("hold what a directory holds", async () => {
    const root = makeDirectory();
    const tree = new TreeImage();
    await addDirectory(tree, root, { owner: { uid: 0, gid: 42 } });
    const { fs, built } = await build(tree);
    expect(built.files).toBe(6);
    for (const path of ["empty", "small", "sub/same", "sub/deep/big", "sub/ünï", "zeros", "sub/hard"]) {
      const ino = await at(fs, path);
      expect(Buffer.from(await readAll(fs, ino)).equals(await readFile(join(root, path)))).toBe(true);
      expect(fs.attributes(ino)).toMatchObject({ type: FILETYPE_REGULAR_FILE, uid: 0, gid: 42 });
    }
    expect(await at(fs, "small")).toBe(await at(fs, "sub/hard"));
    expect(fs.attributes(await at(fs, "small"))).toMatchObject({ nlink: 2, mode: 0o4755 });
    expect(fs.attributes(await at(fs, "sub/same")).mtimeNs).toBe(1_600_000_001_500_000_000n);
    expect(fs.readlink(await at(fs, "sub/link"))).toBe("../small");
    expect((await list(fs, await at(fs, "sub"))).map(({ name }) => name)).toEqual([
      "deep",
      "hard",
      "link",
      "same",
      "ünï",
    ]);
    const deep = await at(fs, "sub/deep");
    expect([fs.nameOf(deep), fs.parent(deep)]).toEqual(["deep", await at(fs, "sub")]);
    expect(fs.attributes(fs.rootIno)).toMatchObject({ nlink: 3, type: FILETYPE_DIRECTORY });
    expect(() => fs.create()).toThrow(expect.objectContaining({ errno: EROFS }));
  });

  test("hold what GNU tar packed, in every format it writes", async () => {
    const root = makeDirectory();
    const long = "n".repeat(120);
    mkdirSync(join(root, long, long), { recursive: true });
    writeFileSync(join(root, long, long, "file"), "long");
    symlinkSync(`${long}/${long}/${long}`, join(root, "long-link"));
    for (const format of ["gnu", "pax"]) {
      const archive = join(scratch, `${format}.tar`);
      execFileSync("tar", [
        "-C",
        root,
        `--format=${format}`,
        "--owner=7",
        "--group=8",
        "--numeric-owner",
        "-cf",
        archive,
        ".",
      ]);
      const tree = new TreeImage();
      await addTar(tree, archive);
      const { fs } = await build(tree);
      expect(Buffer.from(await readAll(fs, await at(fs, "sub/deep/big"))).equals(Buffer.from(bytes(300_000, 7)))).toBe(
        true,
      );
      expect(Buffer.from(await readAll(fs, await at(fs, `${long}/${long}/file`))).toString()).toBe("long");
      expect(fs.readlink(await at(fs, "long-link"))).toBe(`${long}/${long}/${long}`);
      expect(fs.attributes(await at(fs, "small"))).toMatchObject({ uid: 7, gid: 8, mode: 0o4755, nlink: 2 });
      expect(await at(fs, "small")).toBe(await at(fs, "sub/hard"));
    }
    const cut = (await readFile(join(scratch, "gnu.tar"))).subarray(0, 20_000);
    await expect(addTar(new TreeImage(), cut)).rejects.toThrow("it ends within the member");
    const bad = Uint8Array.from(await readFile(join(scratch, "gnu.tar")));
    bad[1]! ^= 1;
    await expect(addTar(new TreeImage(), bad)).rejects.toThrow("the header at byte 0 is damaged");
  });

  test("are put together from packages: links to directories, whiteouts, device nodes, attributes", async () => {
    const tree = new TreeImage(5n);
    tree.directory("usr/bin");
    tree.symlink("bin", "usr/bin");
    tree.file("bin/sh", "#!", { mode: 0o755 });
    tree.directory("bin", { mode: 0o700 });
    tree.special("dev/null", FILETYPE_CHARACTER_DEVICE, deviceNumber(1, 3), { mode: 0o666 });
    tree.file("gone", "x");
    tree.remove("gone");
    tree.file("capable", "y").xattrs.set("security.capability", bytes(20, 1));
    const { fs } = await build(tree);
    expect(await at(fs, "usr/bin/sh")).toBeGreaterThan(0);
    expect(fs.readlink(await at(fs, "bin"))).toBe("usr/bin");
    expect(fs.attributes(await at(fs, "usr/bin")).mode).toBe(0o755);
    expect(fs.attributes(await at(fs, "dev/null"))).toMatchObject({
      type: FILETYPE_CHARACTER_DEVICE,
      rdev: 0x103,
      mode: 0o666,
    });
    expect(await at(fs, "gone")).toBe(0);
    expect(fs.xattrs(await at(fs, "capable")).get("security.capability")).toEqual(bytes(20, 1));
    expect(() => tree.file("../out", "")).toThrow('it holds ".."');
    expect(() => tree.file("capable/below", "")).toThrow("no directory");
  });

  test("the same tree gives the same bytes, and shared chunks are stored once", async () => {
    const make = () => {
      const tree = new TreeImage();
      for (let i = 0; i < 50; i++) tree.file(`d${i % 5}/f${i}`, bytes(3000 + i, i));
      tree.file("big", bytes(200_000, 3));
      return tree;
    };
    const first = await build(make());
    const second = await build(make());
    expect(second.built.id).toBe(first.built.id);
    const again = await buildChunkTree(make(), {
      treeFile: join(first.out, "tree2"),
      blobs: join(first.out, "blobs"),
      chunkBytes: 65536,
    });
    expect((await readdir(join(first.out, "blobs"))).length).toBe(again.chunks);
  });

  test("fetch a chunk once, whoever asks; a list of them ahead of time", async () => {
    const tree = new TreeImage();
    for (let i = 0; i < 40; i++) tree.file(`f${i}`, bytes(10_000, i));
    const { out } = await build(tree);
    const fetched: string[] = [];
    const source: BlobSource = {
      ...directoryBlobs(out),
      fetch: (name, from) => {
        fetched.push(name);
        return directoryBlobs(out).fetch(name, from);
      },
    };
    const fs = await mountChunkTree(await readFile(join(out, "tree")), source);
    const files = await Promise.all(Array.from({ length: 6 }, (_, i) => at(fs, `f${i}`)));
    const all = await Promise.all(files.map((ino) => readAll(fs, ino)));
    expect(all.map((data, i) => Buffer.from(data).equals(Buffer.from(bytes(10_000, i))))).not.toContain(false);
    expect(fetched.length).toBe(1);
    await readAll(fs, await at(fs, "f20"));
    const touched = decodePrefetch(encodePrefetch(fs.touched.list()));
    expect(touched.length).toBe(2);
    expect(() => decodePrefetch(bytes(12, 1))).toThrow("it is none");

    fetched.length = 0;
    const second = await mountChunkTree(await readFile(join(out, "tree")), source);
    await second.prefetch([...touched, 4711]);
    expect(fetched.length).toBe(2);
    await readAll(second, await at(second, "f20"));
    expect(fetched.length).toBe(2);
  });

  test("a damaged tree or chunk is refused by name, never read", async () => {
    const tree = new TreeImage();
    tree.file("f", bytes(50_000, 2));
    const { out, built } = await build(tree);
    const packed = await readFile(join(out, "tree"));
    await expect(mountChunkTree(packed.subarray(0, 40), directoryBlobs(out))).rejects.toThrow("its file is damaged");
    await expect(mountChunkTree(packed, directoryBlobs(out), "x", "00")).rejects.toThrow("expected 00");
    await mountChunkTree(packed, directoryBlobs(out), "x", built.id);
    const { gunzipSync } = await import("node:zlib");
    const plain = gunzipSync(packed);
    for (let at = 0; at < plain.length; at++) {
      const flipped = Uint8Array.from(plain);
      flipped[at]! ^= 0x40;
      expect(() => new ChunkTree(flipped)).toThrow("Cannot mount the chunk tree");
    }
    for (const length of [0, 10, 60, plain.length - 1]) {
      expect(() => new ChunkTree(plain.subarray(0, length))).toThrow("Cannot mount the chunk tree");
    }
    const [name] = await readdir(join(out, "blobs"));
    writeFileSync(join(out, "blobs", name!), bytes(50_000, 3));
    const fs = new Chunkfs(plain, { blobs: directoryBlobs(out) });
    await expect(readAll(fs, fs.lookup(fs.rootIno, "f"))).rejects.toMatchObject({ errno: EIO });
  });
});
