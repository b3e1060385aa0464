/** ln: hard and symbolic links. */
import { EEXIST, ENOTDIR } from "../../../abi/src/errno";
import { dieErrno, dieUsage, die, finish, warn, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { baseName, dirName, joinPath } from "../lib/path";
import { confirm } from "../lib/prompt";
import { quoteIfNeeded, quoteShell } from "../lib/quote";
import { relativePath, resolvePath } from "../lib/realpath";

const USAGE = `Usage: ln [OPTION]... TARGET LINK_NAME
  or:  ln [OPTION]... TARGET...            (links in the working directory)
  or:  ln [OPTION]... TARGET... DIRECTORY
  or:  ln [OPTION]... -t DIRECTORY TARGET...
Make links to files: hard links, or symbolic ones with -s.

  -f, --force               remove what is in the way
  -i, --interactive         ask before removing what is in the way
  -L, --logical             link what a symbolic TARGET points to
  -n, --no-dereference      a LINK_NAME that is a symbolic link to a directory is a plain name
  -P, --physical            link symbolic links themselves (the default)
  -r, --relative            symbolic links relative to where they are
  -s, --symbolic            symbolic links
  -t, --target-directory=DIRECTORY  make the links there
  -T, --no-target-directory LINK_NAME is never a directory to put links in
  -v, --verbose             name each link`;

let symbolic = false;
let force = false;
let interactive = false;
let follow = false;
let noDereference = false;
let relative = false;
let verbose = false;
let status = 0;

function isTargetDirectory(path: string): bool {
  const st = new fs.Stat();
  if (noDereference && fs.lstat(path, st) == 0 && st.isSymlink) return false;
  return fs.isDirectory(path);
}

function makeLink(target: string, name: string): i32 {
  return symbolic ? fs.symlink(target, name) : fs.link(target, name, follow);
}

function linkOne(target: string, name: string): void {
  const source = new fs.Stat();
  if (!symbolic) {
    const error = follow ? fs.stat(target, source) : fs.lstat(target, source);
    if (error != 0) return failed("failed to access " + quoteShell(target), error);
    if (source.isDirectory) {
      warn(quoteIfNeeded(target) + ": hard link not allowed for directory");
      status = 1;
      return;
    }
  }
  const text = symbolic && relative ? relativeTarget(target, name) : target;
  let error = makeLink(text, name);
  if (error == EEXIST && (force || interactive)) {
    if (interactive && !confirm("replace " + quoteShell(name) + "? ")) {
      status = 1;
      return;
    }
    const there = new fs.Stat();
    if (fs.lstat(name, there) == 0 && there.isDirectory) {
      warn(quoteIfNeeded(name) + ": cannot overwrite directory");
      status = 1;
      return;
    }
    if (symbolic && sameName(target, name)) {
      warn(quoteShell(target) + " and " + quoteShell(name) + " are the same file");
      status = 1;
      return;
    }
    if (!symbolic && there.sameFile(source)) {
      if (target == name) {
        warn(quoteShell(target) + " and " + quoteShell(name) + " are the same file");
        status = 1;
      }
      return;
    }
    error = fs.unlink(name);
    if (error != 0) return failed("cannot remove " + quoteShell(name), error);
    error = makeLink(text, name);
  }
  if (error != 0) {
    const kind = symbolic ? "symbolic" : "hard";
    const arrow = symbolic || error == EEXIST ? "" : " => " + quoteShell(target);
    return failed("failed to create " + kind + " link " + quoteShell(name) + arrow, error);
  }
  if (verbose) stdout.writeLine(quoteShell(name) + (symbolic ? " -> " : " => ") + quoteShell(text));
}

/** Both are the same entry of the same directory: replacing one would lose the file. */
function sameName(a: string, b: string): bool {
  if (baseName(a) != baseName(b)) return false;
  const first = new fs.Stat();
  const second = new fs.Stat();
  return fs.stat(dirName(a), first) == 0 && fs.stat(dirName(b), second) == 0 && first.sameFile(second);
}

function failed(message: string, error: i32): void {
  warnErrno(message, error);
  status = 1;
}

function relativeTarget(target: string, name: string): string {
  const directory = resolvePath(dirName(name), 1);
  const absolute = resolvePath(target, 1);
  return directory === null || absolute === null ? target : relativePath(absolute, directory);
}

function notDirectory(path: string): void {
  const error = fs.stat(path, new fs.Stat());
  dieErrno("target " + quoteShell(path), error != 0 ? error : ENOTDIR);
}

const options = new Options(
  "fiLnPrst:Tv",
  "force=f interactive=i logical=L no-dereference=n physical=P relative=r symbolic=s target-directory:=t no-target-directory=T verbose=v",
  USAGE,
);
let directory = "";
let plainTarget = false;
while (options.next()) {
  switch (options.name) {
    case "f":
      force = true;
      interactive = false;
      break;
    case "i":
      interactive = true;
      force = false;
      break;
    case "L":
      follow = true;
      break;
    case "n":
      noDereference = true;
      break;
    case "P":
      follow = false;
      break;
    case "r":
      relative = true;
      break;
    case "s":
      symbolic = true;
      break;
    case "t":
      directory = options.value;
      break;
    case "T":
      plainTarget = true;
      break;
    case "v":
      verbose = true;
      break;
  }
}
const names = options.operands;
if (names.length == 0) dieUsage("missing file operand");
if (relative && !symbolic) die("cannot do --relative without --symbolic");
if (directory.length > 0) {
  const st = new fs.Stat();
  const error = fs.stat(directory, st);
  if (error != 0) dieErrno("target directory " + quoteShell(directory), error);
  if (!st.isDirectory) dieErrno("target directory " + quoteShell(directory), ENOTDIR);
} else if (plainTarget) {
  if (names.length < 2) dieUsage("missing destination file operand after " + quoteShell(names[0]));
  if (names.length > 2) dieUsage("extra operand " + quoteShell(names[2]));
} else if (names.length == 1) directory = ".";
else if (isTargetDirectory(names[names.length - 1])) directory = names.pop();
else if (names.length > 2) notDirectory(names[names.length - 1]);
if (directory.length == 0) linkOne(names[0], names[1]);
else for (let i = 0; i < names.length; i++) linkOne(names[i], joinPath(directory, baseName(names[i])));
finish(status);
