// What a command name means: special builtin, function, builtin, or a program in PATH.
import { SLASH } from "../chars";
import { lookup, pathGeneration } from "../vars";
import { isExecutable } from "./files";

export const DEFAULT_PATH = "/bin:/usr/bin";

/** Locations already found, forgotten when PATH changes. */
const locations = new Map<string, string>();
let generation: i32 = -1;

function fresh(): void {
  if (generation == pathGeneration) return;
  generation = pathGeneration;
  locations.clear();
}

/** Looks a name up in `path`: where it is, or null. */
export function searchIn(path: string, name: string): string | null {
  const directories = path.split(":");
  for (let i = 0; i < directories.length; i++) {
    const directory = directories[i];
    const candidate =
      directory.length == 0 ? name : directory.endsWith("/") ? directory + name : directory + "/" + name;
    if (isExecutable(candidate)) return candidate;
  }
  return null;
}

/** The program a name stands for; a name with a slash is the path itself. Null: not found. */
export function locate(name: string): string | null {
  if (name.indexOf("/") >= 0) return name;
  if (name.length == 0) return null;
  fresh();
  if (locations.has(name)) return locations.get(name);
  const path = lookup("PATH");
  const found = searchIn(path === null ? DEFAULT_PATH : path, name);
  // A location relative to the working directory is good for this time only.
  if (found !== null && found.charCodeAt(0) == SLASH) locations.set(name, found);
  return found;
}

export function forget(name: string): void {
  locations.delete(name);
}

export function forgetAll(): void {
  locations.clear();
}

/** Remembered names in byte order. */
export function remembered(): string[] {
  fresh();
  const names = locations.keys();
  names.sort();
  return names;
}

export function rememberedLocation(name: string): string {
  return locations.get(name);
}
