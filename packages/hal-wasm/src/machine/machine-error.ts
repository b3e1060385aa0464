import type { MachineErrorCode } from "@cloudos/abi";

/** A request to a machine that failed; the machine is as before unless `code` is "ended" or "emulator". */
export class MachineFailure extends Error {
  readonly code: MachineErrorCode;
  constructor(code: MachineErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "MachineFailure";
    this.code = code;
  }
}
