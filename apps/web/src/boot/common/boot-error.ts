import type { BootErrorCode } from "@cloudos/abi";

/** Why a machine did not boot. */
export class BootError extends Error {
  readonly code: BootErrorCode;
  constructor(code: BootErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "BootError";
    this.code = code;
  }
}
