import type { DiskOptions } from "@cloudos/abi";
import { BootError } from "../common/boot-error.ts";

/** A reloaded page may come up while its predecessor is still being torn down. */
const PATIENCE_MS = 1500;

/** Whether this page may keep anything: a frame in another site's page may not where third-party storage is blocked. */
export async function mayStore(): Promise<boolean> {
  try {
    await navigator.locks.query();
    return true;
  } catch (error) {
    // Locks go with storage: a browser refuses both together.
    return !(error instanceof DOMException && error.name === "SecurityError");
  }
}

/**
 * Holds the disk for this tab. Two machines on one disk would overwrite each other's file system, so the second is refused.
 * The browser lets go of the lock when the tab closes or crashes.
 */
export async function lockDisk(disk: DiskOptions): Promise<() => void> {
  if (disk.kind === "memory") return () => undefined;
  const release = Promise.withResolvers<void>();
  const granted = await new Promise<boolean>((resolve) => {
    const held = () => {
      resolve(true);
      return release.promise;
    };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    navigator.locks.request(`cloudos-disk-${disk.kind}-${disk.name}`, { signal }, held).catch(() => resolve(false));
  });
  if (!granted) {
    throw new BootError(
      "disk-busy",
      "CloudOS is open in another tab, and your files can be open in one only. Close that tab, or go on there.",
    );
  }
  return release.resolve;
}
