import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPack, writePack } from "@cloudos/abi/exec-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applyPack, packHostPath } from "../src/host-tree.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cloudos-tree-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

test("a folder survives the way there and back, modes and links included", () => {
  const from = join(root, "from");
  mkdirSync(join(from, "sub/empty"), { recursive: true });
  writeFileSync(join(from, "sub/run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  symlinkSync("sub/run.sh", join(from, "link"));
  const to = join(root, "to");
  mkdirSync(to);
  writeFileSync(join(to, "stale"), "x");
  applyPack(to, packHostPath(from));
  expect(readFileSync(join(to, "sub/run.sh"), "utf8")).toBe("#!/bin/sh\n");
  expect(lstatSync(join(to, "sub/run.sh")).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(to, "link"))).toBe("sub/run.sh");
  expect(lstatSync(join(to, "sub/empty")).isDirectory()).toBe(true);
  expect(lstatSync(join(to, "stale"), { throwIfNoEntry: false })).toBeUndefined();
});

test("a single file is a pack of one entry without a path", () => {
  const file = join(root, "one");
  writeFileSync(file, "before");
  const pack = packHostPath(file);
  expect(readPack(pack)[0]?.entry).toMatchObject({ type: "file", path: "", sizeBytes: 6 });
  applyPack(file, writePack([{ entry: { type: "file", path: "", mode: 0o644, sizeBytes: 5 }, data: bytes("after") }]));
  expect(readFileSync(file, "utf8")).toBe("after");
});

test.each(["../escape", "/etc/escape", "sub/../../escape"])("a guest cannot write to %s", (path) => {
  const pack = writePack([
    { entry: { type: "dir", path: "sub", mode: 0o755 }, data: new Uint8Array() },
    { entry: { type: "file", path, mode: 0o644, sizeBytes: 1 }, data: bytes("x") },
  ]);
  expect(() => applyPack(join(root), pack)).toThrow(/outside the mount/);
});

test("a guest's symlink is made last: nothing is written through it", () => {
  const outside = mkdtempSync(join(tmpdir(), "cloudos-outside-"));
  const pack = writePack([
    { entry: { type: "symlink", path: "door", target: outside }, data: new Uint8Array() },
    { entry: { type: "file", path: "door/in", mode: 0o644, sizeBytes: 1 }, data: bytes("x") },
  ]);
  applyPack(root, pack);
  expect(lstatSync(join(outside, "in"), { throwIfNoEntry: false })).toBeUndefined();
  rmSync(outside, { recursive: true });
});

test("a pack that is cut short is refused", () => {
  const pack = writePack([{ entry: { type: "file", path: "a", mode: 0o644, sizeBytes: 4 }, data: bytes("full") }]);
  expect(() => applyPack(root, pack.subarray(0, -1))).toThrow(RangeError);
});

test("a Wasm module may be run in the guest; syncing back leaves the host's bits alone", () => {
  const file = join(root, "program.wasm");
  writeFileSync(file, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), { mode: 0o644 });
  const pack = packHostPath(root);
  expect(readPack(pack)[0]?.entry).toMatchObject({ path: "program.wasm", mode: 0o755 });
  applyPack(root, pack);
  expect(lstatSync(file).mode & 0o777).toBe(0o644);
});
