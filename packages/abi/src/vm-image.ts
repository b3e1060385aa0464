/**
 * Images of x86 machines as they are published: `<site>/os/images/<name>/manifest.json` and `<site>/os/images/blobs/<sha256>`.
 * `<site>/os/images/index.json` (VmImageIndex) lists what there is.
 */
import type { MachineHardware } from "./machine-device.ts";

export const VM_IMAGE_VERSION = 1;

/** A file in the blob store. The hash is of the stored (compressed) bytes. */
export interface BlobReference {
  readonly sha256: string;
  /** Uncompressed. */
  readonly sizeBytes: number;
  readonly storedBytes: number;
  readonly compression: "gzip" | "none";
}

/** A Debian package in an image, and where its sources are. */
export interface ImagePackage {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  /** Short names from the package's copyright file, as far as it says so in machine-readable form. */
  readonly licences: readonly string[];
}

/** A read-only layer of a root file system: a chunk tree of fs-cloudfs. */
export interface ImageLayer {
  readonly name: string;
  /** The tree's file, relative to `os/images/`; its chunks are in `os/images/blobs/`. */
  readonly path: string;
  /** Hex SHA-256 of the tree: what identifies it. */
  readonly id: string;
  readonly files: number;
  /** Of all files; and of tree and chunks as stored. */
  readonly sizeBytes: number;
  readonly storedBytes: number;
}

export interface VmImage {
  readonly version: typeof VM_IMAGE_VERSION;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly hardware: MachineHardware;
  /** For cold boots: the kernel, its initial RAM disk and command line. */
  readonly boot: {
    readonly kernel: BlobReference;
    readonly initrd: BlobReference;
    readonly commandLine: string;
    readonly display: { readonly width: number; readonly height: number } | null;
  };
  /** A machine that has booted: the emulator's state, and the 9P server's fid table if there is a 9P root. */
  readonly snapshot: { readonly state: BlobReference; readonly fids: BlobReference | null } | null;
  /** Lowest first. Empty: all files are in the RAM disk. */
  readonly layers: readonly ImageLayer[];
  readonly packages: readonly ImagePackage[];
}

/** A package layer: what `--package` adds to an image that has `base`. */
export interface PackageLayer {
  readonly version: typeof VM_IMAGE_VERSION;
  /** The Debian package it is for. */
  readonly name: string;
  readonly base: string;
  readonly layer: ImageLayer;
  readonly packages: readonly ImagePackage[];
}

/** `os/images/firmware/manifest.json`: what machines that boot ISOs and disks of their own start from. */
export interface VmFirmware {
  readonly version: typeof VM_IMAGE_VERSION;
  readonly bios: BlobReference;
  readonly videoBios: BlobReference;
  readonly packages: readonly ImagePackage[];
}

export interface VmImageIndex {
  readonly version: typeof VM_IMAGE_VERSION;
  readonly images: readonly (
    | { readonly name: string; readonly title: string; readonly state: "ready"; readonly bytes: number }
    | { readonly name: string; readonly title: string; readonly state: "building"; readonly step: string }
    /** `reason` says what to do. */
    | { readonly name: string; readonly title: string; readonly state: "not-built"; readonly reason: string }
  )[];
  readonly packages: readonly {
    readonly name: string;
    readonly base: string;
    readonly state: "ready" | "not-built";
    readonly bytes: number;
  }[];
}
