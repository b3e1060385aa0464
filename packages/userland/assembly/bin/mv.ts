/** mv: renames and moves. */
import { EACCES, EXDEV } from "../../../abi/src/errno";
import { Copier, DEREFERENCE_NEVER } from "../lib/copy";
import { Destination } from "../lib/destination";
import { finish, warn, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { isTerminal, stdout } from "../lib/io";
import { Options } from "../lib/options";
import { stripSlashes } from "../lib/path";
import { confirm } from "../lib/prompt";
import { quoteShell } from "../lib/quote";
import { Remover } from "../lib/remove";

const USAGE = `Usage: mv [OPTION]... SOURCE DEST
  or:  mv [OPTION]... SOURCE... DIRECTORY
  or:  mv [OPTION]... -t DIRECTORY SOURCE...
Rename SOURCE to DEST, or move into DIRECTORY.

  -f, --force              do not ask before overwriting
  -i, --interactive        ask before overwriting
  -n, --no-clobber         leave existing files alone
  -t, --target-directory=DIRECTORY  move into it
  -T, --no-target-directory         DEST is a plain name
  -u, --update             only when newer than the target, or it is missing
  -v, --verbose            name each move`;

let force = false;
let interactive = false;
let noClobber = false;
let update = false;
let verbose = false;
let status = 0;

function refuse(message: string): void {
  warn(message);
  status = 1;
}

/** The target may go: false when it stays (or the move was refused). */
function mayReplace(from: string, to: string, source: fs.Stat): bool {
  const target = new fs.Stat();
  if (fs.lstat(to, target) != 0) return true;
  if (noClobber) return false;
  if (target.sameFile(source) && (stripSlashes(from) == stripSlashes(to) || source.nlink == 1 || source.isDirectory)) {
    refuse(quoteShell(from) + " and " + quoteShell(to) + " are the same file");
    return false;
  }
  if (update && target.mtim >= source.mtim) return false;
  if (target.isDirectory && !source.isDirectory) {
    refuse("cannot overwrite directory " + quoteShell(to) + " with non-directory");
    return false;
  }
  if (source.isDirectory && !target.isDirectory) {
    refuse("cannot overwrite non-directory " + quoteShell(to) + " with directory " + quoteShell(from));
    return false;
  }
  const isProtected = !force && isTerminal(0) && !target.isSymlink && fs.access(to, 2) == EACCES;
  if (isProtected) return confirm("replace " + quoteShell(to) + ", overriding mode? ");
  return !interactive || confirm("overwrite " + quoteShell(to) + "? ");
}

function moveOne(from: string, to: string): void {
  const source = new fs.Stat();
  let error = fs.lstat(from, source);
  if (error != 0) {
    warnErrno("cannot stat " + quoteShell(from), error);
    status = 1;
    return;
  }
  if (!mayReplace(from, to, source)) return;
  if (source.isDirectory && isInside(from, to)) {
    return refuse("cannot move " + quoteShell(from) + " to a subdirectory of itself, " + quoteShell(to));
  }
  error = fs.rename(from, to);
  if (error == EXDEV) return moveAcross(from, to);
  if (error != 0) {
    warnErrno("cannot move " + quoteShell(from) + " to " + quoteShell(to), error);
    status = 1;
    return;
  }
  if (verbose) stdout.writeLine("renamed " + quoteShell(from) + " -> " + quoteShell(to));
}

/** `path` lies in the directory `directory`. */
function isInside(directory: string, path: string): bool {
  if (fs.realpath(directory) != 0) return false;
  const outer = fs.text;
  const slash = stripSlashes(path).lastIndexOf("/");
  const parent = slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
  if (fs.realpath(parent) != 0) return false;
  return fs.text == outer || fs.text.startsWith(outer + "/");
}

/** Another file system: copy everything, then remove the source. */
function moveAcross(from: string, to: string): void {
  const copier = new Copier();
  copier.recursive = copier.preserveMode = copier.preserveTimes = copier.preserveLinks = true;
  copier.removeFirst = true;
  copier.dereference = DEREFERENCE_NEVER;
  if (verbose) stdout.writeLine("copied " + quoteShell(from) + " -> " + quoteShell(to));
  if (!copier.copy(from, to, true)) {
    status = 1;
    return;
  }
  const remover = new Remover();
  remover.recursive = remover.force = true;
  remover.verbose = verbose;
  if (!remover.remove(from)) status = 1;
}

const options = new Options(
  "fint:Tuv",
  "force=f interactive=i no-clobber=n target-directory:=t no-target-directory=T update=u verbose=v strip-trailing-slashes",
  USAGE,
);
let directory = "";
let plain = false;
while (options.next()) {
  switch (options.name) {
    case "f":
      force = true;
      interactive = noClobber = false;
      break;
    case "i":
      interactive = true;
      force = noClobber = false;
      break;
    case "n":
      noClobber = true;
      force = interactive = false;
      break;
    case "t":
      directory = options.value;
      break;
    case "T":
      plain = true;
      break;
    case "u":
      update = true;
      break;
    case "v":
      verbose = true;
      break;
  }
}
const destination = new Destination(options.operands, directory, plain);
for (let i = 0; i < destination.sources.length; i++) {
  moveOne(destination.sources[i], destination.nameFor(destination.sources[i]));
}
finish(status);
