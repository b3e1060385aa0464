import { EIO, ENOSPC, EROFS } from "@cloudos/abi/errno";
import { FileError } from "@cloudos/abi/machine";
import { BlockError } from "@cloudos/abi/ports";
import { FsError } from "../vfs/errors.ts";

/** The number a program sees for whatever went wrong. */
export function errnoOf(error: unknown): number {
  if (error instanceof FsError || error instanceof FileError) return error.errno;
  if (error instanceof BlockError) {
    if (error.code === "no-space") return ENOSPC;
    if (error.code === "read-only") return EROFS;
  }
  return EIO;
}

/** Errors that are the system's, not the caller's: worth a line in the log. */
export function isUnexpected(error: unknown): boolean {
  return !(error instanceof FsError) && !(error instanceof FileError);
}
