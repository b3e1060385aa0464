/**
 * The 64 KiB ROM a microVM starts from instead of a BIOS: sets the few registers of the board that Linux expects a BIOS to have set, enters
 * protected mode with flat segments and jumps to the kernel's 32-bit entry point ("32-bit boot protocol" in Linux's
 * Documentation/arch/x86/boot.rst). What the kernel wants to find in memory is put there by linux-boot.ts.
 *
 *     F000:E000  real mode: load the GDT, set CR0.PE
 *     F000:E100  32-bit code: port writes, registers, jump
 *     F000:FE00  GDT and its descriptor
 *     F000:FFF0  reset vector
 */

const ROM_SIZE = 0x10000;
const ROM_BASE = 0xf0000;
const REAL = 0xe000;
const PROTECTED = 0xe100;
const GDT = 0xfe00;
const GDT_POINTER = 0xfe40;
const RESET = 0xfff0;
/** Below the boot parameters; the kernel sets its own stack within a few instructions. */
const STACK_TOP = 0x7c00;

/** `out` instruction with an immediate value. */
export interface PortWrite {
  readonly port: number;
  readonly width: 8 | 16 | 32;
  readonly value: number;
}

/** `entry` and `bootParameters` are physical addresses. Throws RangeError when the writes do not fit. */
export function bootRom(writes: readonly PortWrite[], entry: number, bootParameters: number): ArrayBuffer {
  const rom = new Uint8Array(ROM_SIZE);
  rom.set([0xea, ...u16(REAL), ...u16(ROM_BASE >> 4)], RESET); // jmp F000:REAL
  rom.set(
    [
      ...[0xfa, 0xfc], // cli; cld
      ...[0x2e, 0x0f, 0x01, 0x16, ...u16(GDT_POINTER)], // lgdt cs:[GDT_POINTER]
      ...[0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0], // mov eax, cr0; or al, 1; mov cr0, eax
      ...[0x66, 0xea, ...u32(ROM_BASE + PROTECTED), 0x10, 0x00], // jmp 10:PROTECTED
    ],
    REAL,
  );
  const code = [
    ...[0x66, 0xb8, 0x18, 0x00], // mov ax, 18
    ...[0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0x8e, 0xe0, 0x8e, 0xe8], // mov ds, es, ss, fs, gs, ax
    ...[0xbc, ...u32(STACK_TOP)], // mov esp, STACK_TOP
    ...writes.flatMap(portWrite),
    ...[0x31, 0xed, 0x31, 0xff, 0x31, 0xdb], // xor ebp, ebp; edi; ebx
    ...[0xbe, ...u32(bootParameters)], // mov esi, bootParameters
    ...[0xb8, ...u32(entry), 0xff, 0xe0], // mov eax, entry; jmp eax
  ];
  if (PROTECTED + code.length > GDT)
    throw new RangeError(`Cannot build boot ROM: ${writes.length} port writes do not fit`);
  rom.set(code, PROTECTED);
  rom.set(descriptor(0x9a), GDT + 0x10); // code
  rom.set(descriptor(0x92), GDT + 0x18); // data
  rom.set([...u16(0x1f), ...u32(ROM_BASE + GDT)], GDT_POINTER);
  return rom.buffer;
}

function portWrite({ port, width, value }: PortWrite): readonly number[] {
  const dx = [0x66, 0xba, ...u16(port)];
  if (width === 8) return [...dx, 0xb0, value & 0xff, 0xee];
  if (width === 16) return [...dx, 0x66, 0xb8, ...u16(value), 0x66, 0xef];
  return [...dx, 0xb8, ...u32(value), 0xef];
}

/** A flat 4 GiB segment. */
function descriptor(access: number): readonly number[] {
  return [0xff, 0xff, 0, 0, 0, access, 0xcf, 0];
}

function u16(value: number): readonly number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}
function u32(value: number): readonly number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}
