/** mkdir: new directories. */
import { EEXIST, ENOTDIR } from "../../../abi/src/errno";
import { die, dieUsage, finish, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { applyMode } from "../lib/mode";
import { Options } from "../lib/options";
import { programName } from "../lib/args";
import { quoteProse, quoteShell } from "../lib/quote";

const USAGE = `Usage: mkdir [OPTION]... DIRECTORY...
Make directories.

  -m, --mode=MODE  permissions, as chmod takes them
  -p, --parents    make missing parents too; no error when the directory exists
  -v, --verbose    name each directory made`;

let parents = false;
let verbose = false;
let mode = -1;

function made(path: string): void {
  if (verbose) stdout.writeLine(programName + ": created directory " + quoteShell(path));
}

function failed(path: string, error: i32): bool {
  warnErrno("cannot create directory " + quoteProse(path), error);
  return false;
}

function makeOne(path: string): bool {
  const error = fs.mkdir(path);
  if (error != 0) {
    if (parents && error == EEXIST && fs.isDirectory(path)) return true;
    return failed(path, error);
  }
  made(path);
  if (mode >= 0) fs.chmod(path, mode);
  return true;
}

/** Makes everything above the last component. */
function makeParents(path: string): bool {
  let at = path.indexOf("/", 1);
  while (at >= 0) {
    const parent = path.substring(0, at);
    if (at + 1 < path.length && !parent.endsWith("/")) {
      const error = fs.mkdir(parent);
      if (error == 0) made(parent);
      else if (!fs.isDirectory(parent)) return failed(parent, error == EEXIST ? ENOTDIR : error);
    }
    at = path.indexOf("/", at + 1);
  }
  return true;
}

const options = new Options("m:pv", "mode:=m parents=p verbose=v", USAGE);
while (options.next()) {
  switch (options.name) {
    case "m":
      mode = applyMode(options.value, 0o777, true);
      if (mode < 0) die("invalid mode " + quoteProse(options.value));
      break;
    case "p":
      parents = true;
      break;
    case "v":
      verbose = true;
      break;
  }
}
if (options.operands.length == 0) dieUsage("missing operand");
let status = 0;
for (let i = 0; i < options.operands.length; i++) {
  const path = options.operands[i];
  if (parents && !makeParents(path)) status = 1;
  else if (!makeOne(path)) status = 1;
}
finish(status);
