/** What block-devices.test.ts runs inside Chromium, in a worker: sync access handles exist only there. */
import { BlockError } from "@cloudos/abi";
import { Cloudfs } from "@cloudos/fs-cloudfs/cloudfs/cloudfs";
import { fsck } from "@cloudos/fs-cloudfs/cloudfs/fsck";
import { settle } from "@cloudos/fs-cloudfs/vfs/errors";
import { runBlockDeviceCases } from "@cloudos/hal-wasm/block/conformance";
import { IdbBlockDevice, OpfsBlockDevice } from "@cloudos/hal-wasm/block/index";
import { deleteDB } from "idb";

const BLOCKS = { blockCount: 2048 };
const FILE = { type: 4, mode: 0o644 };

async function codeOf(operation: () => Promise<unknown>): Promise<string> {
  try {
    await operation();
    return "none";
  } catch (error) {
    return error instanceof BlockError ? error.code : String(error);
  }
}

async function fileSystemOn(open: () => Promise<IdbBlockDevice | OpfsBlockDevice>): Promise<unknown> {
  const options = { format: true, nowNs: () => 1n };
  const fs = await Cloudfs.mount(await open(), options);
  for (let i = 0; i < 200; i++) {
    const ino = await settle(() => fs.create(fs.rootIno, `file-${i}`, FILE));
    const pages = [{ index: 0, bytes: new Uint8Array(4096).fill(i) }];
    await fs.writeBack(ino, { size: 4096, mtimeNs: 1n, validSize: 0, pages });
    if (i % 50 === 0) await fs.sync();
  }
  await fs.close();
  const unmounted = await open();
  const problems = await fsck(unmounted);
  await unmounted.close();
  const again = await Cloudfs.mount(await open(), options);
  const ino = await settle(() => again.lookup(again.rootIno, "file-199"));
  let byte = -1;
  await settle(() =>
    again.readPages(ino, 0, 1, (_index, bytes) => {
      byte = bytes[7]!;
    }),
  );
  await again.close();
  return { problems, byte };
}

async function deletedWhileOpen(): Promise<unknown> {
  let told = "";
  const device = await IdbBlockDevice.open("deleted", {
    ...BLOCKS,
    onLost: (error) => {
      told = error.message;
    },
  });
  await deleteDB("deleted");
  return { told, code: await codeOf(() => device.flush()) };
}

async function openTwice(): Promise<string> {
  const first = await OpfsBlockDevice.open("twice", BLOCKS);
  const code = await codeOf(() => OpfsBlockDevice.open("twice", BLOCKS));
  await first.close();
  return code;
}

const results = {
  indexeddb: await runBlockDeviceCases({ open: (name) => IdbBlockDevice.open(name, BLOCKS), persistent: true }, "idb"),
  opfs: await runBlockDeviceCases({ open: (name) => OpfsBlockDevice.open(name, BLOCKS), persistent: true }, "opfs"),
  indexeddbFiles: await fileSystemOn(() => IdbBlockDevice.open("files", BLOCKS)),
  opfsFiles: await fileSystemOn(() => OpfsBlockDevice.open("files", BLOCKS)),
  deleted: await deletedWhileOpen(),
  twice: await openTwice(),
};
postMessage(results);
