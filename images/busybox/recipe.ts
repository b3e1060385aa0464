/** `busybox`: Debian's kernel and busybox-static, all in the RAM disk; stored as a machine that has booted. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VM_IMAGE_VERSION, type VmImage } from "@cloudos/abi";
import type { DebianPackage } from "../lib/apt.ts";
import type { Builder } from "../lib/builder.ts";
import { type CpioEntry, writeCpio } from "../lib/cpio.ts";
import { Guest } from "../lib/guest.ts";
import { modulesFor } from "../lib/kernel.ts";

const HARDWARE = { memoryMiB: 64, videoMemoryMiB: 1, network: { mtu: 1500 }, nineP: true, disk: false } as const;
export const MICROVM_MODULES = [
  "virtio_pci",
  "virtio_console",
  "virtio_net",
  "9pnet_virtio",
  "9p",
  "overlay",
  "virtio_balloon",
];
/** The log goes to the serial port; no probing for what is not there. */
export const MICROVM_COMMAND_LINE =
  "console=ttyS0 quiet loglevel=4 nokaslr mitigations=off acpi=off noapic nolapic random.trust_cpu=on panic=-1 tsc=reliable";

export async function buildBusybox(builder: Builder, verbose: boolean): Promise<void> {
  const { apt, store, kernel, agent } = builder;
  const [busybox] = apt.fetch(["busybox-static"]) as [DebianPackage];
  const program = new Uint8Array(readFileSync(join(apt.unpack(busybox), "bin/busybox")));
  const modules = modulesFor(kernel, MICROVM_MODULES);
  const text = (path: string, content: string, mode = 0o644): CpioEntry => ({
    type: "file",
    path,
    mode,
    data: new TextEncoder().encode(content),
  });
  const entries: CpioEntry[] = [
    ...["bin", "sbin", "etc", "lib", "lib/modules", "dev", "proc", "sys", "root"].map(
      (path) => ({ type: "dir", path }) as const,
    ),
    { type: "device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
    { type: "file", path: "bin/busybox", mode: 0o755, data: program },
    { type: "file", path: "sbin/agent", mode: 0o755, data: agent.program },
    text("init", readFileSync(join(import.meta.dirname, "init"), "utf8"), 0o755),
    text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
    text("etc/group", "root:x:0:\n"),
    text("etc/profile", "PS1='\\u@\\h:\\w\\$ '\n"),
    text("lib/modules/order", `${modules.order.join("\n")}\n`),
    ...modules.entries,
  ];
  const initrd = writeCpio(entries);
  const guest = await Guest.start({
    emulator: builder.emulator,
    hardware: HARDWARE,
    boot: {
      kind: "kernel",
      kernel: kernel.image.buffer,
      initrd: initrd.buffer,
      commandLine: MICROVM_COMMAND_LINE,
      display: null,
    },
    verbose,
  });
  await guest.until("shell prompt", 180, () => guest.console.includes("# "));
  await guest.hello(30);
  await guest.settle();
  const state = await guest.machine.save();
  guest.machine.stop();

  const image: VmImage = {
    version: VM_IMAGE_VERSION,
    name: "busybox",
    title: "BusyBox",
    description: "A Linux kernel and BusyBox: the smallest machine with a shell",
    hardware: HARDWARE,
    boot: {
      kernel: store.put(kernel.image, "none"),
      initrd: store.put(initrd, "gzip"),
      commandLine: MICROVM_COMMAND_LINE,
      display: null,
    },
    snapshot: { state: store.put(new Uint8Array(state), "gzip"), fids: null },
    layers: [],
    packages: builder.describe([kernel.package, busybox, ...agent.packages]),
  };
  store.writeManifest("busybox", image);
}
