import { Tmpfs } from "../src/tmpfs/tmpfs.ts";
import { describeFileSystem } from "./describe-file-system.ts";

let now = 0n;

describeFileSystem("tmpfs", {
  make: async () =>
    new Tmpfs({ nowNs: () => ++now, rootMode: 0o1777, memory: () => ({ totalBytes: 1e9, freeBytes: 1e9 }) }),
});
