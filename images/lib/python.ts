/** Python modules compiled ahead: a guest would take a second or more at every first import. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FILETYPE_DIRECTORY } from "../../packages/abi/src/wasi.ts";
import type { TreeImage, TreeNode } from "../../packages/fs-cloudfs/src/chunkfs/node/index.ts";

/** Debian 12's. Compiled modules fit any build of the same minor version. */
const VERSION = "3.11";
const LEFT_OUT = /\/(test|tests|idlelib|lib2to3|tkinter|pydoc_data|turtledemo|distutils|msilib|ensurepip)\//;

/** Adds __pycache__ to the tree with this system's Python if it is of the same version; returns whether it was. */
export function compilePython(tree: TreeImage, roots: readonly string[], scratch: string): boolean {
  const probe = spawnSync("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], { encoding: "utf8" });
  if (probe.status !== 0 || probe.stdout.trim() !== VERSION) return false;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  for (const root of roots) {
    const node = tree.find(root);
    if (node !== undefined) extract(node, root, scratch);
  }
  const args = [
    "-m",
    "compileall",
    "-q",
    "-j",
    "1",
    "--invalidation-mode",
    "unchecked-hash",
    "-s",
    scratch,
    "-p",
    "/",
    scratch,
  ];
  // Some packages ship modules for other versions; they do not compile, and need not.
  spawnSync("python3", args, { stdio: "ignore" });
  const found = execFileSync("find", [scratch, "-name", "*.pyc"], { encoding: "utf8", maxBuffer: 2 ** 26 });
  for (const path of found
    .split("\n")
    .filter((line) => line !== "")
    .sort())
    tree.file(path.slice(scratch.length + 1), new Uint8Array(readFileSync(path)));
  rmSync(scratch, { recursive: true, force: true });
  return true;
}

function extract(dir: TreeNode, path: string, scratch: string): void {
  for (const [name, node] of dir.entries) {
    const at = `${path}/${name}`;
    if (LEFT_OUT.test(`/${at}/`)) continue;
    if (node.type === FILETYPE_DIRECTORY) extract(node, at, scratch);
    else if (name.endsWith(".py") && node.content instanceof Uint8Array) {
      mkdirSync(join(scratch, path), { recursive: true });
      writeFileSync(join(scratch, at), node.content);
    }
  }
}
