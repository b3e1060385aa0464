/**
 * `debian`: a minimal Debian 12, its root a chunk tree over 9P.
 *
 * The packages are unpacked, and the little their scripts would do is done in base.ts. What needs Debian itself (the library cache) is done by a
 * machine that boots from the unfinished tree, with a RAM disk over it; what it wrote is added.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VM_IMAGE_VERSION, type VmImage } from "@cloudos/abi";
import { addTar, TreeImage } from "../../packages/fs-cloudfs/src/chunkfs/node/index.ts";
import type { Builder } from "../lib/builder.ts";
import { configure } from "../lib/configure.ts";
import { addPackages, statusOf } from "../lib/debian-tree.ts";
import { Guest } from "../lib/guest.ts";
import { buildInitrd, MICROVM_COMMAND_LINE } from "../lib/initrd.ts";
import { compilePython } from "../lib/python.ts";
import { serveRoot, storeLayer } from "../lib/root.ts";
import { BASE_PACKAGES, finishRoot, prepareRoot } from "./base.ts";

export const HARDWARE = {
  memoryMiB: 256,
  videoMemoryMiB: 1,
  network: { mtu: 1500 },
  nineP: true,
  disk: false,
} as const;

/** The modules that programs import first, where this system's Python cannot compile all of them. */
const COMPILE_SOME = `
for name in abc codecs encodings encodings/aliases encodings/utf_8 encodings/latin_1 io os posixpath genericpath site stat _collections_abc \\
  _sitebuiltins sitecustomize re collections enum functools operator keyword reprlib types json random math; do
  for file in /usr/lib/python3.11/$name.py /usr/lib/python3.11/$name/*.py; do [ -f $file ] && echo $file; done
done > /run/modules
python3 -m compileall -q --invalidation-mode unchecked-hash -i /run/modules
`;

export function debianInitrd(builder: Builder): Uint8Array<ArrayBuffer> {
  return buildInitrd(builder, readFileSync(join(import.meta.dirname, "init"), "utf8"));
}

/** The dpkg database of the image: what package layers are closed against. */
export function debianStatusFile(builder: Builder): string {
  return join(builder.store.root, "debian/dpkg-status");
}

export async function buildDebian(builder: Builder, verbose: boolean): Promise<VmImage> {
  const { apt, store, kernel, agent, busybox } = builder;
  const packages = apt.fetchClosure(BASE_PACKAGES);
  const status = statusOf(packages);
  const tree = new TreeImage();
  prepareRoot(tree);
  await addPackages(tree, packages);
  finishRoot(tree, status, apt.sourcesList);
  const compiled = compilePython(tree, ["usr/lib/python3", "usr/lib/python3.11"], join(builder.scratch, "python"));
  const initrd = debianInitrd(builder);
  const draft = await storeLayer(store, tree, "debian-draft", "scratch/debian.tree");
  const script = `set -e; ldconfig; ${compiled ? "" : COMPILE_SOME}`;
  await addTar(tree, await configure(builder, initrd, [draft], script, { hardware: HARDWARE, seconds: 900, verbose }));

  const layer = await storeLayer(store, tree, "debian", "debian/root.tree");
  writeFileSync(debianStatusFile(builder), status);
  const root = await serveRoot(store, [layer]);
  const guest = await Guest.start({
    emulator: builder.emulator,
    hardware: HARDWARE,
    boot: {
      kind: "kernel",
      kernel: kernel.image.slice().buffer,
      initrd: initrd.slice().buffer,
      commandLine: MICROVM_COMMAND_LINE,
      display: null,
    },
    nineP: (request) => root.server.handle(request),
    verbose,
  });
  await guest.until("shell prompt", 900, () => guest.console.includes("# "));
  await guest.hello(120);
  await guest.settle("/mnt");
  const state = await guest.machine.save();
  const fids = await root.server.export();
  guest.machine.stop();
  if (!root.isUntouched()) throw new Error("Cannot make a snapshot of debian: booting wrote to the root");
  return {
    version: VM_IMAGE_VERSION,
    name: "debian",
    title: "Debian 12",
    description: "Debian with bash, Python, Perl, git, curl and apt; packages can be added",
    hardware: HARDWARE,
    boot: {
      kernel: store.put(kernel.image, "none"),
      initrd: store.put(initrd, "gzip"),
      commandLine: MICROVM_COMMAND_LINE,
      display: null,
    },
    snapshot: { state: store.put(new Uint8Array(state), "gzip"), fids: store.put(fids, "gzip") },
    layers: [layer],
    packages: builder.describe([kernel.package, busybox.package, ...agent.packages, ...packages]),
  };
}
