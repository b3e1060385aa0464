/** cp: copies files and trees. */
import { choose } from "../lib/choice";
import { Copier, DEREFERENCE_ALWAYS, DEREFERENCE_NEVER, DEREFERENCE_OPERANDS } from "../lib/copy";
import { Destination } from "../lib/destination";
import { die, finish } from "../lib/exit";
import { baseName, dirName, joinPath, stripSlashes } from "../lib/path";
import * as fs from "../lib/fs";
import { Options } from "../lib/options";

const USAGE = `Usage: cp [OPTION]... SOURCE DEST
  or:  cp [OPTION]... SOURCE... DIRECTORY
  or:  cp [OPTION]... -t DIRECTORY SOURCE...
Copy files, and with -r directories.

  -a, --archive            the same as -dR --preserve=all
  -d                       the same as -P --preserve=links
  -f, --force              remove a target that cannot be opened, and try again
  -H                       follow symbolic links given as SOURCE
  -i, --interactive        ask before overwriting
  -l, --link               hard links instead of copies
  -L, --dereference        follow all symbolic links in SOURCE
  -n, --no-clobber         leave existing files alone
  -p                       the same as --preserve=mode,ownership,timestamps
  -P, --no-dereference     copy symbolic links as links
      --parents            use the full name of SOURCE under DIRECTORY
      --preserve[=LIST]    keep mode, ownership, timestamps, links, all
  -r, -R, --recursive      copy directories and what is in them
      --remove-destination remove each target first
  -s, --symbolic-link      symbolic links instead of copies
  -t, --target-directory=DIRECTORY  copy into it
  -T, --no-target-directory         DEST is a plain name
  -u, --update             only when newer than the target, or it is missing
  -v, --verbose            name each copy`;

const copier = new Copier();
let directory = "";
let plain = false;
let parents = false;
let dereferenceSet = false;

function preserve(list: string): void {
  const words = list.split(",");
  for (let i = 0; i < words.length; i++) {
    // Owners are all the same, and there are no contexts and extended attributes to keep.
    const what = choose("preserve", words[i], "mode timestamps ownership links context xattr all");
    if (what == 0 || what == 6) copier.preserveMode = true;
    if (what == 1 || what == 6) copier.preserveTimes = true;
    if (what == 3 || what == 6) copier.preserveLinks = true;
  }
}

function dereference(how: i32): void {
  copier.dereference = how;
  dereferenceSet = true;
}

/** --parents: the directories above a source, made in the target directory. */
function makeParents(source: string): string {
  const inner = dirName(source);
  let at = directory;
  const parts = inner.split("/");
  for (let i = 0; i < parts.length; i++) {
    if (parts[i].length == 0) continue;
    at = joinPath(at, parts[i]);
    fs.mkdir(at);
  }
  return joinPath(at, baseName(source));
}

const options = new Options(
  "adfHilLnpPrRst:Tuvx",
  "archive=a force=f interactive=i link=l dereference=L no-clobber=n no-dereference=P parents preserve? no-preserve: recursive=r remove-destination symbolic-link=s target-directory:=t no-target-directory=T update=u verbose=v one-file-system=x strip-trailing-slashes reflink? sparse: attributes-only",
  USAGE,
);
while (options.next()) {
  switch (options.name) {
    case "a":
      copier.recursive = true;
      dereference(DEREFERENCE_NEVER);
      preserve("all");
      break;
    case "d":
      dereference(DEREFERENCE_NEVER);
      copier.preserveLinks = true;
      break;
    case "f":
      copier.force = true;
      break;
    case "H":
      dereference(DEREFERENCE_OPERANDS);
      break;
    case "i":
      copier.interactive = true;
      copier.noClobber = false;
      break;
    case "l":
      copier.hardLink = true;
      break;
    case "L":
      dereference(DEREFERENCE_ALWAYS);
      break;
    case "n":
      copier.noClobber = true;
      copier.interactive = false;
      break;
    case "p":
      preserve("mode,timestamps");
      break;
    case "P":
      dereference(DEREFERENCE_NEVER);
      break;
    case "parents":
      parents = true;
      break;
    case "preserve":
      preserve(options.hasValue ? options.value : "mode,timestamps");
      break;
    case "r":
    case "R":
      copier.recursive = true;
      break;
    case "remove-destination":
      copier.removeFirst = true;
      break;
    case "s":
      copier.symbolicLink = true;
      break;
    case "t":
      directory = options.value;
      break;
    case "T":
      plain = true;
      break;
    case "u":
      copier.update = true;
      break;
    case "v":
      copier.verbose = true;
      break;
  }
}
if (!dereferenceSet && (copier.recursive || copier.hardLink)) copier.dereference = DEREFERENCE_NEVER;
const destination = new Destination(options.operands, directory, plain);
directory = destination.directory;
if (parents && directory.length == 0) die("with --parents, the destination must be a directory");
for (let i = 0; i < destination.sources.length; i++) {
  const source = destination.sources[i];
  copier.copy(source, parents ? makeParents(stripSlashes(source)) : destination.nameFor(source), true);
}
finish(copier.failed ? 1 : 0);
