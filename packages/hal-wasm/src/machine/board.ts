/**
 * What a BIOS would program on the emulated board (an i440FX with a PIIX3), as port writes for the boot ROM: interrupt routing of the PCI
 * slots, the keyboard controller and, when asked for, a linear frame buffer. BARs have their addresses from the emulator.
 */
import type { PortWrite } from "./boot-rom.ts";
import type { V86Cpu } from "./v86-internals.ts";

/** ISA interrupts behind the PIIX3's four lines PIRQA to PIRQD (configuration 0x60 to 0x63 of the ISA bridge). */
const PIRQ = [11, 10, 9, 11] as const;
const ISA_BRIDGE = 1 << 3;
const INTERRUPT_LINE = 0x3c;
const INTERRUPT_PIN = 0x3d;
const IDE_TIMING = 0x40;

const CONFIG_ADDRESS = 0xcf8;
const CONFIG_DATA = 0xcfc;
/** Edge or level triggering of interrupts 8 to 15. */
const ELCR2 = 0x4d1;
/** Keyboard controller: command and data. */
const KBC_COMMAND = 0x64;
const KBC_DATA = 0x60;
const KBC_WRITE_CONFIGURATION = 0x60;
/** Both interrupts, self test passed, scan codes translated to set 1: Linux believes what it finds. */
const KBC_CONFIGURATION = 0x47;
/** Bochs VBE: index and data. */
const VBE_INDEX = 0x1ce;
const VBE_DATA = 0x1cf;
/** Enabled, linear frame buffer. */
const VBE_ENABLE_LFB = 0x41;

export function boardSetup(
  cpu: V86Cpu,
  display: { readonly width: number; readonly height: number } | null,
): readonly PortWrite[] {
  const writes: PortWrite[] = [
    { port: KBC_COMMAND, width: 8, value: KBC_WRITE_CONFIGURATION },
    { port: KBC_DATA, width: 8, value: KBC_CONFIGURATION },
    { port: ELCR2, width: 8, value: PIRQ.reduce((mask, irq) => mask | (1 << (irq - 8)), 0) },
    ...config(ISA_BRIDGE, 0x60, 32, PIRQ[0] | (PIRQ[1] << 8) | (PIRQ[2] << 16) | (PIRQ[3] << 24)),
  ];
  for (const device of cpu.devices.pci.devices) {
    if (device === undefined) continue;
    const space = cpu.devices.pci.device_spaces[device.pci_id];
    if (space === undefined) continue;
    const pin = ((space[INTERRUPT_PIN >> 2] as number) >> 8) & 0xff;
    // The wiring of slots to PIRQ lines is the emulator's (and the real board's): each slot is turned by one.
    if (pin !== 0)
      writes.push(
        ...config(device.pci_id, INTERRUPT_LINE, 8, PIRQ[(pin - 1 + (device.pci_id >> 3) - 1) & 3] as number),
      );
    const isIde = (space[2] as number) >>> 16 === 0x0101;
    if (isIde) writes.push(...config(device.pci_id, IDE_TIMING, 32, 0x80008000)); // decode both channels
  }
  if (display !== null) {
    const registers = [
      [4, 0],
      [1, display.width],
      [2, display.height],
      [3, 32],
      [4, VBE_ENABLE_LFB],
    ] as const;
    for (const [index, value] of registers)
      writes.push({ port: VBE_INDEX, width: 16, value: index }, { port: VBE_DATA, width: 16, value });
  }
  return writes;
}

function config(bdf: number, register: number, width: 8 | 32, value: number): readonly PortWrite[] {
  return [
    { port: CONFIG_ADDRESS, width: 32, value: (0x80000000 | (bdf << 8) | (register & 0xfc)) >>> 0 },
    { port: CONFIG_DATA + (register & 3), width, value: value >>> 0 },
  ];
}
