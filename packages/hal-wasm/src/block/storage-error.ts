import { BlockError, type BlockErrorCode } from "@cloudos/abi";

/** What the browser's storage errors mean for a device, by DOMException name. */
const CODES: Readonly<Record<string, BlockErrorCode>> = {
  QuotaExceededError: "no-space",
  NoModificationAllowedError: "blocked",
  VersionError: "blocked",
  InvalidStateError: "lost",
  NotFoundError: "lost",
};

export function storageError(action: string, cause: unknown): BlockError {
  if (cause instanceof BlockError) return cause;
  const name = (cause as { name?: unknown } | null)?.name;
  const code = (typeof name === "string" ? CODES[name] : undefined) ?? "io";
  const message = cause instanceof Error ? cause.message : String(cause);
  return new BlockError(code, `Cannot ${action}: ${name ?? "error"}: ${message}`, { cause });
}
