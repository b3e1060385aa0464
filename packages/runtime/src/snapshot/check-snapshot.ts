import type { SnapshotHeader } from "./format.ts";
import { SnapshotError } from "./malformed.ts";

/** What a snapshot must fit to be resumed here. */
export interface ResumeTarget {
  readonly emulator: string;
  /** `hardwareId` the machine will have. */
  readonly hardware: string;
  /** Id of the image's booted state at hand; null when the image is not built here. */
  readonly base: string | null;
}

/** Throws SnapshotError with the reason when the machine cannot be resumed on `target`. */
export function checkSnapshot(header: SnapshotHeader, target: ResumeTarget): void {
  const refuse = (code: "emulator" | "hardware" | "base", what: string, value: string, expected: string): never => {
    throw new SnapshotError(code, `Cannot resume "${header.name}": ${what} ${value}, expected ${expected}`);
  };
  if (header.emulator !== target.emulator) refuse("emulator", "its emulator is", header.emulator, target.emulator);
  if (header.hardware !== target.hardware) {
    refuse("hardware", "its memory or devices differ:", header.hardware, target.hardware);
  }
  if (header.base === null || header.base === target.base) return;
  const image = header.image?.name ?? "its image";
  if (target.base === null) {
    const message = `Cannot resume "${header.name}": the image "${image}" is not built here`;
    throw new SnapshotError("base", message);
  }
  refuse(
    "base",
    `image "${image}" has changed since it was saved:`,
    header.base.slice(0, 12),
    target.base.slice(0, 12),
  );
}
