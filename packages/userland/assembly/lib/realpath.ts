/** Resolving paths component by component, for names that may not all exist (readlink -f, realpath, ln -r). */
import { ELOOP, ENOENT, ENOTDIR } from "../../../abi/src/errno";
import * as fs from "./fs";
import { joinPath } from "./path";

/** Every component must exist. */
export const ALL_EXIST = 0;
/** The last component may be missing. */
export const LAST_MAY_MISS = 1;
/** Any component may be missing. */
export const ANY_MAY_MISS = 2;

/** Links followed before ELOOP (SYMLOOP_MAX of packages/abi/src/params.ts). */
const LINK_LIMIT = 40;

/** Why `resolvePath` returned null. */
export let resolveError: i32 = 0;

/** The absolute path without links, "." and "..", or null with resolveError set. `followLinks` false only tidies the text. */
export function resolvePath(path: string, mode: i32, followLinks: bool = true): string | null {
  resolveError = 0;
  if (path.length == 0) return failed(ENOENT);
  let done = "/";
  if (!path.startsWith("/")) {
    const error = fs.getcwd();
    if (error != 0) return failed(error);
    done = fs.text;
  }
  const todo = path.split("/").reverse();
  let links = 0;
  const st = new fs.Stat();
  while (todo.length > 0) {
    const part = todo.pop();
    if (part.length == 0 || part == ".") continue;
    if (part == "..") {
      const slash = done.lastIndexOf("/");
      done = slash <= 0 ? "/" : done.substring(0, slash);
      continue;
    }
    const next = joinPath(done, part);
    const error = fs.lstat(next, st);
    if (error != 0) {
      if (error != ENOENT && error != ENOTDIR) return failed(error);
      if (mode == ALL_EXIST || (mode == LAST_MAY_MISS && (error == ENOTDIR || !onlySlashes(todo)))) return failed(error);
      done = next;
      continue;
    }
    if (st.isSymlink && followLinks) {
      if (++links > LINK_LIMIT) return failed(ELOOP);
      const linkError = fs.readlink(next);
      if (linkError != 0) return failed(linkError);
      const target = fs.text;
      if (target.startsWith("/")) done = "/";
      const parts = target.split("/");
      for (let i = parts.length - 1; i >= 0; i--) todo.push(parts[i]);
      continue;
    }
    if (!st.isDirectory && !st.isSymlink && todo.length > 0 && mode != ANY_MAY_MISS) return failed(ENOTDIR);
    done = next;
  }
  return done;
}

function failed(error: i32): string | null {
  resolveError = error;
  return null;
}

function onlySlashes(parts: string[]): bool {
  for (let i = 0; i < parts.length; i++) if (parts[i].length > 0) return false;
  return true;
}

/** How to get from the directory `from` to `to`; both absolute and resolved. */
export function relativePath(to: string, from: string): string {
  const target = components(to);
  const start = components(from);
  let common = 0;
  while (common < target.length && common < start.length && target[common] == start[common]) common++;
  const parts: string[] = [];
  for (let i = common; i < start.length; i++) parts.push("..");
  for (let i = common; i < target.length; i++) parts.push(target[i]);
  return parts.length == 0 ? "." : parts.join("/");
}

function components(path: string): string[] {
  return path == "/" ? new Array<string>() : path.substring(1).split("/");
}
