/**
 * The end: an epitaph for the HAL to print. File names are 8 ASCII characters in a u64, as strings would need data segments.
 */
import {
  EPITAPH_BASE, EPITAPH_MAGIC,
} from "../../abi/src/layout";
import { halPanic } from "../../hal-wasm/assembly/hal";
import { core } from "./core";
import { Globals, globals } from "./globals";

export const PANIC_FIBER: u32 = 1; // the HAL names a fiber that does not exist

/** Never returns. A second panic (of another core, or of this one on its way down) changes nothing. */
export function panic(code: u32, file: u64, line: u32, arg0: u32, arg1: u32): void {
  if (atomic.xchg<u32>(changetype<usize>(globals()) + offsetof<Globals>("panicked"), 1) == 0) {
    const at = <usize>EPITAPH_BASE;
    store<u32>(at, code, 4);
    store<u32>(at, core().id, 8);
    store<u32>(at, core().fiber, 12);
    store<u32>(at, core().process, 16);
    store<u32>(at, line, 20);
    store<u32>(at, arg0, 24);
    store<u32>(at, arg1, 28);
    store<u64>(at, file, 32);
    store<u64>(at, 0, 40);
    // ORDER: the magic word last; readers look at it first.
    atomic.store<u32>(at, EPITAPH_MAGIC);
  }
  halPanic(code);
  unreachable();
}
