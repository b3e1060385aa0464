/** The busybox image, for tests that need a guest; skipped with a reason where images are not built. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { MachineBoot, VmImage } from "@cloudos/abi";

const root = join(import.meta.dirname, "../../../build/images");
const manifest = join(root, "busybox/manifest.json");

export const hasBusybox = existsSync(manifest);
/** For test names. */
export const whyNot = "needs the busybox image (npm run images busybox)";

export function busybox(): VmImage {
  return JSON.parse(readFileSync(manifest, "utf8"));
}

export function busyboxState(): ArrayBuffer {
  const { snapshot } = busybox();
  if (snapshot === null) throw new Error("The busybox image has no snapshot");
  return blob(snapshot.state.sha256);
}

export function busyboxKernel(): MachineBoot {
  const { boot } = busybox();
  return {
    kind: "kernel",
    kernel: new Uint8Array(readFileSync(join(root, "blobs", boot.kernel.sha256))).buffer,
    initrd: blob(boot.initrd.sha256),
    commandLine: boot.commandLine,
    display: null,
  };
}

function blob(sha256: string): ArrayBuffer {
  return new Uint8Array(gunzipSync(readFileSync(join(root, "blobs", sha256)))).buffer;
}
