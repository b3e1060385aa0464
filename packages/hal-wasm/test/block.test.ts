import "fake-indexeddb/auto";
import { BlockError } from "@cloudos/abi";
import { deleteDB, openDB } from "idb";
import { describe, expect, test } from "vitest";
import { IdbBlockDevice, MemoryBlockDevice, type MemoryContents, memoryContents } from "../src/block/index.ts";
import { describeBlockDevice } from "./describe-block-device.ts";

const contents = new Map<string, MemoryContents>();
describeBlockDevice("memory", {
  open: async (name) => {
    const held = contents.get(name) ?? memoryContents(1024);
    contents.set(name, held);
    return new MemoryBlockDevice(held);
  },
  persistent: true,
});
// Chromium's own IndexedDB and OPFS run the same cases in the browser suite.
describeBlockDevice("IndexedDB (in Node)", {
  open: (name) => IdbBlockDevice.open(name, { blockCount: 1024 }),
  persistent: true,
});

const block = (fill: number) => new Uint8Array(4096).fill(fill);

describe("IndexedDB", () => {
  test("a disk deleted while it runs is lost, in words", async () => {
    let told: BlockError | undefined;
    const device = await IdbBlockDevice.open("deleted", {
      blockCount: 64,
      onLost: (error) => {
        told = error;
      },
    });
    await deleteDB("deleted");
    expect(told?.code).toBe("lost");
    expect(told?.message).toBe('Cannot use disk "deleted": it was deleted');
    await expect(device.write([{ block: 0, data: block(1) }])).rejects.toMatchObject({ code: "lost" });
    await expect(device.read(0, block(0))).rejects.toMatchObject({ code: "lost" });
  });

  test("a disk of a newer version is not opened", async () => {
    (await openDB("newer", 99)).close();
    await expect(IdbBlockDevice.open("newer", { blockCount: 64 })).rejects.toMatchObject({ code: "blocked" });
  });

  test("calls made while a transaction runs share the next one", async () => {
    const device = await IdbBlockDevice.open("grouped", { blockCount: 64 });
    let transactions = 0;
    const original = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (...args: Parameters<IDBDatabase["transaction"]>) {
      if (args[1] === "readwrite") transactions++;
      return original.apply(this, args);
    };
    try {
      await Promise.all([
        ...[1, 2, 3].map((at) => device.write([{ block: at, data: block(at) }])),
        device.writeAtomic([{ block: 9, data: block(9) }]),
        device.flush(),
        device.discard(20, 5),
      ]);
      await device.flush();
    } finally {
      IDBDatabase.prototype.transaction = original;
    }
    expect(transactions).toBe(1);
    await device.close();
  });

  test("a full disk says so and keeps what it had", async () => {
    const device = await IdbBlockDevice.open("full", { blockCount: 64 });
    await device.write([{ block: 1, data: block(1) }]);
    const original = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args: Parameters<IDBObjectStore["put"]>) {
      const request = original.apply(this, args);
      this.transaction.abort();
      throw Object.assign(new Error("the quota is used up"), { name: "QuotaExceededError", request });
    };
    try {
      const failing = device.write([{ block: 1, data: block(2) }]);
      await expect(failing).rejects.toBeInstanceOf(BlockError);
      await expect(failing).rejects.toMatchObject({ code: "no-space" });
    } finally {
      IDBObjectStore.prototype.put = original;
    }
    const out = block(0);
    await device.read(1, out);
    expect(out[0]).toBe(1);
    await device.close();
  });

  test("a read-only disk takes no writes", async () => {
    const device = await IdbBlockDevice.open("read-only", { blockCount: 64, readOnly: true });
    await expect(device.write([{ block: 0, data: block(1) }])).rejects.toMatchObject({ code: "read-only" });
    await device.close();
  });
});
