/** Saving machines: settle, pause, take the state apart, write what differs from the image's booted state. */
import { hardwareId } from "@cloudos/abi/machine-device";
import type { StateParts } from "@cloudos/abi/saved-state";
import type { VmImage } from "@cloudos/abi/vm-image";
import { baseId } from "../images/image-catalogue.ts";
import type { SavedState } from "../runtime.ts";
import { RuntimeError } from "../runtime-error.ts";
import { checkSnapshot } from "../snapshot/check-snapshot.ts";
import { concat } from "../snapshot/compress.ts";
import type { SnapshotHeader } from "../snapshot/format.ts";
import { readSnapshot } from "../snapshot/read-snapshot.ts";
import { writeSnapshot } from "../snapshot/write-snapshot.ts";
import type { MachineRecord } from "../store/machine-record.ts";
import type { MachineStore } from "../store/machine-store.ts";
import type { LiveMachine } from "./live-machine.ts";
import type { MachineRuntimeOptions } from "./machine-runtime.ts";
import type { Starter } from "./start-machine.ts";

/** What a record keeps of a save, and what a person hears of it. */
export interface Saved {
  readonly record: NonNullable<MachineRecord["saved"]>;
  readonly result: SavedState;
}

export class Savior {
  readonly #options: MachineRuntimeOptions;
  readonly #store: MachineStore;
  readonly #starter: Starter;

  constructor(options: MachineRuntimeOptions, store: MachineStore, starter: Starter) {
    this.#options = options;
    this.#store = store;
    this.#starter = starter;
  }

  /** `resume`: the machine goes on as soon as its state is in memory. Otherwise it stays paused. */
  async save(record: MachineRecord, live: LiveMachine, options: { readonly resume: boolean }): Promise<Saved> {
    const begin = performance.now();
    const { state, fids } = await this.#capture(live, options.resume);
    await this.#store.writeConsole(record.spec.name, live.console.scrollback());
    return this.#write(record, state, fids, begin);
  }

  /** The state of `from` (running, or at rest) and its files as those of `to`. */
  async clone(from: MachineRecord, live: LiveMachine | null, to: MachineRecord): Promise<Saved> {
    const begin = performance.now();
    const { board, machineFiles, files } = this.#options;
    const writable = this.#store.writable(to.spec.name);
    // Files and memory must be of one moment: both are taken while the machine stands still.
    await files.mkdir(writable, { recursive: true });
    const copy = () => machineFiles.copyWritable(this.#store.writable(from.spec.name), writable);
    if (live !== null) {
      const { state, fids } = await this.#capture(live, true, copy);
      await this.#store.writeConsole(to.spec.name, live.console.scrollback());
      return this.#write(to, state, fids, begin);
    }
    await copy();
    const bytes = await this.#store.readState(from.spec.name);
    const read = await this.#read(from, bytes);
    await this.#store.writeConsole(to.spec.name, new Uint8Array(await this.#store.readConsole(from.spec.name)));
    return this.#write(to, board.join(read.state), read.fids, begin);
  }

  /** The machine as a file for another browser: its state and the files it wrote, of one moment. */
  async export(record: MachineRecord, live: LiveMachine | null): Promise<Uint8Array<ArrayBuffer>> {
    const { machineFiles, board } = this.#options;
    const { name } = record.spec;
    let files = new Uint8Array();
    const pack = async () => {
      files = await machineFiles.packWritable(this.#store.writable(name));
    };
    if (live !== null) {
      const { state, fids } = await this.#capture(live, true, pack);
      return (await this.#encode(record, state, fids, files)).bytes;
    }
    const read = await this.#read(record, await this.#store.readState(name));
    await pack();
    return (await this.#encode(record, board.join(read.state), read.fids, files)).bytes;
  }

  /** Takes an exported machine in; all of it is checked before anything is written. */
  async adopt(record: MachineRecord, bytes: Uint8Array): Promise<Saved["record"]> {
    const { machineFiles, board } = this.#options;
    const read = await this.#read(record, bytes);
    if (read.files !== null) await machineFiles.unpackWritable(this.#store.writable(record.spec.name), read.files);
    return (await this.#write(record, board.join(read.state), read.fids, performance.now())).record;
  }

  /** The machine's state and open files at one moment. */
  async #capture(live: LiveMachine, resume: boolean, meanwhile: () => Promise<void> = async () => undefined) {
    // What cannot be settled is in the state anyway.
    await live.connectedAgent?.settle({ sync: true, dropCaches: false }).catch(() => undefined);
    const state = await live.device.save();
    try {
      const fids = live.root === null ? null : await live.root.exportFids();
      await meanwhile();
      return { state, fids };
    } finally {
      if (resume) await live.device.resume();
    }
  }

  async #write(
    record: MachineRecord,
    state: ArrayBuffer,
    fids: Uint8Array<ArrayBuffer> | null,
    begin: number,
  ): Promise<Saved> {
    const { bytes, written, savedAtMs } = await this.#encode(record, state, fids, null);
    await this.#store.writeState(record.spec.name, bytes);
    const { id, sizeBytes, pages } = written;
    return {
      record: { id, sizeBytes, savedAtMs },
      result: { id, sizeBytes, pages: pages.literal, ms: performance.now() - begin },
    };
  }

  async #encode(
    record: MachineRecord,
    state: ArrayBuffer,
    fids: Uint8Array<ArrayBuffer> | null,
    files: Uint8Array<ArrayBuffer> | null,
  ) {
    const { board, wallMs, entropy, digest } = this.#options;
    const { spec } = record;
    const image = await this.#starter.image(spec);
    const parts = board.split(state);
    const base = await this.#base(image, parts);
    const hardware = { ...image.hardware, memoryMiB: spec.memoryMiB ?? image.hardware.memoryMiB };
    const savedAtMs = wallMs();
    const header: Omit<SnapshotHeader, "emulator" | "spaces"> = {
      hardware: hardwareId(hardware),
      memoryMiB: hardware.memoryMiB,
      base: base === null ? null : baseId(image),
      image: { name: image.name, id: baseId(image) ?? image.boot.kernel.sha256 },
      name: spec.name,
      savedAtMs,
      generation: Array.from(entropy(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
    };
    const pieces: Uint8Array[] = [];
    const written = await writeSnapshot(
      { header, state: parts, base, fids, files },
      (piece) => void pieces.push(piece),
      digest,
    );
    return { bytes: concat(pieces, written.sizeBytes), written, savedAtMs };
  }

  /** The image's booted state, when the machine could have come from it: then only differences are stored. */
  async #base(image: VmImage, parts: StateParts): Promise<StateParts | null> {
    if (image.snapshot === null) return null;
    const base = await this.#starter.baseParts(image);
    return base.spaces[0]?.sizeBytes === parts.spaces[0]?.sizeBytes ? base : null;
  }

  async #read(record: MachineRecord, bytes: Uint8Array) {
    const { board, digest } = this.#options;
    const image = await this.#starter.image(record.spec);
    const hardware = hardwareId({ ...image.hardware, memoryMiB: record.spec.memoryMiB ?? image.hardware.memoryMiB });
    try {
      return await readSnapshot([bytes], {
        check: (header) => checkSnapshot(header, { emulator: board.emulator, hardware, base: baseId(image) }),
        base: () => this.#starter.baseParts(image),
        digest,
      });
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new RuntimeError("snapshot", text, { cause });
    }
  }
}
