import { GATE_SLOTS } from "@cloudos/abi";

/** Slots added to the table at once when it is full: 128 processes. */
const GROWTH_SLOTS = 128 * GATE_SLOTS;

/** Hands out runs of GATE_SLOTS entries of a core's function table, and takes them back. */
export class GateSlots {
  readonly #table: WebAssembly.Table;
  readonly #free: number[] = [];
  #next: number;

  /** Slots below `first` are not ours. */
  constructor(table: WebAssembly.Table, first: number) {
    this.#table = table;
    this.#next = first;
  }

  /** Places a gate; returns its first slot. */
  place(gate: readonly WebAssembly.ExportValue[]): number {
    const slot = this.#free.pop() ?? this.#extend();
    gate.forEach((entry, index) => {
      this.#table.set(slot + index, entry);
    });
    return slot;
  }

  /** Empties the slots, so a stale call traps and the gate's memories can be collected. */
  release(slot: number): void {
    for (let index = 0; index < GATE_SLOTS; index++) this.#table.set(slot + index, null);
    this.#free.push(slot);
  }

  #extend(): number {
    if (this.#next + GATE_SLOTS > this.#table.length) this.#table.grow(GROWTH_SLOTS);
    const slot = this.#next;
    this.#next += GATE_SLOTS;
    return slot;
  }
}
