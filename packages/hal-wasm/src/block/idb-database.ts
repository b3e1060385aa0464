import { BlockError } from "@cloudos/abi";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { BLOCK_SIZE } from "./geometry.ts";
import { storageError } from "./storage-error.ts";

export interface DiskSchema extends DBSchema {
  /** By block number. */
  blocks: { key: number; value: Uint8Array<ArrayBuffer> };
  /** "blockCount", "blockSize", "flushed". */
  meta: { key: string; value: number };
}

/** Version of the schema above. */
const SCHEMA_VERSION = 1;

export interface OpenDisk {
  readonly database: IDBPDatabase<DiskSchema>;
  /** As it was created: a disk does not change its size. */
  readonly blockCount: number;
}

/** Opens the database of a disk. `lost` is called at most once per reason, when it goes away later. */
export async function openDisk(name: string, blockCount: number, lost: (error: BlockError) => void): Promise<OpenDisk> {
  const { promise: refused, reject: refuse } = Promise.withResolvers<never>();
  const opening = openDB<DiskSchema>(name, SCHEMA_VERSION, {
    upgrade(database) {
      database.createObjectStore("blocks");
      database.createObjectStore("meta");
    },
    blocked() {
      refuse(new BlockError("blocked", `Cannot open disk "${name}": another tab uses an older version of it`));
    },
    blocking(_current, wanted, event) {
      // Somebody deletes or upgrades the database: holding on would only make them wait for ever.
      (event.target as IDBDatabase).close();
      const what = wanted === null ? "was deleted" : "was taken over by a newer version in another tab";
      lost(new BlockError("lost", `Cannot use disk "${name}": it ${what}`));
    },
    terminated() {
      lost(new BlockError("lost", `Cannot use disk "${name}": the browser closed it (was its site data cleared?)`));
    },
  });
  try {
    const database = await Promise.race([opening, refused]);
    return { database, blockCount: await settleGeometry(database, name, blockCount) };
  } catch (cause) {
    // If it opens after all, nobody will use it.
    opening.then((database) => database.close()).catch(() => undefined);
    throw storageError(`open disk "${name}"`, cause);
  }
}

async function settleGeometry(database: IDBPDatabase<DiskSchema>, name: string, wanted: number): Promise<number> {
  const { store } = database.transaction("meta", "readonly");
  const [count, size] = await Promise.all([store.get("blockCount"), store.get("blockSize")]);
  if (count === undefined) {
    const transaction = database.transaction("meta", "readwrite");
    await Promise.all([
      transaction.store.put(wanted, "blockCount"),
      transaction.store.put(BLOCK_SIZE, "blockSize"),
      transaction.done,
    ]);
  }
  if (size !== undefined && size !== BLOCK_SIZE) {
    throw new BlockError("io", `Cannot open disk "${name}": its blocks have ${size} bytes, expected ${BLOCK_SIZE}`);
  }
  return count ?? wanted;
}
