/** One file of a listing, and the orders ls can sort by. */
import { FILETYPE_DIRECTORY } from "../../../../abi/src/wasi";
import { compareBytes } from "../bytes";
import * as fs from "../fs";
import { displayWidth } from "../utf8";
import { compareVersions } from "../version-compare";
import {
  settings,
  SORT_EXTENSION,
  SORT_NONE,
  SORT_SIZE,
  SORT_TIME,
  SORT_VERSION,
  SORT_WIDTH,
  TIME_ACCESSED,
  TIME_CHANGED,
} from "./settings";

export class Entry {
  st: fs.Stat = new fs.Stat();
  /** st holds all fields, not just type and ino. */
  known: bool = false;
  /** Stat failed: long listings show question marks. */
  broken: bool = false;
  /** Target of a symbolic link, for long listings. */
  target: string = "";
  /** What the link points to; null when it is no link or points nowhere. */
  targetStat: fs.Stat | null = null;
  /** The name as shown, and its width. */
  shown: string = "";
  width: i32 = 0;

  constructor(
    public name: string,
    public path: string,
  ) {}

  get isDirectory(): bool {
    if (this.st.type == FILETYPE_DIRECTORY) return true;
    const target = this.targetStat;
    return target !== null && target.type == FILETYPE_DIRECTORY;
  }

  get time(): u64 {
    return settings.time == TIME_CHANGED ? this.st.ctim : settings.time == TIME_ACCESSED ? this.st.atim : this.st.mtim;
  }
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.substring(dot);
}

function compareEntries(a: Entry, b: Entry): i32 {
  let order = 0;
  switch (settings.sort) {
    case SORT_TIME:
      order = a.time > b.time ? -1 : a.time < b.time ? 1 : 0;
      break;
    case SORT_SIZE:
      order = a.st.size > b.st.size ? -1 : a.st.size < b.st.size ? 1 : 0;
      break;
    case SORT_EXTENSION:
      order = compareBytes(extensionOf(a.name), extensionOf(b.name));
      break;
    case SORT_VERSION:
      order = compareVersions(a.name, b.name);
      break;
    case SORT_WIDTH:
      order = displayWidth(a.name) - displayWidth(b.name);
      break;
  }
  if (order == 0) order = compareBytes(a.name, b.name);
  return settings.reverse ? -order : order;
}

function compareGrouped(a: Entry, b: Entry): i32 {
  if (a.isDirectory != b.isDirectory) return a.isDirectory ? -1 : 1;
  return compareEntries(a, b);
}

export function sortEntries(entries: Entry[]): void {
  if (settings.sort == SORT_NONE) return;
  entries.sort(settings.directoriesFirst ? compareGrouped : compareEntries);
}
