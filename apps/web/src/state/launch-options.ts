import type { DiskOptions, MachineMode } from "@cloudos/abi";

/** What the URL may ask for: `?mode=up&cores=2&memory=512&disk=memory&run=python3`. Unknown or malformed values are ignored. */
export interface LaunchOptions {
  readonly mode: MachineMode | "auto";
  readonly cores: number | null;
  readonly memoryMiB: number | null;
  readonly disk: DiskOptions;
  /** Command line for the first terminal; null is the login shell. */
  readonly run: string | null;
}

/** The one persistent disk of this origin. */
export const DISK_NAME = "cloudos-disk-0";

export function parseLaunchOptions(search: string): LaunchOptions {
  const query = new URLSearchParams(search);
  const mode = query.get("mode");
  const disk = query.get("disk");
  return {
    mode: mode === "up" || mode === "smp" ? mode : "auto",
    cores: wholeNumber(query.get("cores"), 1, 64),
    memoryMiB: wholeNumber(query.get("memory"), 32, 2048),
    disk: { kind: disk === "memory" || disk === "opfs" ? disk : "indexeddb", name: DISK_NAME },
    run: query.get("run"),
  };
}

function wholeNumber(text: string | null, least: number, most: number): number | null {
  if (text === null || !/^\d+$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}
