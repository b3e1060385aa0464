/** `desktop`: X with a window manager, panel and a few programs over the `debian` image, stored as a machine with its windows open. */
import { createHash } from "node:crypto";
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
import { cachedLayer, serveRoot, storeLayer } from "../lib/root.ts";
import { DESKTOP_FILES } from "./files.ts";
import { DESKTOP_PACKAGES, LEFT_OUT } from "./packages.ts";

const HARDWARE = { memoryMiB: 256, videoMemoryMiB: 8, network: { mtu: 1500 }, nineP: true, disk: false } as const;
const DISPLAY = { width: 1024, height: 768 } as const;
const LOOK_EVERY_MS = 3000;
/** The picture is complete when it has stayed as it is for so many looks. */
const SAME_LOOKS = 4;

export async function buildDesktop(builder: Builder, verbose: boolean, debian: VmImage): Promise<VmImage> {
  const { apt, store, kernel, agent, busybox } = builder;
  const baseStatus = debianStatusFile(builder);
  const packages = apt.fetchClosure(DESKTOP_PACKAGES, baseStatus);
  const modules = [...MICROVM_MODULES, "psmouse", "evdev"];
  const init = readFileSync(join(import.meta.dirname, "../debian/init"), "utf8");
  const initrd = buildInitrd(builder, init, { modules });
  const inputs = [
    ...debian.layers.map(({ id }) => id),
    ...packages.map(({ name, version }) => `${name} ${version}`),
    ...LEFT_OUT.map(String),
    CONFIGURE,
  ];
  const layer = await cachedLayer(store, "desktop/root.tree", inputs, async () => {
    const tree = new TreeImage();
    prepareRoot(tree);
    await addPackages(tree, packages, LEFT_OUT);
    addControlFiles(tree, packages);
    tree.file("var/lib/dpkg/status", `${readFileSync(baseStatus, "utf8")}\n${statusOf(packages, "unpacked")}`);
    const draft = await storeLayer(store, tree, "desktop-draft", "scratch/desktop.tree");
    const options = { hardware: { ...HARDWARE, memoryMiB: 512 }, seconds: 1800, verbose };
    const script = `${CONFIGURE}\nfc-cache -s\n`;
    await addTar(tree, await configure(builder, initrd, [...debian.layers, draft], script, options));
    return storeLayer(store, tree, "desktop", "desktop/root.tree");
  });
  const settings = new TreeImage();
  for (const [path, [content, mode]] of Object.entries(DESKTOP_FILES)) settings.file(path, content, { mode });
  settings.directory("root", { mode: 0o700 });
  const layers = [
    ...debian.layers,
    layer,
    await storeLayer(store, settings, "desktop-settings", "desktop/settings.tree"),
  ];

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
  await guest.until("shell prompt", 900, () => guest.console.includes("# "));
  await guest.hello(120);
  const start = "setsid /usr/lib/cloudos/start-desktop < /dev/null > /run/desktop.log 2>&1 &";
  await guest.exec(["/bin/sh", "-c", start]);
  await windows(guest);
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

/** Waits until panel and terminal are drawn. */
async function windows(guest: Guest): Promise<void> {
  const tree = () => guest.exec(["/bin/sh", "-c", "DISPLAY=:0 xwininfo -root -tree"], 300);
  let same = 0;
  let last = "";
  for (let looks = 0; looks < 300; looks++) {
    const next = performance.now() + LOOK_EVERY_MS;
    await guest.until("the next look", 60, () => {
      guest.tick();
      return performance.now() > next;
    });
    const picture = createHash("sha256").update(guest.machine.display.picture().data).digest("hex");
    same = picture === last ? same + 1 : 0;
    last = picture;
    if (same < SAME_LOOKS) continue;
    const { stdout } = await tree();
    if (/"xterm"\) +\d{3}x\d{3}/i.test(stdout) && /"TaskBar".* 1024x/.test(stdout)) return;
    same = 0;
  }
  const log = await guest.exec(["/bin/sh", "-c", "tail -n 20 /run/desktop.log /run/icewm.log /run/Xorg.log"], 300);
  throw new Error(
    `Cannot make a snapshot of the desktop: its windows are not drawn\n${(await tree()).stdout}${log.stdout}`,
  );
}
