import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { EIO, EROFS } from "@cloudos/abi/errno";
import type { ImageManifest } from "@cloudos/abi/image";
import { describe, expect, test } from "vitest";
import { BlobCache } from "../src/imagefs/blob-cache.ts";
import type { BlobSource } from "../src/imagefs/blob-source.ts";
import { Imagefs } from "../src/imagefs/imagefs.ts";
import { sha256 } from "../src/imagefs/sha256.ts";
import { readAll } from "./files.ts";

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const text = (string: string) => new TextEncoder().encode(string);

/** A server whose transfers are what the test says, one after the other. */
class ScriptedSource implements BlobSource {
  readonly asked: number[] = [];
  readonly stored = new Map<string, Uint8Array>();
  readonly #answers: ((from: number) => { from: number; bytes: Uint8Array; breaks?: string })[];

  constructor(...answers: ((from: number) => { from: number; bytes: Uint8Array; breaks?: string })[]) {
    this.#answers = answers;
  }

  async load(name: string) {
    return this.stored.get(name);
  }
  async store(name: string, bytes: Uint8Array) {
    this.stored.set(name, bytes);
  }
  async fetch(_name: string, from: number) {
    this.asked.push(from);
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error("the network is down");
    const { from: start, bytes, breaks } = answer(from);
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
      if (breaks !== undefined) throw new Error(breaks);
    }
    return { from: start, chunks: chunks() };
  }
}

const blob = Uint8Array.from({ length: 10_000 }, (_, i) => i * 7);
const packed = new Uint8Array(gzipSync(blob));
const name = hashOf(blob);

function imageOf(source: BlobSource, encoding: "gzip" | "identity" = "identity") {
  const transferBytes = encoding === "gzip" ? packed.length : blob.length;
  const manifest: ImageManifest = {
    version: 1,
    entries: [
      { type: "dir", path: "/bin", mode: 0o755 },
      { type: "file", path: "/bin/tool", mode: 0o755, sizeBytes: 9000, blob: name, offset: 0 },
      { type: "file", path: "/bin/small", mode: 0o644, sizeBytes: 500, blob: name, offset: 9500 },
      { type: "symlink", path: "/bin/alias", target: "tool" },
    ],
    blobs: { [name]: { sizeBytes: blob.length, transferBytes, encoding, title: "tools" } },
  };
  return new Imagefs(manifest, new BlobCache(source, manifest.blobs));
}
const read = (image: Imagefs, file: string) => readAll(image, image.lookup(image.lookup(1, "bin"), file));
const whole = () => ({ from: 0, bytes: blob });

describe("image", () => {
  test("shows files as slices of blobs, and fetches each blob once", async () => {
    const source = new ScriptedSource(whole);
    const image = imageOf(source);
    const [tool, small] = await Promise.all([read(image, "tool"), read(image, "small")]);
    expect(tool).toEqual(blob.subarray(0, 9000));
    expect(small).toEqual(blob.subarray(9500));
    expect(await read(image, "tool")).toEqual(tool);
    expect(source.asked).toEqual([0]);
    expect(image.readlink(image.lookup(image.lookup(1, "bin"), "alias"))).toBe("tool");
    expect(() => image.unlink(image.lookup(1, "bin"), "tool")).toThrow(expect.objectContaining({ errno: EROFS }));
  });

  test("unpacks gzip", async () => {
    const image = imageOf(new ScriptedSource(() => ({ from: 0, bytes: packed })), "gzip");
    expect(await read(image, "tool")).toEqual(blob.subarray(0, 9000));
  });

  test("resumes a transfer that was cut", async () => {
    const source = new ScriptedSource(
      () => ({ from: 0, bytes: blob.subarray(0, 4000), breaks: "reset" }),
      (from) => ({ from, bytes: blob.subarray(from, 7000) }),
      // A server without ranges starts over.
      () => ({ from: 0, bytes: blob }),
    );
    expect(await read(imageOf(source), "tool")).toEqual(blob.subarray(0, 9000));
    expect(source.asked).toEqual([0, 4000, 7000]);
  });

  test("gives up with a message, keeps nothing, and tries again when asked again", async () => {
    const cut = () => ({ from: 0, bytes: blob.subarray(0, 4000), breaks: "reset" });
    const source = new ScriptedSource(cut);
    const image = imageOf(source);
    await expect(read(image, "tool")).rejects.toMatchObject({
      errno: EIO,
      message:
        "Cannot download tools: stopped at 0.0 of 0.0 MB: the network is down. Try again when the network is back",
    });
    expect(source.stored.size).toBe(0);
    const later = new ScriptedSource(cut, (from) => ({ from, bytes: blob.subarray(from) }));
    expect(await read(imageOf(later), "tool")).toEqual(blob.subarray(0, 9000));
  });

  test("never uses bytes with another hash, neither from the server nor from the cache", async () => {
    const wrong = blob.slice();
    wrong[5000]! ^= 1;
    const bad = () => ({ from: 0, bytes: wrong });
    const twice = new ScriptedSource(bad, bad);
    await expect(read(imageOf(twice), "tool")).rejects.toThrow("its SHA-256 is not the one the image names");
    expect(twice.stored.size).toBe(0);
    const once = new ScriptedSource(bad, whole);
    expect(await read(imageOf(once), "tool")).toEqual(blob.subarray(0, 9000));
    const cached = new ScriptedSource(whole);
    cached.stored.set(name, wrong);
    expect(await read(imageOf(cached), "tool")).toEqual(blob.subarray(0, 9000));
    const good = new ScriptedSource();
    good.stored.set(name, blob);
    expect(await read(imageOf(good), "tool")).toEqual(blob.subarray(0, 9000));
  });

  test("holds a bounded number of bytes", async () => {
    const blobs = [1, 2, 3].map((fill) => new Uint8Array(1000).fill(fill));
    const table = Object.fromEntries(
      blobs.map((bytes) => [hashOf(bytes), { sizeBytes: 1000, transferBytes: 1000, encoding: "identity" as const }]),
    );
    const source = new ScriptedSource(...blobs.map((bytes) => () => ({ from: 0, bytes })));
    const cache = new BlobCache(source, table, 2000);
    for (const bytes of blobs) await cache.get(hashOf(bytes));
    expect(cache.peek(hashOf(blobs[0]!))).toBeUndefined();
    expect(cache.peek(hashOf(blobs[2]!))).toBeDefined();
  });
});

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])("SHA-256 of %i bytes", (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => i * 13);
  expect(Buffer.from(sha256(bytes)).toString("hex")).toBe(hashOf(bytes));
  expect(Buffer.from(sha256(text("abc"))).toString("hex")).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
