export type RuntimeErrorCode =
  | "invalid"
  | "exists"
  | "not-found"
  /** Not possible in the environment's present state. */
  | "state"
  /** The image is known but was not built on this site; the message says what to do. */
  | "not-built"
  | "unknown-image"
  | "download"
  | "memory"
  /** The saved state cannot be resumed; `cause` is the SnapshotError. */
  | "snapshot"
  /** The machine ended while the operation ran. */
  | "ended"
  | "unsupported";

/** Why an operation on an environment failed. Nothing half-made is left behind. */
export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;
  constructor(code: RuntimeErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "RuntimeError";
    this.code = code;
  }
}
