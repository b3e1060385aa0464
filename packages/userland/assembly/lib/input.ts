/** Operands as inputs: files by name, "-" for standard input. */
import { warnErrno } from "./exit";
import * as fs from "./fs";
import { quoteIfNeeded, quoteShell } from "./quote";

/** An input that could not be opened or read was reported. */
export let inputFailed: bool = false;

/** Opens `name` ("-" is descriptor 0): a descriptor, or -1 after reporting why not. */
export function openInput(name: string): i32 {
  const fd = name == "-" ? 0 : fs.openRead(name);
  if (fd >= 0) return fd;
  warnErrno(quoteIfNeeded(name), -fd);
  inputFailed = true;
  return -1;
}

/** Reports an errno of reading, if any. */
export function checkInput(name: string, error: i32): void {
  if (error == 0) return;
  warnErrno(quoteIfNeeded(name), error);
  inputFailed = true;
}

/** As `openInput`, in the words of head and tail. */
export function openForReading(name: string): i32 {
  const fd = name == "-" ? 0 : fs.openRead(name);
  if (fd >= 0) return fd;
  warnErrno("cannot open " + quoteShell(name) + " for reading", -fd);
  inputFailed = true;
  return -1;
}

export function checkReading(name: string, error: i32): void {
  if (error == 0) return;
  warnErrno("error reading " + quoteShell(name == "-" ? "standard input" : name), error);
  inputFailed = true;
}

export function closeInput(fd: i32): void {
  if (fd > 0) fs.close(fd);
}

/** The operands, or "-" alone when there are none. */
export function inputs(operands: string[]): string[] {
  return operands.length > 0 ? operands : ["-"];
}
