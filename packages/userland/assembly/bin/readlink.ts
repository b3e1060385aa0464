/** readlink: what symbolic links point to. */
import { dieUsage, finish, warn, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { quoteIfNeeded } from "../lib/quote";
import { ALL_EXIST, ANY_MAY_MISS, LAST_MAY_MISS, resolveError, resolvePath } from "../lib/realpath";

const USAGE = `Usage: readlink [OPTION]... FILE...
Print what a symbolic link points to, or the canonical name of a file.

  -f, --canonicalize           follow every link; the last component may be missing
  -e, --canonicalize-existing  the same, everything must exist
  -m, --canonicalize-missing   the same, anything may be missing
  -n, --no-newline             no newline at the end
  -q, --quiet, -s, --silent    no messages (the default)
  -v, --verbose                messages
  -z, --zero                   NUL instead of newlines`;

const options = new Options(
  "femnqsvz",
  "canonicalize=f canonicalize-existing=e canonicalize-missing=m no-newline=n quiet=q silent=s verbose=v zero=z",
  USAGE,
);
let mode = -1;
let newline = true;
let verbose = false;
let delimiter = 10;
while (options.next()) {
  switch (options.name) {
    case "f":
      mode = LAST_MAY_MISS;
      break;
    case "e":
      mode = ALL_EXIST;
      break;
    case "m":
      mode = ANY_MAY_MISS;
      break;
    case "n":
      newline = false;
      break;
    case "v":
      verbose = true;
      break;
    case "z":
      delimiter = 0;
      break;
  }
}
const files = options.operands;
if (files.length == 0) dieUsage("missing operand");
if (!newline && files.length > 1) {
  warn("ignoring --no-newline with multiple arguments");
  newline = true;
}
let status = 0;
for (let i = 0; i < files.length; i++) {
  let text = "";
  let error = 0;
  if (mode < 0) {
    error = fs.readlink(files[i]);
    text = fs.text;
  } else {
    const resolved = resolvePath(files[i], mode);
    if (resolved === null) error = resolveError;
    else text = resolved;
  }
  if (error != 0) {
    if (verbose) warnErrno(quoteIfNeeded(files[i]), error);
    status = 1;
    continue;
  }
  stdout.write(text);
  if (newline) stdout.writeByte(delimiter);
}
finish(status);
