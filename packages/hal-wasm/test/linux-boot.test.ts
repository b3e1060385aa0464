import { describe, expect, it } from "vitest";
import { bootRom } from "../src/machine/boot-rom.ts";
import { BOOT_PARAMETERS, placeLinux } from "../src/machine/linux-boot.ts";

const MIB = 2 ** 20;

/** The header of a bzImage with one setup sector and `code` bytes of kernel. */
function bzImage(changes: { protocol?: number; flags?: number; initSize?: number; code?: number } = {}): Uint8Array {
  const image = new Uint8Array(1024 + (changes.code ?? 8192));
  const view = new DataView(image.buffer);
  view.setUint8(0x1f1, 1);
  view.setUint8(0x201, 0x66);
  view.setUint32(0x202, 0x53726448, true);
  view.setUint16(0x206, changes.protocol ?? 0x20f, true);
  view.setUint32(0x22c, 0x37ffffff, true);
  view.setUint16(0x236, changes.flags ?? 0, true);
  view.setUint32(0x238, 2047, true);
  view.setUint32(0x258, 16 * MIB, true);
  view.setUint32(0x260, changes.initSize ?? 24 * MIB, true);
  image.fill(0x90, 1024);
  return image;
}
const place = (kernel: Uint8Array, memoryMiB = 64, initrd: Uint8Array | null = null, commandLine = "quiet") =>
  placeLinux({ kernel, initrd, commandLine, display: null }, memoryMiB * MIB);

describe("placing a Linux kernel", () => {
  it("puts it where it prefers to run, the RAM disk at the top, and says so in the boot parameters", () => {
    const initrd = new Uint8Array(5000).fill(7);
    const { entry, placements } = place(bzImage(), 64, initrd);
    expect(entry).toBe(16 * MIB);
    const at = (address: number) => placements.find((placement) => placement.address === address)?.bytes;
    expect(at(entry)?.length).toBe(8192);
    expect(at(64 * MIB - 8192)).toEqual(initrd);
    const parameters = new DataView((at(BOOT_PARAMETERS) as Uint8Array).buffer);
    expect(parameters.getUint32(0x218, true)).toBe(64 * MIB - 8192);
    expect(parameters.getUint32(0x21c, true)).toBe(5000);
    expect(new TextDecoder().decode(at(parameters.getUint32(0x228, true)))).toBe("quiet\0");
    // e820: the last range ends where memory does.
    const last = 0x2d0 + (parameters.getUint8(0x1e8) - 1) * 20;
    expect(parameters.getUint32(last, true) + parameters.getUint32(last + 8, true)).toBe(64 * MIB);
  });

  it("refuses what cannot run here, and says why", () => {
    expect(() => place(new Uint8Array(100))).toThrow("not a Linux bzImage");
    expect(() => place(bzImage({ protocol: 0x206 }))).toThrow("boot protocol 0x206");
    expect(() => place(bzImage({ flags: 1 }))).toThrow("32-bit x86");
    expect(() => place(bzImage(), 32)).toThrow("needs 40 MiB, the machine has 32");
    expect(() => place(bzImage(), 64, null, "x".repeat(3000))).toThrow("command line");
  });
});

describe("the boot ROM", () => {
  it("starts at the reset vector, has its writes, and ends in a jump to the kernel", () => {
    const rom = new Uint8Array(bootRom([{ port: 0x4d1, width: 8, value: 0x0e }], 0x1000000, BOOT_PARAMETERS));
    expect(rom.length).toBe(65536);
    expect([...rom.subarray(0xfff0, 0xfff5)]).toEqual([0xea, 0x00, 0xe0, 0x00, 0xf0]);
    const code = [...rom.subarray(0xe100, 0xe180)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    expect(code).toContain("66 ba d1 04 b0 0e ee");
    expect(code).toContain("be 00 00 01 00 b8 00 00 00 01 ff e0");
  });

  it("does not overwrite itself", () => {
    const writes = Array.from({ length: 2000 }, () => ({ port: 1, width: 32, value: 1 }) as const);
    expect(() => bootRom(writes, 0, 0)).toThrow("2000 port writes do not fit");
  });
});
