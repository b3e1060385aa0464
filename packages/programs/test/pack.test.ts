import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { licenceFiles } from "../src/licences.ts";
import { pack } from "../src/pack.ts";
import { BlobStore } from "../src/store.ts";
import { readTarGz } from "../src/tar.ts";

const encoder = new TextEncoder();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloudos-programs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("pack", () => {
  it("puts files into one blob at the offsets it gives", () => {
    const store = new BlobStore(folder);
    const texts = { "/b": "second", "/a": "first", "/c": "" };
    const files = Object.entries(texts).map(([path, text]) => ({ path, mode: 0o644, data: encoder.encode(text) }));
    const entries = pack(files, store, "three files");
    const blobs = store.finish();
    const name = createHash("sha256").update("firstsecond").digest("hex");
    expect(Object.keys(blobs)).toEqual([name]);
    expect(blobs[name]).toMatchObject({ sizeBytes: 11, title: "three files", encoding: "identity" });
    expect(entries.map((entry) => entry.path)).toEqual(["/a", "/b", "/c"]);
    expect(entries[1]).toMatchObject({ type: "file", blob: name, offset: 5, sizeBytes: 6 });
  });
});

describe("blob store", () => {
  const large = encoder.encode("all work and no play ".repeat(1000));

  it("compresses what gets smaller and names it by its decoded bytes", () => {
    const store = new BlobStore(folder);
    const name = store.add(large);
    const blob = store.finish()[name]!;
    const stored = readFileSync(join(folder, "blobs", name));
    expect(blob).toMatchObject({ encoding: "gzip", sizeBytes: large.length, transferBytes: stored.length });
    expect(gunzipSync(stored)).toEqual(Buffer.from(large));
  });

  it("drops blobs that a later build no longer has", () => {
    const first = new BlobStore(folder);
    first.add(encoder.encode("old"));
    const kept = first.add(large);
    first.finish();
    const second = new BlobStore(folder);
    second.add(large);
    second.finish();
    expect(readdirSync(join(folder, "blobs"))).toEqual([kept]);
  });
});

describe("tar", () => {
  const BLOCK = 512;
  const header = (name: string, size: number, type: string, prefix = ""): Buffer => {
    const block = Buffer.alloc(BLOCK);
    block.write(name, 0);
    block.write("0000644\0", 100);
    block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
    block.write(type, 156);
    block.write(prefix, 345);
    return block;
  };
  const contents = (text: string): Buffer => Buffer.concat([Buffer.from(text)], Math.ceil(text.length / BLOCK) * BLOCK);
  const archive = (...parts: Buffer[]): Uint8Array => gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]));

  it("reads names of every form and passes over what is not a file", () => {
    const long = `deep/${"x".repeat(120)}`;
    const pax = `${long.length + 10} path=${long}\n`;
    const files = readTarGz(
      archive(
        header("./folder/", 0, "5"),
        header("./folder/a.txt", 3, "0"),
        contents("abc"),
        header("b", 0, "0", "pre/fix"),
        header("././@LongLink", long.length + 1, "L"),
        contents(`${long}\0`),
        header("cut", 1, "0"),
        contents("1"),
        header("pax", pax.length, "x"),
        contents(pax),
        header("cut", 1, "0"),
        contents("2"),
      ),
    );
    expect(files.map(({ path }) => path)).toEqual(["folder/a.txt", "pre/fix/b", long, long]);
    expect(files.map(({ data }) => new TextDecoder().decode(data))).toEqual(["abc", "", "1", "2"]);
  });

  it("refuses an archive that is cut short", () => {
    expect(() => readTarGz(gzipSync(header("a", 5000, "0")))).toThrow("cut short");
  });
});

describe("licences", () => {
  it("every component has a notice and a text", () => {
    const paths = licenceFiles("carrier").map(({ path }) => path);
    for (const name of ["python3", "ruby", "php", "quickjs", "sqlite3", "clang", "wasi-libc"]) {
      expect(paths).toContain(`/usr/share/licenses/${name}/NOTICE`);
      expect(paths).toContain(`/usr/share/licenses/${name}/LICENSE`);
    }
  });
});
