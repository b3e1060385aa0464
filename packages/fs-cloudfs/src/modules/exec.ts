import { EACCES, EISDIR, ENOENT, ENOEXEC, ENOTDIR } from "@cloudos/abi/errno";
import { FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE } from "@cloudos/abi/wasi";
import { MAY_EXEC, requireAccess } from "../vfs/access.ts";
import { FsError, fail } from "../vfs/errors.ts";
import { decodeName } from "../vfs/names.ts";
import { existing } from "../vfs/operations.ts";
import type { Place } from "../vfs/walk.ts";

export const DEFAULT_PATH = "/bin:/usr/bin";
/** Linux reads this much of a script's first line (BINPRM_BUF_SIZE). */
export const HEAD_BYTES = 256;

/**
 * Finds the file a command names. Without a slash (and with `searchPath`) each directory is tried in turn, as execvp(3)
 * does: an EACCES is remembered, and reported if nothing better comes. Returns the path it was found at.
 */
export function findExecutable(
  resolve: (path: string) => void,
  place: Place,
  path: string,
  searchPath: string | undefined,
): string {
  if (searchPath === undefined || path.includes("/")) {
    resolve(path);
    requireExecutable(place);
    return path;
  }
  let refused = false;
  for (const directory of searchPath.split(":")) {
    const candidate = directory === "" ? `./${path}` : `${directory}/${path}`;
    try {
      resolve(candidate);
      requireExecutable(place);
      return candidate;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      if (error.errno === EACCES) refused = true;
      else if (error.errno !== ENOENT && error.errno !== ENOTDIR && error.errno !== EISDIR) throw error;
    }
  }
  return fail(refused ? EACCES : ENOENT);
}

function requireExecutable(place: Place): void {
  const inode = existing(place);
  if (inode.type === FILETYPE_DIRECTORY) fail(EISDIR);
  if (inode.type !== FILETYPE_REGULAR_FILE) fail(EACCES);
  if (place.wantsDirectory) fail(ENOTDIR);
  requireAccess(inode, MAY_EXEC);
}

export interface Script {
  readonly interpreter: string;
  /** Everything after the interpreter, as one argument, or "". */
  readonly argument: string;
}

/** What a file is, by its first bytes: a Wasm module, a script, or neither (ENOEXEC). */
export function classify(head: Uint8Array): "module" | Script {
  if (head[0] === 0 && head[1] === 0x61 && head[2] === 0x73 && head[3] === 0x6d) return "module";
  if (head[0] !== 0x23 || head[1] !== 0x21) fail(ENOEXEC);
  let end = head.indexOf(0x0a);
  if (end < 0) {
    // The line is longer than what is looked at: an interpreter cut short must not be run.
    if (head.length >= HEAD_BYTES) fail(ENOEXEC);
    end = head.length;
  }
  const line = decodeName(head, 2, end).replace(/^[ \t]+|[ \t\r]+$/g, "");
  if (line === "") fail(ENOEXEC);
  const cut = line.search(/[ \t]/);
  if (cut < 0) return { interpreter: line, argument: "" };
  return { interpreter: line.slice(0, cut), argument: line.slice(cut).replace(/^[ \t]+/, "") };
}
