/** `busybox`: Debian's kernel and busybox-static, all in the RAM disk; stored as a machine that has booted. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VM_IMAGE_VERSION, type VmImage } from "@cloudos/abi";
import type { Builder } from "../lib/builder.ts";
import { Guest } from "../lib/guest.ts";
import { buildInitrd, MICROVM_COMMAND_LINE, text } from "../lib/initrd.ts";

/**
 * What nobody traces or audits here is left out, as it would be a tenth of the snapshot. Lockdown is what keeps the trace file system
 * from making its ten thousand files; Debian signs its modules, so they load under it.
 */
const COMMAND_LINE = `${MICROVM_COMMAND_LINE} lockdown=confidentiality apparmor=0 audit=0 cgroup_disable=memory`;
const HARDWARE = { memoryMiB: 64, videoMemoryMiB: 1, network: { mtu: 1500 }, nineP: true, disk: false } as const;

export async function buildBusybox(builder: Builder, verbose: boolean): Promise<VmImage> {
  const { store, kernel, agent, busybox } = builder;
  const initrd = buildInitrd(builder, readFileSync(join(import.meta.dirname, "init"), "utf8"), {
    extra: [
      text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
      text("etc/group", "root:x:0:\n"),
      text("etc/profile", "PS1='\\u@\\h:\\w\\$ '\n"),
    ],
  });
  const guest = await Guest.start({
    emulator: builder.emulator,
    hardware: HARDWARE,
    boot: {
      kind: "kernel",
      kernel: kernel.image.buffer,
      initrd: initrd.buffer,
      commandLine: COMMAND_LINE,
      display: null,
    },
    verbose,
  });
  await guest.until("shell prompt", 900, () => guest.console.includes("# "));
  await guest.hello(120);
  await guest.settle();
  const state = await guest.machine.save();
  guest.machine.stop();
  return {
    version: VM_IMAGE_VERSION,
    name: "busybox",
    title: "BusyBox",
    description: "A Linux kernel and BusyBox: the smallest machine with a shell",
    hardware: HARDWARE,
    boot: {
      kernel: store.put(kernel.image, "none"),
      initrd: store.put(initrd, "gzip"),
      commandLine: COMMAND_LINE,
      display: null,
    },
    snapshot: { state: store.put(new Uint8Array(state), "gzip"), fids: null },
    layers: [],
    packages: builder.describe([kernel.package, busybox.package, ...agent.packages]),
  };
}
