import { type DeviceFile, type DeviceSession, EV_SYN, INPUT_EVENT_SIZE, SYN_DROPPED, SYN_REPORT } from "@cloudos/abi";

/** Type, code and value of one event. */
export type InputEvent = readonly [type: number, code: number, value: number];

/** Batches of input events for every program that has the device open. */
export class EventSource {
  readonly #sessions = new Map<DeviceSession, { dropped: boolean }>();
  readonly #wallMs: () => number;
  readonly #onUse: ((inUse: boolean) => void) | undefined;
  readonly file: DeviceFile;

  /** `onUse`: the first program opened it, or the last closed. */
  constructor(wallMs: () => number = Date.now, onUse?: (inUse: boolean) => void) {
    this.#wallMs = wallMs;
    this.#onUse = onUse;
    this.file = {
      name: "input/event*",
      kind: "source",
      open: (session) => {
        this.#sessions.set(session, { dropped: false });
        if (this.#sessions.size === 1) this.#onUse?.(true);
        return {
          closed: () => {
            this.#sessions.delete(session);
            if (this.#sessions.size === 0) this.#onUse?.(false);
          },
        };
      },
    };
  }

  get inUse(): boolean {
    return this.#sessions.size > 0;
  }

  /** Sends the events and a SYN_REPORT. A program that has no room for all of them gets none, and a SYN_DROPPED before the next. */
  emit(events: readonly InputEvent[]): void {
    if (events.length === 0 || this.#sessions.size === 0) return;
    const batch = [...events, [EV_SYN, SYN_REPORT, 0] as const];
    const plain = encode(batch, this.#wallMs());
    for (const [session, state] of this.#sessions) {
      const record = state.dropped ? encode([[EV_SYN, SYN_DROPPED, 0], ...batch], this.#wallMs()) : plain;
      state.dropped = !session.offer(record);
    }
  }
}

function encode(events: readonly InputEvent[], wallMs: number): Uint8Array {
  const bytes = new Uint8Array(events.length * INPUT_EVENT_SIZE);
  const view = new DataView(bytes.buffer);
  events.forEach(([type, code, value], index) => {
    const at = index * INPUT_EVENT_SIZE;
    view.setBigInt64(at, BigInt(Math.floor(wallMs / 1000)), true);
    view.setBigInt64(at + 8, BigInt(Math.floor((wallMs % 1000) * 1000)), true);
    view.setUint16(at + 16, type, true);
    view.setUint16(at + 18, code, true);
    view.setInt32(at + 20, value, true);
  });
  return bytes;
}
