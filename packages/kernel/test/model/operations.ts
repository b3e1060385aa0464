/** One step of a history: which process does what. Handles go by numbers of the history's own, so that a step means the same when others are left out. */
export type Operation = { readonly by: number } & (
  | { readonly do: "event_create"; readonly makes: number }
  | { readonly do: "channel_create"; readonly makes: number; readonly makesPeer: number }
  | { readonly do: "vmo_create"; readonly makes: number; readonly size: number; readonly flags: number }
  | { readonly do: "handle_dup"; readonly handle: number; readonly rights: number; readonly makes: number }
  | {
      readonly do: "channel_mint";
      readonly handle: number;
      readonly badge: bigint;
      readonly rights: number;
      readonly makes: number;
    }
  | { readonly do: "handle_close"; readonly handle: number }
  | { readonly do: "handle_revoke"; readonly handle: number }
  | { readonly do: "handle_info"; readonly handle: number }
  | { readonly do: "object_signal"; readonly handle: number; readonly clear: number; readonly set: number }
  | { readonly do: "object_wait"; readonly handle: number; readonly signals: number; readonly waits: boolean }
  | {
      readonly do: "channel_write";
      readonly handle: number;
      readonly fill: number;
      readonly length: number;
      readonly handles: readonly number[];
      readonly waits: boolean;
    }
  /** Handles that arrive get the numbers from `makes` on. */
  | {
      readonly do: "channel_read";
      readonly handle: number;
      readonly capacity: number;
      readonly handleCapacity: number;
      readonly waits: boolean;
      readonly makes: number;
    }
  | { readonly do: "vmo_read"; readonly handle: number; readonly offset: number; readonly length: number }
  | {
      readonly do: "vmo_write";
      readonly handle: number;
      readonly offset: number;
      readonly length: number;
      readonly fill: number;
    }
  | {
      readonly do: "vmo_clone";
      readonly handle: number;
      readonly offset: number;
      readonly size: number;
      readonly flags: number;
      readonly makes: number;
    }
  | { readonly do: "vmo_resize"; readonly handle: number; readonly size: number }
  | { readonly do: "vmo_size"; readonly handle: number }
  | { readonly do: "kill" }
);

/** What a call answers. `errno` undefined: it waits. `out` is what it shows, in a form that can be compared. */
export interface Outcome {
  readonly errno: number | undefined;
  readonly out?: unknown;
}

/** Bytes of a transfer: different for every `fill`, and never all alike. */
export function pattern(fill: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (fill * 31 + i * 7 + (i >>> 8)) & 255);
}

/** Bytes as something short that two sides can compare. */
export function digest(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${bytes.length}:${(hash >>> 0).toString(16)}`;
}

/** Numbers of handles that arrive in one message at most. */
export const ARRIVALS = 16;
