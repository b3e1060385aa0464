import { EIO } from "@cloudos/abi/errno";
import { FsError } from "../vfs/errors.ts";

/** Bytes on disk that are not what was written there. Programs see EIO; the log says what and where. */
export class CorruptError extends FsError {
  readonly block: number;
  constructor(what: string, block: number, found: string) {
    super(EIO, `Cannot read ${what} at block ${block}: ${found}`);
    this.name = "CorruptError";
    this.block = block;
  }
}

export function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
