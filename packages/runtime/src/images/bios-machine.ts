/** Machines that boot a disk or a CD of the person's: no image of ours, but a BIOS. */
import type { HostFiles } from "@cloudos/abi/machine";
import type { MachineBoot, MachineDisk } from "@cloudos/abi/machine-device";
import { VM_IMAGE_VERSION, type VmFirmware, type VmImage } from "@cloudos/abi/vm-image";
import type { EnvironmentSpec } from "../runtime.ts";
import { RuntimeError } from "../runtime-error.ts";
import type { BlobStore } from "./blobs.ts";

const DEFAULT_MEMORY_MIB = 256;
/** ECMA-119 8.4: the primary volume descriptor is in sector 16; its volume identifier at 40, 32 bytes. */
const VOLUME_DESCRIPTOR = 16 * 2048;
const VOLUME_ID = VOLUME_DESCRIPTOR + 40;
const VOLUME_ID_BYTES = 32;
const SECTOR = 512;
/** PC partition table: a disk that a BIOS boots ends its first sector with these. */
const BOOT_SIGNATURE = [0x55, 0xaa] as const;

export function isIso(bytes: Uint8Array): boolean {
  return text(bytes, VOLUME_DESCRIPTOR + 1, 5) === "CD001";
}

/** Stands for the image such a machine has not got. */
export function biosImage(spec: EnvironmentSpec, iso: boolean): VmImage {
  const none = { sha256: "", sizeBytes: 0, storedBytes: 0, compression: "none" } as const;
  return {
    version: VM_IMAGE_VERSION,
    name: spec.disk ?? "",
    title: spec.disk ?? "",
    description: "",
    hardware: {
      memoryMiB: DEFAULT_MEMORY_MIB,
      videoMemoryMiB: 8,
      network: { mtu: 1500 },
      nineP: false,
      disk: !iso,
    },
    boot: { kernel: none, initrd: none, commandLine: "", display: { width: 720, height: 400 } },
    snapshot: null,
    layers: [],
    packages: [],
  };
}

export interface BiosMedium {
  readonly boot: MachineBoot;
  readonly disk: MachineDisk | null;
  readonly cdrom: MachineDisk | null;
}

/** Reads the medium, refuses what cannot boot here, and fetches the BIOS. */
export async function biosMedium(
  path: string,
  files: HostFiles,
  blobs: BlobStore,
  firmware: VmFirmware,
): Promise<BiosMedium> {
  const bytes = (await files.readFile(path)) as Uint8Array<ArrayBuffer>;
  checkMedium(path, bytes);
  const [bios, videoBios] = await Promise.all([blobs.load(firmware.bios), blobs.load(firmware.videoBios)]);
  const medium: MachineDisk = { kind: "bytes", bytes: bytes.slice().buffer };
  const iso = isIso(bytes);
  return {
    boot: { kind: "bios", bios, videoBios, from: iso ? "cdrom" : "disk" },
    disk: iso ? null : medium,
    cdrom: iso ? medium : null,
  };
}

/** Throws RuntimeError "invalid" for what a 32-bit PC cannot boot, as far as that can be seen. */
export function checkMedium(path: string, bytes: Uint8Array): void {
  if (isIso(bytes)) {
    const volume = text(bytes, VOLUME_ID, VOLUME_ID_BYTES).trim();
    if (/amd64|x86[_-]64|\bx64\b/i.test(`${volume} ${path}`)) {
      const nearest = 'Nearest here: a disk for i386 or i686, or the image "debian" (vm run debian)';
      throw new RuntimeError(
        "invalid",
        `Cannot boot "${path}" (${volume}): it is for 64-bit x86, this machine is 32-bit x86. ${nearest}`,
      );
    }
    return;
  }
  const isBootable = bytes[SECTOR - 2] === BOOT_SIGNATURE[0] && bytes[SECTOR - 1] === BOOT_SIGNATURE[1];
  if (!isBootable) {
    throw new RuntimeError(
      "invalid",
      `Cannot boot "${path}": it is neither an ISO 9660 image nor a disk with a boot sector`,
    );
  }
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return new TextDecoder("latin1").decode(bytes.subarray(at, at + length));
}
