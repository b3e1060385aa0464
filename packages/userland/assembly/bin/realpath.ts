/** realpath: canonical names of files. */
import { dieErrno, dieUsage, finish, warnErrno } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { normalizePath } from "../lib/path";
import { quoteIfNeeded } from "../lib/quote";
import { ALL_EXIST, ANY_MAY_MISS, LAST_MAY_MISS, relativePath, resolveError, resolvePath } from "../lib/realpath";
import * as fs from "../lib/fs";

const USAGE = `Usage: realpath [OPTION]... FILE...
Print the absolute name of each FILE, without links, "." and "..".

  -e, --canonicalize-existing  everything must exist
  -m, --canonicalize-missing   anything may be missing
  -L, --logical                take ".." out before following links
  -P, --physical               follow links as they come (the default)
  -q, --quiet                  no messages
      --relative-to=DIR        as seen from DIR
      --relative-base=DIR      as seen from DIR when below it
  -s, --strip, --no-symlinks   follow no links
  -z, --zero                   NUL instead of newlines`;

let mode = LAST_MAY_MISS;
let followLinks = true;
let logical = false;

function canonical(path: string): string | null {
  if (!logical) return resolvePath(path, mode, followLinks);
  let absolute = path;
  if (!path.startsWith("/")) {
    if (fs.getcwd() != 0) return null;
    absolute = fs.text + "/" + path;
  }
  return path.length == 0 ? resolvePath(path, mode) : resolvePath(normalizePath(absolute), mode, followLinks);
}

function isBelow(path: string, base: string): bool {
  return base == "/" || path == base || path.startsWith(base + "/");
}

const options = new Options(
  "emLPqsz",
  "canonicalize-existing=e canonicalize-missing=m logical=L physical=P quiet=q relative-to: relative-base: strip=s no-symlinks=s zero=z",
  USAGE,
);
let quiet = false;
let delimiter = 10;
let relativeTo = "";
let relativeBase = "";
while (options.next()) {
  switch (options.name) {
    case "e":
      mode = ALL_EXIST;
      break;
    case "m":
      mode = ANY_MAY_MISS;
      break;
    case "L":
      logical = true;
      break;
    case "P":
      logical = false;
      followLinks = true;
      break;
    case "q":
      quiet = true;
      break;
    case "relative-to":
      relativeTo = options.value;
      break;
    case "relative-base":
      relativeBase = options.value;
      break;
    case "s":
      followLinks = false;
      break;
    case "z":
      delimiter = 0;
      break;
  }
}
if (options.operands.length == 0) dieUsage("missing operand");

function base(path: string): string {
  if (path.length == 0) return "";
  const resolved = canonical(path);
  if (resolved === null) dieErrno(quoteIfNeeded(path), resolveError);
  return resolved!;
}

const from = base(relativeTo);
const within = base(relativeBase);
let status = 0;
for (let i = 0; i < options.operands.length; i++) {
  const path = options.operands[i];
  const resolved = canonical(path);
  if (resolved === null) {
    if (!quiet) warnErrno(quoteIfNeeded(path), resolveError);
    status = 1;
    continue;
  }
  let text: string = resolved;
  const start = from.length > 0 ? from : within;
  if (start.length > 0 && (within.length == 0 || (isBelow(text, within) && isBelow(start, within)))) {
    text = relativePath(text, start);
  }
  stdout.write(text);
  stdout.writeByte(delimiter);
}
finish(status);
