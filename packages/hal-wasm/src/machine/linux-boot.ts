/**
 * Puts a Linux kernel, its initial RAM disk, command line and boot parameters into a machine's memory (Linux's
 * Documentation/arch/x86/boot.rst and zero-page.rst).
 *
 *     0x010000  boot parameters ("zero page")      0x020000  command line
 *     0x1000000 protected-mode kernel              top       initial RAM disk
 *
 * The kernel goes where it prefers to run (16 MiB for Debian's): it unpacks itself over its own packed bytes there, and none are left behind in
 * memory that snapshots would then carry.
 */
import { MachineFailure } from "./machine-error.ts";

export const BOOT_PARAMETERS = 0x10000;
/** Below it, a kernel is in the way of the board. */
const KERNEL_MIN = 0x100000;
const COMMAND_LINE = 0x20000;
const PAGE = 4096;

export interface LinuxImage {
  readonly kernel: Uint8Array;
  readonly initrd: Uint8Array | null;
  readonly commandLine: string;
  readonly display: {
    readonly width: number;
    readonly height: number;
    readonly address: number;
    readonly sizeBytes: number;
  } | null;
}

export interface Placement {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export interface LinuxPlacement {
  /** The 32-bit entry point. */
  readonly entry: number;
  readonly placements: readonly Placement[];
}

/** What goes where, for a machine of `memoryBytes`. Throws MachineFailure ("invalid") for a kernel that cannot run here. */
export function placeLinux(image: LinuxImage, memoryBytes: number): LinuxPlacement {
  const { kernel, initrd } = image;
  const header = new DataView(kernel.buffer, kernel.byteOffset, kernel.byteLength);
  if (kernel.length < 0x1000 || header.getUint32(0x202, true) !== 0x53726448)
    throw new MachineFailure("invalid", "Cannot boot kernel: it is not a Linux bzImage");
  const protocol = header.getUint16(0x206, true);
  if (protocol < 0x20a)
    throw new MachineFailure("invalid", `Cannot boot kernel: boot protocol 0x${protocol.toString(16)}, need 0x20a`);
  // A 64-bit kernel has a 64-bit entry point (xloadflags bit 0) and no 32-bit one that ends up anywhere.
  if (protocol >= 0x20c && (header.getUint16(0x236, true) & 1) !== 0)
    throw new MachineFailure(
      "invalid",
      "Cannot boot kernel: it is for 64-bit processors, and this machine is 32-bit x86",
    );
  const code = kernel.subarray(((header.getUint8(0x1f1) || 4) + 1) * 512);
  const entry = Math.max(header.getUint32(0x258, true), KERNEL_MIN);
  const runEnd = entry + Math.max(header.getUint32(0x260, true), code.length);
  const initrdSize = initrd?.length ?? 0;
  const initrdMax = Math.min(memoryBytes, header.getUint32(0x22c, true) + 1);
  const initrdAt = Math.floor((initrdMax - initrdSize) / PAGE) * PAGE;
  if (initrdAt < runEnd)
    throw new MachineFailure(
      "no-memory",
      `Cannot boot kernel: it needs ${Math.ceil((runEnd + initrdSize) / 2 ** 20)} MiB, the machine has ${memoryBytes / 2 ** 20}`,
    );
  const commandLine = new TextEncoder().encode(`${image.commandLine}\0`);
  if (commandLine.length > header.getUint32(0x238, true))
    throw new MachineFailure("invalid", `Cannot boot kernel: command line of ${commandLine.length} bytes is too long`);

  const parameters = new Uint8Array(PAGE);
  const out = new DataView(parameters.buffer);
  parameters.set(kernel.subarray(0x1f1, 0x202 + header.getUint8(0x201)), 0x1f1);
  out.setUint16(0x1fa, 0xffff, true); // vid_mode: normal
  out.setUint8(0x210, 0xff); // type_of_loader: undefined
  out.setUint8(0x211, (header.getUint8(0x211) & ~0xe0) | 1); // loadflags: loaded high, no heap
  out.setUint32(0x214, entry, true);
  out.setUint32(0x218, initrdSize === 0 ? 0 : initrdAt, true);
  out.setUint32(0x21c, initrdSize, true);
  out.setUint32(0x228, COMMAND_LINE, true);
  memoryMap(out, memoryBytes);
  if (image.display !== null) screenInfo(out, image.display);
  const placements = [
    { address: BOOT_PARAMETERS, bytes: parameters },
    { address: COMMAND_LINE, bytes: commandLine },
    { address: entry, bytes: code },
    ...(initrd === null ? [] : [{ address: initrdAt, bytes: initrd }]),
  ];
  return { entry, placements };
}

/** e820: low memory, the hole with the ROM, the rest. */
function memoryMap(out: DataView, memoryBytes: number): void {
  const map = [
    [0, 0x9fc00, 1],
    [0x9fc00, 0x400, 2],
    [0xf0000, 0x10000, 2],
    [0x100000, memoryBytes - 0x100000, 1],
  ] as const;
  out.setUint8(0x1e8, map.length);
  for (const [index, [address, size, type]] of map.entries()) {
    const at = 0x2d0 + index * 20;
    out.setUint32(at, address, true);
    out.setUint32(at + 8, size, true);
    out.setUint32(at + 16, type, true);
  }
}

/** screen_info as a VESA BIOS call would have left it: the kernel's vesafb takes it. */
function screenInfo(out: DataView, display: NonNullable<LinuxImage["display"]>): void {
  const VESA_LINEAR = 0x23;
  out.setUint8(0x07, 80);
  out.setUint8(0x0e, 25);
  out.setUint8(0x0f, VESA_LINEAR);
  out.setUint16(0x12, display.width, true);
  out.setUint16(0x14, display.height, true);
  out.setUint16(0x16, 32, true);
  out.setUint32(0x18, display.address, true);
  out.setUint32(0x1c, display.sizeBytes >> 16, true);
  out.setUint16(0x24, display.width * 4, true);
  for (const [index, [size, position]] of [
    [8, 16],
    [8, 8],
    [8, 0],
    [8, 24],
  ].entries()) {
    out.setUint8(0x26 + index * 2, size as number);
    out.setUint8(0x27 + index * 2, position as number);
  }
  out.setUint16(0x34, 0x9b, true); // attributes: supported, colour, graphics, linear
}
