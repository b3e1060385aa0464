/** `desktop`: X with a window manager, panel and a few programs over the `debian` image, stored as a machine with its windows open. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VM_IMAGE_VERSION, type VmImage } from "@cloudos/abi";
import { addTar, TreeImage } from "../../packages/fs-cloudfs/src/chunkfs/node/index.ts";
import { prepareRoot } from "../debian/base.ts";
import { debianStatusFile } from "../debian/recipe.ts";
import type { Builder } from "../lib/builder.ts";
import { configure } from "../lib/configure.ts";
import { addControlFiles, addPackages, statusOf } from "../lib/debian-tree.ts";
import { Guest } from "../lib/guest.ts";
import { buildInitrd, MICROVM_COMMAND_LINE, MICROVM_MODULES } from "../lib/initrd.ts";
import { CONFIGURE } from "../lib/package-layer.ts";
import { serveRoot, storeLayer } from "../lib/root.ts";
import { addDesktopFiles } from "./files.ts";
import { DESKTOP_PACKAGES, LEFT_OUT } from "./packages.ts";

const HARDWARE = { memoryMiB: 256, videoMemoryMiB: 8, network: { mtu: 1500 }, nineP: true, disk: false } as const;
const DISPLAY = { width: 1024, height: 768 } as const;
/** With the windows drawn nothing happens any more. */
const QUIET_MS = 6000;

export async function buildDesktop(builder: Builder, verbose: boolean, debian: VmImage): Promise<VmImage> {
  const { apt, store, kernel, agent, busybox } = builder;
  const baseStatus = debianStatusFile(builder);
  const packages = apt.fetchClosure(DESKTOP_PACKAGES, baseStatus);
  const tree = new TreeImage();
  prepareRoot(tree);
  await addPackages(tree, packages, LEFT_OUT);
  addControlFiles(tree, packages);
  addDesktopFiles(tree);
  tree.file("var/lib/dpkg/status", `${readFileSync(baseStatus, "utf8")}\n${statusOf(packages, "unpacked")}`);
  const modules = [...MICROVM_MODULES, "psmouse", "evdev"];
  const init = readFileSync(join(import.meta.dirname, "../debian/init"), "utf8");
  const initrd = buildInitrd(builder, init, { modules });
  const draft = await storeLayer(store, tree, "desktop-draft", "scratch/desktop.tree");
  const options = { hardware: { ...HARDWARE, memoryMiB: 512 }, seconds: 1200, verbose };
  await addTar(
    tree,
    await configure(builder, initrd, [...debian.layers, draft], `${CONFIGURE}\nfc-cache -s\n`, options),
  );
  const layers = [...debian.layers, await storeLayer(store, tree, "desktop", "desktop/root.tree")];

  const commandLine = `${MICROVM_COMMAND_LINE} vt.global_cursor_default=0`;
  const root = await serveRoot(store, layers);
  const guest = await Guest.start({
    emulator: builder.emulator,
    hardware: HARDWARE,
    boot: {
      kind: "kernel",
      kernel: kernel.image.slice().buffer,
      initrd: initrd.slice().buffer,
      commandLine,
      display: DISPLAY,
    },
    nineP: (request) => root.server.handle(request),
    verbose,
  });
  await guest.until("shell prompt", 300, () => guest.console.includes("# "));
  await guest.hello(60);
  const start = "setsid /usr/lib/cloudos/start-desktop < /dev/null > /run/desktop.log 2>&1 &";
  await guest.exec(["/bin/sh", "-c", start]);
  await guest.until("windows", 600, () => {
    guest.tick();
    return guest.machine.stats().idleMs > QUIET_MS;
  });
  const windows = await guest.exec([
    "/bin/sh",
    "-c",
    "DISPLAY=:0 xwininfo -root -tree; tail -n 20 /run/desktop.log /run/Xorg.out /run/Xorg.log",
  ]);
  if (!windows.stdout.includes("xterm"))
    throw new Error(`Cannot make a snapshot of the desktop: no window is open\n${windows.stdout}`);
  await guest.settle("/mnt");
  const state = await guest.machine.save();
  const fids = await root.server.export();
  guest.machine.stop();
  return {
    version: VM_IMAGE_VERSION,
    name: "desktop",
    title: "Desktop",
    description: "Debian with a desktop: terminal, files, editor, calculator, image viewer and a small web browser",
    hardware: HARDWARE,
    boot: { kernel: store.put(kernel.image, "none"), initrd: store.put(initrd, "gzip"), commandLine, display: DISPLAY },
    snapshot: { state: store.put(new Uint8Array(state), "gzip"), fids: store.put(fids, "gzip") },
    layers,
    packages: [...debian.packages, ...builder.describe([busybox.package, ...agent.packages, ...packages])].filter(
      ({ name }, index, all) => all.findIndex((other) => other.name === name) === index,
    ),
  };
}
