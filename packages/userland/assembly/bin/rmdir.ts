/** rmdir: removes empty directories. */
import { ENOTEMPTY } from "../../../abi/src/errno";
import { programName } from "../lib/args";
import { dieUsage, finish, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { stripSlashes } from "../lib/path";
import { quoteShell } from "../lib/quote";

const USAGE = `Usage: rmdir [OPTION]... DIRECTORY...
Remove empty directories.

      --ignore-fail-on-non-empty  say nothing about directories that are not empty
  -p, --parents                   remove DIRECTORY and then each of its parents
  -v, --verbose                   name each directory`;

let parents = false;
let verbose = false;
let ignoreNonEmpty = false;

function remove(path: string, what: string): bool {
  if (verbose) stdout.writeLine(programName + ": removing directory, " + quoteShell(path));
  const error = fs.rmdir(path);
  if (error == 0) return true;
  if (!(ignoreNonEmpty && error == ENOTEMPTY)) {
    warnErrno("failed to remove " + what + quoteShell(path), error);
    status = 1;
  }
  return false;
}

let status = 0;
const options = new Options("pv", "ignore-fail-on-non-empty parents=p verbose=v", USAGE);
while (options.next()) {
  if (options.name == "p") parents = true;
  else if (options.name == "v") verbose = true;
  else ignoreNonEmpty = true;
}
if (options.operands.length == 0) dieUsage("missing operand");
for (let i = 0; i < options.operands.length; i++) {
  let path = options.operands[i];
  if (!remove(path, "") || !parents) continue;
  path = stripSlashes(path);
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/")) {
    path = stripSlashes(path.substring(0, slash));
    if (!remove(path, "directory ")) break;
  }
}
finish(status);
