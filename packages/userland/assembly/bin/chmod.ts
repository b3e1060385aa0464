/** chmod: changes permissions. */
import { ENOENT } from "../../../abi/src/errno";
import { args } from "../lib/args";
import { readNames } from "../lib/directory";
import { die, dieErrno, dieUsage, finish, warn, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { applyMode, permissionText } from "../lib/mode";
import { formatPadded } from "../lib/numbers";
import { Options } from "../lib/options";
import { joinPath } from "../lib/path";
import { quoteProse, quoteShell } from "../lib/quote";

const USAGE = `Usage: chmod [OPTION]... MODE[,MODE]... FILE...
  or:  chmod [OPTION]... OCTAL-MODE FILE...
  or:  chmod [OPTION]... --reference=FILE FILE...
Change the permissions of files. MODE is [ugoa]*([-+=]([rwxXst]*|[ugo]))+.

  -c, --changes         name the files that change
  -f, --silent, --quiet no messages
  -R, --recursive       directories and what is in them
      --reference=FILE  the permissions of FILE
  -v, --verbose         name every file
      --preserve-root   do not work recursively on /`;

let verbose = false;
let changes = false;
let quiet = false;
let recursive = false;
let preserveRoot = false;
let modeText = "";
let reference = -1;
let status = 0;

function fail(message: string, error: i32): void {
  if (!quiet) warnErrno(message, error);
  status = 1;
}

function shown(mode: u32): string {
  return formatPadded(mode, 4, 8) + " (" + permissionText(mode) + ")";
}

function change(path: string, operand: bool): void {
  const st = new fs.Stat();
  const link = new fs.Stat();
  const isLink = fs.lstat(path, link) == 0 && link.isSymlink;
  // Links met on the way down are left alone; their permissions mean nothing.
  if (isLink && !operand) return;
  const error = fs.stat(path, st);
  if (error != 0) {
    if (isLink && error == ENOENT) {
      if (!quiet) warn("cannot operate on dangling symlink " + quoteShell(path));
      status = 1;
    } else fail("cannot access " + quoteShell(path), error);
    return;
  }
  const mode = reference >= 0 ? reference : applyMode(modeText, st.mode, st.isDirectory);
  const changeError = fs.chmod(path, mode);
  if (changeError != 0) fail("changing permissions of " + quoteShell(path), changeError);
  else if (mode != st.mode && (verbose || changes)) {
    stdout.writeLine("mode of " + quoteShell(path) + " changed from " + shown(st.mode) + " to " + shown(mode));
  } else if (verbose) stdout.writeLine("mode of " + quoteShell(path) + " retained as " + shown(mode));
  if (!recursive || !st.isDirectory) return;
  const names: string[] = [];
  const listed = readNames(path, names);
  if (listed != 0) return fail("cannot read directory " + quoteShell(path), listed);
  for (let i = 0; i < names.length; i++) change(joinPath(path, names[i]), false);
}

/** A mode like -x or -rwx is no option: it is taken out of the arguments before they are read. */
function takeMode(list: string[]): string[] {
  const rest: string[] = [];
  let open = true;
  for (let i = 0; i < list.length; i++) {
    const arg = list[i];
    if (arg == "--") open = false;
    const looksLikeMode = open && arg.length > 1 && arg.startsWith("-") && "rwxXstugoa0123456789".includes(arg.charAt(1));
    if (looksLikeMode) modeText = modeText.length > 0 ? modeText + "," + arg : arg;
    else rest.push(arg);
  }
  return rest;
}

const options = new Options(
  "Rcfv",
  "changes=c silent=f quiet=f recursive=R reference: verbose=v preserve-root no-preserve-root",
  USAGE,
  1,
  takeMode(args),
);
while (options.next()) {
  switch (options.name) {
    case "c":
      changes = true;
      break;
    case "f":
      quiet = true;
      break;
    case "R":
      recursive = true;
      break;
    case "v":
      verbose = true;
      break;
    case "preserve-root":
      preserveRoot = true;
      break;
    case "reference": {
      const st = new fs.Stat();
      const error = fs.stat(options.value, st);
      if (error != 0) dieErrno("failed to get attributes of " + quoteShell(options.value), error);
      reference = st.mode;
      break;
    }
  }
}
let files = options.operands;
if (reference < 0 && modeText.length == 0 && files.length > 0) {
  modeText = files[0];
  files = files.slice(1);
}
if (files.length == 0) {
  dieUsage(modeText.length == 0 ? "missing operand" : "missing operand after " + quoteProse(modeText));
}
if (reference < 0 && applyMode(modeText, 0, false) < 0) dieUsage("invalid mode: " + quoteProse(modeText));
for (let i = 0; i < files.length; i++) {
  if (recursive && preserveRoot && files[i] == "/") die("it is dangerous to operate recursively on '/'");
  change(files[i], true);
}
finish(status);
