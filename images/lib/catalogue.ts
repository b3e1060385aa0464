/** `build/images/index.json`: what images and packages there are, are being built, or why not. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PackageLayer, VM_IMAGE_VERSION, type VmImage, type VmImageIndex } from "@cloudos/abi";
import { PACKAGES } from "../packages.ts";

const TITLES: Readonly<Record<string, string>> = { busybox: "BusyBox", debian: "Debian 12", desktop: "Desktop" };
const HOW = "Run npm run images on a system with apt, or with DEBIAN_MIRROR set to a Debian mirror";

type Entry = VmImageIndex["images"][number];

export class Catalogue {
  readonly #root: string;
  readonly #states = new Map<string, Entry>();

  constructor(root: string) {
    this.#root = root;
    mkdirSync(root, { recursive: true });
  }

  /** The image's manifest, if it is built. */
  image(name: string): VmImage | undefined {
    return this.#read<VmImage>(`${name}/manifest.json`);
  }

  /** Shown for images that are not built yet. `text` is the step, or the reason. */
  state(names: readonly string[], state: "building" | "not-built", text: string): void {
    for (const name of names) {
      const title = TITLES[name] ?? name;
      this.#states.set(
        name,
        state === "building" ? { name, title, state, step: text } : { name, title, state, reason: `${text}. ${HOW}` },
      );
    }
    this.write();
  }

  write(): void {
    const index: VmImageIndex = {
      version: VM_IMAGE_VERSION,
      images: Object.keys(TITLES).map((name) => this.#entry(name)),
      packages: PACKAGES.map((name) => {
        const layer = this.#read<PackageLayer>(`packages/${name}.json`);
        const ready = layer !== undefined;
        return { name, base: "debian", state: ready ? "ready" : "not-built", bytes: layer?.layer.storedBytes ?? 0 };
      }),
    };
    const path = join(this.#root, "index.json");
    writeFileSync(`${path}.partial`, `${JSON.stringify(index, null, 2)}\n`);
    renameSync(`${path}.partial`, path);
  }

  #entry(name: string): Entry {
    const image = this.image(name);
    if (image !== undefined) return { name, title: image.title, state: "ready", bytes: firstLoad(image) };
    return this.#states.get(name) ?? { name, title: TITLES[name] ?? name, state: "not-built", reason: HOW };
  }

  #read<T extends { version: number }>(path: string): T | undefined {
    const full = join(this.#root, path);
    if (!existsSync(full)) return undefined;
    const value = JSON.parse(readFileSync(full, "utf8")) as T;
    return value.version === VM_IMAGE_VERSION ? value : undefined;
  }
}

/** What the first start fetches at least. */
function firstLoad(image: VmImage): number {
  if (image.snapshot === null) return image.boot.kernel.storedBytes + image.boot.initrd.storedBytes;
  return image.snapshot.state.storedBytes + (image.snapshot.fids?.storedBytes ?? 0);
}
