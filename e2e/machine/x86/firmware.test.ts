import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { VmFirmware } from "@cloudos/abi";
import { describe, expect, it } from "vitest";
import { compileEmulator, readBlob } from "../../../images/lib/builder.ts";
import { ImageStore } from "../../../images/lib/store.ts";
import { openDisk } from "../../../packages/hal-wasm/src/machine/disk.ts";
import { encodePng, Machine, type MachineOutputs } from "../../../packages/hal-wasm/src/machine/index.ts";

const root = join(import.meta.dirname, "../../../build/images");
const path = join(root, "firmware/manifest.json");
const hardware = { memoryMiB: 32, videoMemoryMiB: 2, network: null, nineP: false, disk: true } as const;
const ignored: MachineOutputs = {
  console: () => {},
  consoleTaken: () => {},
  agent: () => {},
  agentTaken: () => {},
  serial: () => {},
  frame: () => {},
  audio: () => {},
  display: () => {},
  ended: () => {},
};

/** A boot sector that writes what the second sector holds on the screen, then `W` to the third, and stops. */
function disk(text: string): ArrayBuffer {
  const bytes = new Uint8Array(1024 * 1024);
  // Disk address packets: size, 0, count, offset, segment, sector (64 bits).
  const packet = (offset: number, sector: number) => [
    0x10,
    0,
    1,
    0,
    offset & 255,
    offset >> 8,
    0,
    0,
    sector,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ];
  bytes.set([
    ...[0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0], // xor ax, ax; mov ds, ax; mov es, ax
    ...[0xb4, 0x42, 0xbe, 0x80, 0x7c, 0xcd, 0x13], // extended read of the packet at 7c80
    ...[0xbe, 0x00, 0x80, 0xac, 0x84, 0xc0, 0x74, 0x06], // mov si, 8000; next: lodsb; test al, al; jz done
    ...[0xb4, 0x0e, 0xcd, 0x10, 0xeb, 0xf5], // teletype output; jmp next
    ...[0xb8, 0x00, 0x43, 0xbe, 0xa0, 0x7c, 0xcd, 0x13], // done: extended write of the packet at 7ca0
    ...[0xf4, 0xeb, 0xfd], // hlt; jmp
  ]);
  bytes.set(packet(0x8000, 1), 0x80);
  bytes.set(packet(0x8000, 2), 0xa0);
  bytes.set([0x55, 0xaa], 510);
  bytes.set(new TextEncoder().encode(`${text}\0`), 512);
  return bytes.buffer;
}

describe.skipIf(!existsSync(path))("a machine with a BIOS (needs npm run images)", () => {
  it("boots a disk, shows text, reads and writes sectors", async () => {
    const firmware = JSON.parse(readFileSync(path, "utf8")) as VmFirmware;
    const store = new ImageStore(root);
    const image = openDisk({ kind: "bytes", bytes: disk("Started from a disk.") }, () => {});
    const machine = await Machine.create(
      {
        emulator: compileEmulator(),
        hardware,
        boot: {
          kind: "bios",
          bios: readBlob(store, firmware.bios).buffer,
          videoBios: readBlob(store, firmware.videoBios).buffer,
          from: "disk",
        },
        disk: image,
        cdrom: null,
        mac: Uint8Array.of(2, 0, 0, 0, 0, 1),
        nineP: null,
        canvas: null,
        cpuShare: 1,
      },
      ignored,
    );
    machine.start();
    const sector = () => new Promise<Uint8Array>((resolve) => image.get(1024, 512, resolve));
    await expect
      .poll(async () => new TextDecoder().decode((await sector()).subarray(0, 7)), { timeout: 100_000 })
      .toBe("Started");
    expect(machine.display.text).toContain("Started from a disk.");
    const png = new Uint8Array(await encodePng(machine.display.picture()));
    expect([...png.subarray(1, 4)]).toEqual([...new TextEncoder().encode("PNG")]);
    machine.stop();
  });
});
