/** Why a snapshot cannot be used. Nothing of the machine was touched. */
export type SnapshotErrorCode =
  /** Not a snapshot of ours at all. */
  | "foreign"
  /** One of ours, of a version this CloudOS does not know. */
  | "version"
  /** Damaged or cut short. */
  | "corrupt"
  /** Sound, but made on another emulator version. */
  | "emulator"
  /** Sound, but memory or devices differ. */
  | "hardware"
  /** Sound, but the image it was made against is not the one at hand. */
  | "base";

/** `offset`: where in the file reading stopped, in bytes; -1 when the place is not the point. */
export class SnapshotError extends Error {
  readonly code: SnapshotErrorCode;
  readonly offset: number;
  constructor(code: SnapshotErrorCode, message: string, offset = -1) {
    super(message);
    this.name = "SnapshotError";
    this.code = code;
    this.offset = offset;
  }
}

export function corrupt(what: string, offset: number): never {
  throw new SnapshotError("corrupt", `Cannot read the snapshot: ${what} at byte ${offset}`, offset);
}
