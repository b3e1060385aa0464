import type { Directory } from "../tree/inode.ts";
import type { Lower } from "./marks.ts";

/** A file or directory as the overlay shows it. */
export class OverlayNode {
  readonly ino: number;
  /** WASI filetype or FILETYPE_FIFO. */
  readonly type: number;
  /** Its inode in the upper tree; 0 while it is in lower layers only. */
  upper = 0;
  /** A file's origin; all directories that show through, the highest first. */
  lower: readonly Lower[];
  /** Files copied up: see `Origin`. */
  limit = 0;
  hasData = false;
  /** A file with several names in its layer: the upper file has a name in the index too, and this many names are still lower. */
  isIndexed = false;
  lowerLinks = 0;
  /** No name is left. */
  isGone = false;
  /** Where it was last seen; directories have no other place. The root is its own parent. */
  parent: OverlayNode;
  name: string;
  /** A directory's entries, once somebody listed them. */
  entries: Directory | undefined;
  /** Names that must get a whiteout in the upper tree: the lower ones are hidden already. */
  owed: Set<string> | undefined;

  constructor(ino: number, type: number, lower: readonly Lower[], parent: OverlayNode | undefined, name: string) {
    this.ino = ino;
    this.type = type;
    this.lower = lower;
    this.parent = parent ?? this;
    this.name = name;
  }
}
