import { ENOENT } from "@cloudos/abi/errno";
import type { HostFiles } from "@cloudos/abi/machine";
import { type MachineRecord, parseRecord } from "./machine-record.ts";

/** Where machines live on the OS's disk. */
export const MACHINES_DIRECTORY = "/var/vm";
const RECORD = "machine.json";
const STATE = "state.snap";
const CONSOLE = "console";
const WRITABLE = "root";

/** The machines on CloudFS. A file is replaced by renaming, so that a tab closed half way leaves the old one. */
export class MachineStore {
  readonly #files: HostFiles;

  constructor(files: HostFiles) {
    this.#files = files;
  }

  async names(): Promise<readonly string[]> {
    const entries = await unlessMissing(this.#files.readdir(MACHINES_DIRECTORY), []);
    return entries.filter(({ name, type }) => type === "dir" && !name.startsWith(".")).map(({ name }) => name);
  }

  /** null when there is no such machine, or its record cannot be read. */
  async record(name: string): Promise<MachineRecord | null> {
    const bytes = await unlessMissing(this.#files.readFile(this.path(name, RECORD)), null);
    return bytes === null ? null : parseRecord(new TextDecoder().decode(bytes));
  }

  async writeRecord(record: MachineRecord): Promise<void> {
    const { name } = record.spec;
    await this.#files.mkdir(this.writable(name), { recursive: true });
    await this.#replace(this.path(name, RECORD), new TextEncoder().encode(JSON.stringify(record, null, 1)));
    // Durable soon, and in order with what else is written: nobody has to wait for it.
    void this.#files.sync().catch(() => undefined);
  }

  /** The directory that takes what the guest writes to its root file system. */
  writable(name: string): string {
    return this.path(name, WRITABLE);
  }

  readState(name: string): Promise<Uint8Array> {
    return this.#files.readFile(this.path(name, STATE));
  }
  writeState(name: string, bytes: Uint8Array): Promise<void> {
    return this.#replace(this.path(name, STATE), bytes);
  }
  readConsole(name: string): Promise<Uint8Array> {
    return unlessMissing(this.#files.readFile(this.path(name, CONSOLE)), new Uint8Array());
  }
  writeConsole(name: string, bytes: Uint8Array): Promise<void> {
    return this.#replace(this.path(name, CONSOLE), bytes);
  }

  async remove(name: string): Promise<void> {
    // The guest's root user owns what is in there.
    await this.#files.emptyTree(this.writable(name));
    await this.#files.remove(`${MACHINES_DIRECTORY}/${name}`, { recursive: true });
    await this.#files.sync();
  }

  path(name: string, file: string): string {
    return `${MACHINES_DIRECTORY}/${name}/${file}`;
  }

  async #replace(path: string, bytes: Uint8Array): Promise<void> {
    await this.#files.writeFile(`${path}.new`, bytes);
    await this.#files.rename(`${path}.new`, path);
  }
}

async function unlessMissing<T>(read: Promise<T>, missing: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if ((error as { errno?: unknown }).errno === ENOENT) return missing;
    throw error;
  }
}
