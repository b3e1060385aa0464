/** SeaBIOS and its VGA BIOS, for machines that boot ISOs and disks. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VM_IMAGE_VERSION, type VmFirmware } from "@cloudos/abi";
import type { DebianPackage } from "./lib/apt.ts";
import type { Builder } from "./lib/builder.ts";

export function firmware(builder: Builder): VmFirmware {
  const [seabios] = builder.apt.fetch(["seabios"]) as [DebianPackage];
  const file = (name: string) => readFileSync(join(builder.apt.unpack(seabios), "usr/share/seabios", name));
  return {
    version: VM_IMAGE_VERSION,
    // Of the package's images these two fit the emulated board.
    bios: builder.store.put(file("bios-256k.bin"), "gzip"),
    videoBios: builder.store.put(file("vgabios-stdvga.bin"), "gzip"),
    packages: builder.describe([seabios]),
  };
}
