/** RAM disks: busybox, the agent, modules and a script that is process 1. */
import type { Builder } from "./builder.ts";
import { type CpioEntry, writeCpio } from "./cpio.ts";
import { modulesFor } from "./kernel.ts";

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

export function text(path: string, content: string, mode = 0o644): CpioEntry {
  return { type: "file", path, mode, data: new TextEncoder().encode(content) };
}

export function buildInitrd(
  builder: Builder,
  init: string,
  options: { readonly modules?: readonly string[]; readonly extra?: readonly CpioEntry[] } = {},
): Uint8Array<ArrayBuffer> {
  const modules = modulesFor(builder.kernel, options.modules ?? MICROVM_MODULES);
  const directories = ["bin", "sbin", "etc", "lib", "lib/modules", "dev", "proc", "sys", "root"];
  return writeCpio([
    ...directories.map((path) => ({ type: "dir", path }) as const),
    { type: "device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
    { type: "file", path: "bin/busybox", mode: 0o755, data: builder.busybox.program },
    { type: "file", path: "sbin/agent", mode: 0o755, data: builder.agent.program },
    text("init", init, 0o755),
    text("lib/modules/order", `${modules.order.join("\n")}\n`),
    ...modules.entries,
    ...(options.extra ?? []),
  ]);
}
