import { emit } from "../output";
import { builtinError } from "../report";
import { directory } from "../run/directory";
import { changeDirectory, isDirectory, physicalDirectory } from "../run/files";
import { assign, declare, lookup, valueOf } from "../vars";
import { OptionScanner } from "./options";

/** "/a/b/../c" to "/a/c", by name only. Null when a component before ".." is no directory. */
function normalize(path: string): string | null {
  const parts = path.split("/");
  const kept: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part.length == 0 || part == ".") continue;
    if (part == "..") {
      if (kept.length > 0 && !isDirectory("/" + kept.join("/"))) return null;
      if (kept.length > 0) kept.pop();
    } else kept.push(part);
  }
  // Exactly two slashes at the start are left alone (XBD 4.13).
  const root = path.startsWith("//") && path.charAt(2) != "/" ? "//" : "/";
  return root + kept.join("/");
}

function enter(path: string, physical: bool): bool {
  if (physical) {
    if (changeDirectory(path) != 0) return false;
    directory.logical = physicalDirectory();
    return true;
  }
  const base = directory.logical.endsWith("/") ? directory.logical : directory.logical + "/";
  const absolute = path.charCodeAt(0) == 0x2f ? path : base + path;
  const target = normalize(absolute);
  if (target === null || changeDirectory(target) != 0) return false;
  directory.logical = target;
  return true;
}

/** Directories of CDPATH to try; true when one was entered that must be shown. */
function tryCdPath(name: string, physical: bool): i32 {
  const first = name.charCodeAt(0);
  const dotted = name == "." || name == ".." || name.startsWith("./") || name.startsWith("../");
  const path = lookup("CDPATH");
  if (first == 0x2f || dotted || path === null) return -1;
  const places = path.split(":");
  for (let i = 0; i < places.length; i++) {
    const place = places[i];
    if (place.length == 0) {
      if (enter(name, physical)) return 0;
    } else if (isDirectory(place + "/" + name) && enter(place + "/" + name, physical)) return 1;
  }
  return -1;
}

export function cdCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "LP");
  let physical = false;
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) physical = letter == "P";
  if (scanner.failed) return 2;
  const from = directory.logical;
  let target = scanner.index < argv.length ? argv[scanner.index] : valueOf("HOME");
  let show = false;
  if (target == "-") {
    target = valueOf("OLDPWD");
    if (target.length == 0) target = ".";
    show = true;
  }
  if (target.length == 0) target = ".";
  const found = tryCdPath(target, physical);
  if (found < 0 && !enter(target, physical)) return builtinError("can't cd to " + target);
  if (!assign("OLDPWD", from) || !assign("PWD", directory.logical)) return 2;
  declare("OLDPWD").exported = true;
  declare("PWD").exported = true;
  if (show || found == 1) emit(directory.logical + "\n");
  return 0;
}

export function pwdCommand(argv: string[]): i32 {
  const scanner = new OptionScanner(argv, "LP");
  let physical = false;
  for (let letter = scanner.next(); letter.length > 0; letter = scanner.next()) physical = letter == "P";
  if (scanner.failed) return 2;
  emit((physical ? physicalDirectory() : directory.logical) + "\n");
  return 0;
}
