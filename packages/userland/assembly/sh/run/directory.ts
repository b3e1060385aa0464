// The working directory by name: the path the user took, symbolic links included (POSIX cd -L).
import { valueOf } from "../vars";
import { physicalDirectory, stat } from "./files";

class Directory {
  /** Absolute, "" when not known. */
  logical: string = "";
}

export const directory = new Directory();

/** At the start: $PWD when it names the working directory, else what the kernel says. */
export function startDirectory(): void {
  const physical = physicalDirectory();
  const inherited = valueOf("PWD");
  directory.logical = inherited != physical && isSame(inherited) ? inherited : physical;
}

function isSame(path: string): bool {
  if (path.charCodeAt(0) != 0x2f) return false;
  const components = path.split("/");
  for (let i = 0; i < components.length; i++) if (components[i] == "." || components[i] == "..") return false;
  const named = stat(path, true);
  const here = stat(".", true);
  return named !== null && here !== null && named.inode == here.inode && named.device == here.device;
}
