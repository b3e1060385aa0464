/** mktemp: a new file or directory with a name nobody else has. */
import { EEXIST } from "../../../abi/src/errno";
import { getenv } from "../lib/args";
import { die, dieErrno, dieUsage, finish } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { joinPath } from "../lib/path";
import { quoteProse } from "../lib/quote";
import { random_get } from "../lib/wasi";

const USAGE = `Usage: mktemp [OPTION]... [TEMPLATE]
Make a file that only its owner can read, and print its name. The last X's of TEMPLATE (at least three) are replaced;
without it, tmp.XXXXXXXXXX in the directory for temporary files.

  -d, --directory    a directory, not a file
  -p, --tmpdir[=DIR] in DIR, else in TMPDIR, else in /tmp
  -q, --quiet        no message on failure
      --suffix=TEXT  after the X's
  -t                 TEMPLATE is a name in the directory for temporary files
  -u, --dry-run      only print a name`;

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const RANDOM = memory.data(256);
/** Tries before giving up: 62^3 names at the least make a hundred failures in a row no accident. */
const TRIES = 100;

const options = new Options("dp:qtu", "directory=d tmpdir? quiet=q suffix: dry-run=u", USAGE);
let directory = false;
let quiet = false;
let dryRun = false;
let inTemporary = false;
let parent = "";
let suffix = "";
let hasSuffix = false;
while (options.next()) {
  switch (options.name) {
    case "d":
      directory = true;
      break;
    case "p":
    case "tmpdir":
      inTemporary = true;
      parent = options.value;
      break;
    case "q":
      quiet = true;
      break;
    case "suffix":
      suffix = options.value;
      hasSuffix = true;
      break;
    case "t":
      inTemporary = true;
      break;
    case "u":
      dryRun = true;
      break;
  }
}
if (options.operands.length > 1) dieUsage("too many templates");
let template = "tmp.XXXXXXXXXX";
if (options.operands.length == 1) template = options.operands[0];
else inTemporary = true;
if (hasSuffix && !template.endsWith("X")) die("with --suffix, template " + quoteProse(template) + " must end in X");
if (suffix.includes("/")) die("invalid suffix " + quoteProse(suffix) + ", contains directory separator");
let end = template.length;
if (!hasSuffix) {
  end = template.lastIndexOf("X") + 1;
  suffix = template.substring(end);
}
let start = end;
while (start > 0 && template.charAt(start - 1) == "X") start--;
if (end - start < 3) die("too few X's in template " + quoteProse(template));
if (inTemporary) {
  if (template.startsWith("/")) die("invalid template, " + quoteProse(template) + "; with --tmpdir, it may not be absolute");
  if (parent.length == 0) {
    const given = getenv("TMPDIR");
    parent = given === null || given.length == 0 ? "/tmp" : given;
  }
}
const prefix = inTemporary ? joinPath(parent, template.substring(0, start)) : template.substring(0, start);
let error = EEXIST;
let path = "";
for (let attempt = 0; attempt < TRIES && error == EEXIST; attempt++) {
  const count = min(end - start, 256);
  random_get(RANDOM, count);
  path = prefix;
  for (let i = 0; i < count; i++) path += LETTERS.charAt(load<u8>(RANDOM + i) % 62);
  path += suffix;
  if (dryRun) error = fs.exists(path) ? EEXIST : 0;
  else if (directory) error = fs.mkdir(path);
  else {
    const fd = fs.open(path, fs.WRITE | fs.CREATE | fs.EXCLUSIVE);
    error = fd < 0 ? -fd : 0;
    if (fd >= 0) fs.close(fd);
  }
}
if (error != 0) {
  if (quiet) finish(1);
  const shown = prefix + template.substring(start, end) + suffix;
  dieErrno("failed to create " + (directory ? "directory" : "file") + " via template " + quoteProse(shown), error);
}
if (!dryRun) fs.chmod(path, directory ? 0o700 : 0o600);
stdout.writeLine(path);
finish(0);
