import {
  type BlobReference,
  type PackageLayer,
  VM_IMAGE_VERSION,
  type VmFirmware,
  type VmImage,
  type VmImageIndex,
} from "@cloudos/abi/vm-image";
import { RuntimeError } from "../runtime-error.ts";

/** The images of this site: `os/images/`. */
export class ImageCatalogue {
  readonly url: string;
  readonly #images = new Map<string, Promise<VmImage>>();

  /** `url` is absolute and ends in a slash. */
  constructor(url: string) {
    this.url = url;
  }

  /** What is there, built or not, at this moment. A site without images has an empty catalogue. */
  async index(): Promise<VmImageIndex> {
    const index = await this.#json<VmImageIndex>("index.json", { cache: "no-cache" });
    return index ?? { version: VM_IMAGE_VERSION, images: [], packages: [] };
  }

  /** Rejects with "unknown-image" and the nearest name, or "not-built" and what to do. */
  image(name: string): Promise<VmImage> {
    let image = this.#images.get(name);
    if (image === undefined) {
      image = this.#load(name);
      this.#images.set(name, image);
      // It may be built in the meantime.
      image.catch(() => this.#images.delete(name));
    }
    return image;
  }

  /** The BIOS for disks and CDs. Rejects with "not-built". */
  async firmware(): Promise<VmFirmware> {
    const firmware = await this.#json<VmFirmware>("firmware/manifest.json", { cache: "no-cache" });
    if (firmware !== null) return firmware;
    throw new RuntimeError("not-built", "Cannot boot a disk: the BIOS is not built here. Run npm run images");
  }

  async packageLayer(name: string, base: string): Promise<PackageLayer> {
    const path = `packages/${encodeURIComponent(name)}.json`;
    const layer = await this.#json<PackageLayer>(path, {});
    if (layer === null) {
      const { packages } = await this.index();
      if (packages.some((each) => each.name === name)) {
        const what = `npm run images -- --package ${name}`;
        throw new RuntimeError("not-built", `Cannot add package "${name}": it is not built here. Run ${what}`);
      }
      throw new RuntimeError(
        "unknown-image",
        `Cannot add package "${name}": there is no such package in the catalogue`,
      );
    }
    if (layer.base !== base) {
      throw new RuntimeError("invalid", `Cannot add package "${name}": it is for image "${layer.base}", not "${base}"`);
    }
    return layer;
  }

  async #load(name: string): Promise<VmImage> {
    const image = /^[a-z0-9][a-z0-9._-]*$/.test(name)
      ? await this.#json<VmImage>(`${name}/manifest.json`, { cache: "no-cache" })
      : null;
    if (image !== null) return checked(name, image);
    const { images } = await this.index();
    const entry = images.find((each) => each.name === name);
    if (entry?.state === "building") {
      throw new RuntimeError("not-built", `Cannot use image "${name}": it is being built (${entry.step})`);
    }
    if (entry?.state === "not-built") {
      throw new RuntimeError("not-built", `Cannot use image "${name}": it is not built here. ${entry.reason}`);
    }
    const names = images.map((each) => `"${each.name}"`).join(", ");
    const known = names === "" ? "this site has no images" : `there are ${names}`;
    throw new RuntimeError("unknown-image", `Cannot use image "${name}": there is no such image; ${known}`);
  }

  /** null when the server has no such file. */
  async #json<T>(path: string, init: RequestInit): Promise<T | null> {
    const url = new URL(path, this.url).href;
    try {
      const response = await fetch(url, init);
      if (response.status === 404) return null;
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      return (await response.json()) as T;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new RuntimeError("download", `Cannot load ${url}: ${reason}`, { cause });
    }
  }
}

function checked(name: string, image: VmImage): VmImage {
  if (image.version === VM_IMAGE_VERSION) return image;
  const message = `Cannot use image "${name}": its version is ${image.version}, expected ${VM_IMAGE_VERSION}`;
  throw new RuntimeError("invalid", message);
}

/** Names the state that snapshots of this image are relative to. */
export function baseId(image: VmImage): string | null {
  return image.snapshot?.state.sha256 ?? null;
}

/** All blobs a start from the booted state needs; from the kernel without one. */
export function startBlobs(image: VmImage): readonly BlobReference[] {
  if (image.snapshot === null) return [image.boot.kernel, image.boot.initrd];
  return image.snapshot.fids === null ? [image.snapshot.state] : [image.snapshot.state, image.snapshot.fids];
}
