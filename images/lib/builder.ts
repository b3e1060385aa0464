/** What the recipes share: packages, kernel, agent, store, and a machine to boot once. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { ImagePackage } from "@cloudos/abi";
import { type Agent, buildAgent } from "./agent.ts";
import { Apt, type DebianPackage } from "./apt.ts";
import { fetchKernel, type Kernel } from "./kernel.ts";
import { licences } from "./licences.ts";
import { ImageStore } from "./store.ts";

const repository = join(import.meta.dirname, "../..");

export class Builder {
  readonly apt: Apt;
  readonly store: ImageStore;
  readonly scratch: string;
  #kernel: Kernel | undefined;
  #agent: Agent | undefined;
  #busybox: { readonly program: Uint8Array; readonly package: DebianPackage } | undefined;
  #emulator: WebAssembly.Module | undefined;

  /** Throws NotHere when images cannot be built on this system. */
  constructor() {
    const root = join(repository, "build/images");
    this.apt = new Apt(join(root, "apt"));
    this.store = new ImageStore(root);
    this.scratch = join(root, "scratch");
    this.apt.update();
  }

  get kernel(): Kernel {
    this.#kernel ??= fetchKernel(this.apt);
    return this.#kernel;
  }

  get busybox(): { readonly program: Uint8Array; readonly package: DebianPackage } {
    if (this.#busybox === undefined) {
      const [pkg] = this.apt.fetch(["busybox-static"]) as [DebianPackage];
      this.#busybox = {
        program: new Uint8Array(readFileSync(join(this.apt.unpack(pkg), "bin/busybox"))),
        package: pkg,
      };
    }
    return this.#busybox;
  }

  get agent(): Agent {
    this.#agent ??= buildAgent(this.apt, join(repository, "images/agent"), this.scratch);
    return this.#agent;
  }

  get emulator(): WebAssembly.Module {
    this.#emulator ??= compileEmulator();
    return this.#emulator;
  }

  /** Entries for the manifest, by name. */
  describe(packages: readonly DebianPackage[]): readonly ImagePackage[] {
    return [...packages]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((pkg) => ({
        name: pkg.name,
        version: pkg.version,
        source: pkg.source,
        sourceVersion: pkg.sourceVersion,
        licences: licences(this.apt.unpack(pkg), pkg.name),
      }));
  }
}

/** v86's machine code, as Machine wants it. */
export function compileEmulator(): WebAssembly.Module {
  const entry = fileURLToPath(import.meta.resolve("v86"));
  return new WebAssembly.Module(readFileSync(join(dirname(entry), "v86.wasm")));
}

/** A stored blob's content. */
export function readBlob(
  store: ImageStore,
  blob: { sha256: string; compression: "gzip" | "none" },
): Uint8Array<ArrayBuffer> {
  const stored = readFileSync(join(store.root, "blobs", blob.sha256));
  return new Uint8Array(blob.compression === "gzip" ? gunzipSync(stored) : stored);
}
