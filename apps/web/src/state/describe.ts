import type { ExitStatus } from "@cloudos/abi";

export function describeExit(status: ExitStatus): string {
  if (status.kind === "signaled") return `Ended by signal ${status.signal}`;
  return status.code === 0 ? "Finished" : `Finished with status ${status.code}`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
