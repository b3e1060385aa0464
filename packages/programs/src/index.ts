import type { ImageBlob, ImageEntry } from "@cloudos/abi/image";

/** `build/programs/index.json`: what this package adds to the system image; the blobs lie beside it in `blobs/`. */
export interface ProgramsIndex {
  readonly entries: readonly ImageEntry[];
  readonly blobs: Readonly<Record<string, ImageBlob>>;
}
