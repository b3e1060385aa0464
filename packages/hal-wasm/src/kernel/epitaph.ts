import { type Crash, EPITAPH_BASE, EPITAPH_MAGIC } from "@cloudos/abi";
import type { KernelMemory } from "./kernel-memory.ts";

const O_CODE = 4;
const O_CORE = 8;
const O_PROCESS = 16;
const O_LINE = 20;
const O_ARG0 = 24;
const O_ARG1 = 28;
const O_FILE = 32;
const FILE_SIZE = 64;

/** What the kernel wrote before it panicked, or undefined when it wrote nothing. */
export function readEpitaph(memory: KernelMemory): Crash | undefined {
  const at = (offset: number) => memory.u32(EPITAPH_BASE + offset);
  if (at(0) !== EPITAPH_MAGIC) return undefined;
  const name = memory.copy(EPITAPH_BASE + O_FILE, FILE_SIZE);
  const end = name.indexOf(0);
  const file = new TextDecoder().decode(name.subarray(0, end < 0 ? FILE_SIZE : end));
  const where = file === "" ? `line ${at(O_LINE)}` : `${file}:${at(O_LINE)}`;
  const args = `0x${at(O_ARG0).toString(16)}, 0x${at(O_ARG1).toString(16)}`;
  return {
    code: at(O_CODE),
    text: `Kernel panic ${at(O_CODE)} at ${where} (${args})`,
    core: at(O_CORE),
    process: at(O_PROCESS),
  };
}
