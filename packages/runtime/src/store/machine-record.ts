import type { MachineIdentity } from "../machine/identity.ts";
import type { EnvironmentSpec, RuntimeKind } from "../runtime.ts";

export const RECORD_VERSION = 1;

/** What is known about a machine at rest: `/var/vm/<name>/machine.json`. */
export interface MachineRecord {
  readonly version: typeof RECORD_VERSION;
  readonly kind: RuntimeKind;
  readonly spec: EnvironmentSpec;
  readonly identity: MachineIdentity;
  readonly createdAtMs: number;
  /** The saved state in `state.snap`, if there is one. */
  readonly saved: { readonly id: string; readonly sizeBytes: number; readonly savedAtMs: number } | null;
  /** Was running when last heard of: with a saved state it can go on from there. */
  readonly wasRunning: boolean;
}

/** null for anything else than a record of this version. */
export function parseRecord(text: string): MachineRecord | null {
  try {
    const value = JSON.parse(text) as Partial<MachineRecord> | null;
    const isRecord =
      value?.version === RECORD_VERSION &&
      (value.kind === "microvm" || value.kind === "vm") &&
      typeof value.spec?.name === "string" &&
      Array.isArray(value.identity?.mac) &&
      typeof value.identity.machineId === "string" &&
      typeof value.identity.host === "number" &&
      typeof value.createdAtMs === "number";
    return isRecord ? (value as MachineRecord) : null;
  } catch {
    return null;
  }
}

export function checkName(name: string): string | null {
  if (name.length > 63) return "it is longer than 63 characters";
  return /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/.test(name)
    ? null
    : 'names are lower-case letters, digits, "-", "_" and ".", not at the ends';
}
