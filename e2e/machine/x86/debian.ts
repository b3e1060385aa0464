/** The debian image with its root on our 9P server, for tests that need a Linux kernel as the client. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { VmImage } from "@cloudos/abi";
import { Cloudfs, MountTable, NinePServer, Overlay, PagedBytes } from "@cloudos/fs-cloudfs";
import { openChunkDirectory } from "@cloudos/fs-cloudfs/node/chunk-directory";
import { copyTree } from "@cloudos/fs-cloudfs/vfs/copy-tree";
import { compileEmulator } from "../../../images/lib/builder.ts";
import { Guest } from "../../../images/lib/guest.ts";
import { TestDevice } from "../../../packages/fs-cloudfs/test/memory-device.ts";

const root = join(import.meta.dirname, "../../../build/images");
const manifest = join(root, "debian/manifest.json");
const nowNs = () => BigInt(Date.now()) * 1_000_000n;

export const hasDebian = existsSync(manifest);
/** For test names. */
export const whyNotDebian = "needs the debian image (npm run images debian)";

export interface DebianMachine {
  readonly guest: Guest;
  readonly server: NinePServer;
  readonly overlay: Overlay;
  readonly upper: Cloudfs;
  readonly device: TestDevice;
}

/** What a machine is restored from. */
export interface DebianSnapshot {
  readonly state: ArrayBuffer;
  readonly fids: Uint8Array;
  /** Becomes the disk's content: what the machine had written. */
  readonly written: Cloudfs | undefined;
}

/** A machine restored from the image's snapshot (or another); what it writes goes to a CloudFS in memory. */
export async function startDebian(from?: DebianSnapshot): Promise<DebianMachine> {
  const image: VmImage = JSON.parse(readFileSync(manifest, "utf8"));
  if (image.snapshot?.fids == null) throw new Error("The debian image has no snapshot");
  const { state, fids, written } = from ?? {
    state: unpacked(image.snapshot.state.sha256).buffer,
    fids: unpacked(image.snapshot.fids.sha256),
    written: undefined,
  };
  const lower = [];
  for (const { path } of image.layers) {
    const fs = await openChunkDirectory(join(root, path), root);
    lower.push({ fs, ino: fs.rootIno });
  }
  const device = new TestDevice(65536);
  const upper = await Cloudfs.mount(device, { format: true, nowNs });
  if (written !== undefined) {
    await copyTree({ fs: written, ino: written.rootIno }, { fs: upper, ino: upper.rootIno });
  }
  const overlay = await Overlay.open({ lower, upper: { fs: upper, ino: upper.rootIno } });
  const mount = new MountTable(overlay).root;
  const log: string[] = [];
  const server = new NinePServer({
    mount,
    rootIno: mount.rootIno,
    bytes: new PagedBytes({ nowNs }),
    nowNs,
    onLog: (_level, text) => log.push(text),
  });
  await server.import(fids);
  const guest = await Guest.start({
    emulator: compileEmulator(),
    hardware: image.hardware,
    boot: { kind: "state", state },
    nineP: (request) => {
      if (log.length > 0) throw new Error(log.join("\n"));
      return server.ask(request);
    },
  });
  await guest.hello(60);
  return { guest, server, overlay, upper, device };
}

function unpacked(sha256: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gunzipSync(readFileSync(join(root, "blobs", sha256))));
}
