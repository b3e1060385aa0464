/** What is mounted where (/proc/self/mounts). */
import * as fs from "./fs";
import { Reader } from "./io";

export class Mount {
  constructor(
    public source: string,
    public target: string,
    public type: string,
    public options: string,
  ) {}
}

/** Blanks and backslashes in mount names are octal escapes. */
function unescape(text: string): string {
  return text.replaceAll("\\040", " ").replaceAll("\\011", "\t").replaceAll("\\012", "\n").replaceAll("\\134", "\\");
}

export function readMounts(): Mount[] {
  const list: Mount[] = [];
  const fd = fs.openRead("/proc/self/mounts");
  if (fd < 0) return list;
  const reader = new Reader(fd);
  for (let line = reader.readLine(); line !== null; line = reader.readLine()) {
    const fields = line.split(" ");
    if (fields.length >= 4) list.push(new Mount(unescape(fields[0]), unescape(fields[1]), fields[2], fields[3]));
  }
  fs.close(fd);
  return list;
}

/** The mount a file is on, or null. */
export function mountOf(path: string): Mount | null {
  if (fs.realpath(path) != 0) return null;
  const absolute = fs.text;
  const mounts = readMounts();
  let best: Mount | null = null;
  for (let i = 0; i < mounts.length; i++) {
    const target = mounts[i].target;
    const inside = target == "/" || absolute == target || absolute.startsWith(target + "/");
    // A later mount at the same place hides an earlier one.
    if (inside && (best === null || target.length >= best.target.length)) best = mounts[i];
  }
  return best;
}

export function mountPoint(path: string): string {
  const mount = mountOf(path);
  return mount === null ? "?" : mount.target;
}

export function mountType(path: string): string {
  const mount = mountOf(path);
  return mount === null ? "UNKNOWN" : mount.type;
}
