/**
 * `debian`: a minimal Debian 12, its root a chunk tree over 9P.
 *
 * The tree is made in two steps. First the packages are unpacked and the little their scripts would do is done here. Then a machine boots from that tree
 * with a RAM disk over it and does what needs Debian itself (library cache, compiled Python modules); what it wrote is added to the tree.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VM_IMAGE_VERSION, type VmImage } from "@cloudos/abi";
import { addTar, TreeImage } from "../../packages/fs-cloudfs/src/chunkfs/node/index.ts";
import type { Builder } from "../lib/builder.ts";
import { addPackages, statusOf } from "../lib/debian-tree.ts";
import { Guest } from "../lib/guest.ts";
import { buildInitrd, MICROVM_COMMAND_LINE } from "../lib/initrd.ts";
import { openLayer, serveRoot, storeLayer } from "../lib/root.ts";
import { BASE_PACKAGES, finishRoot, prepareRoot } from "./base.ts";

export const HARDWARE = {
  memoryMiB: 256,
  videoMemoryMiB: 1,
  network: { mtu: 1500 },
  nineP: true,
  disk: false,
} as const;

/** Python's standard modules that programs import; the rest compile when first used. */
const COMPILE = `
set -e
ldconfig
find /usr/lib/python3 /usr/lib/python3.11 -maxdepth 2 -name '*.py' -not -path '*/test*' -not -path '*/idlelib/*' -not -path '*/lib2to3/*' \
  -not -path '*/tkinter/*' -not -path '*/distutils/*' -not -path '*/pydoc_data/*' -not -path '*/msilib/*' > /run/modules
python3 -m compileall -q --invalidation-mode unchecked-hash -i /run/modules || true
rm -rf /var/cache/ldconfig /run/modules
`;

export async function buildDebian(builder: Builder, verbose: boolean): Promise<VmImage> {
  const { apt, store, kernel, agent, busybox } = builder;
  const packages = apt.fetchClosure(BASE_PACKAGES);
  const tree = new TreeImage();
  prepareRoot(tree);
  await addPackages(tree, packages);
  finishRoot(tree, statusOf(packages), apt.sourcesList);
  const initrd = buildInitrd(builder, readFileSync(join(import.meta.dirname, "init"), "utf8"));
  const boot = (commandLine: string) =>
    ({
      kind: "kernel",
      kernel: kernel.image.slice().buffer,
      initrd: initrd.slice().buffer,
      commandLine,
      display: null,
    }) as const;

  const draft = await storeLayer(store, tree, "debian-draft", "scratch/debian.tree");
  const draftServer = serveRoot(await openLayer(store, draft));
  const setup = await Guest.start({
    emulator: builder.emulator,
    hardware: HARDWARE,
    boot: boot(`${MICROVM_COMMAND_LINE} cloudos.upper=tmpfs`),
    nineP: (request) => draftServer.handle(request),
    verbose,
  });
  await setup.until("shell prompt", 180, () => setup.console.includes("# "));
  await setup.hello(30);
  const done = await setup.exec(["/bin/sh", "-c", COMPILE], 600);
  if (done.status !== 0) throw new Error(`Cannot set up debian: ${done.stderr}`);
  const written = await setup.readOutput(
    ["tar", "-C", "/run/upper", "--exclude=./run", "--exclude=./tmp", "-c", "."],
    300,
  );
  setup.machine.stop();
  await addTar(tree, written, { filter: (path) => !/^(run|tmp|dev|proc|sys|root|var\/cache)\//.test(path) });

  const layer = await storeLayer(store, tree, "debian", "debian/root.tree");
  const server = serveRoot(await openLayer(store, layer));
  const guest = await Guest.start({
    emulator: builder.emulator,
    hardware: HARDWARE,
    boot: boot(MICROVM_COMMAND_LINE),
    nineP: (request) => server.handle(request),
    verbose,
  });
  await guest.until("shell prompt", 180, () => guest.console.includes("# "));
  await guest.hello(30);
  await guest.settle("/mnt");
  const state = await guest.machine.save();
  const fids = await server.export();
  guest.machine.stop();
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
