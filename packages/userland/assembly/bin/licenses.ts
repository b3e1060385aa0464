/** licenses: the licences of what is on board. */
import { compareBytes } from "../lib/bytes";
import { readNames } from "../lib/directory";
import { dieErrno, finish, warn } from "../lib/exit";
import * as fs from "../lib/fs";
import { Reader, stdout } from "../lib/io";
import { Options } from "../lib/options";
import { joinPath } from "../lib/path";
import { quoteShell } from "../lib/quote";

const USAGE = `Usage: licenses [NAME]...
List the programs whose licences are here, or show those of NAME.`;

const DIRECTORY = "/usr/share/licenses";

/** Copies a file, or every file of a directory, to standard output. */
function show(path: string): void {
  if (fs.isDirectory(path)) {
    const names: string[] = [];
    readNames(path, names);
    names.sort(compareBytes);
    for (let i = 0; i < names.length; i++) show(joinPath(path, names[i]));
    return;
  }
  const fd = fs.openRead(path);
  if (fd < 0) dieErrno(path, -fd);
  const reader = new Reader(fd);
  while (reader.fill()) {
    stdout.writeMemory(reader.data, reader.available);
    reader.skip(reader.available);
  }
  fs.close(fd);
}

const options = new Options("", "", USAGE);
while (options.next()) continue;
const names: string[] = [];
const error = readNames(DIRECTORY, names);
if (error != 0) dieErrno(DIRECTORY, error);
names.sort(compareBytes);
let status = 0;
for (let i = 0; i < options.operands.length; i++) {
  const name = options.operands[i];
  let found = "";
  for (let j = 0; j < names.length; j++) if (names[j] == name || names[j] == name + ".txt") found = names[j];
  if (found.length > 0) show(joinPath(DIRECTORY, found));
  else {
    warn("nothing is known of " + quoteShell(name));
    status = 1;
  }
}
if (options.operands.length == 0) {
  for (let i = 0; i < names.length; i++) {
    const name = names[i].endsWith(".txt") ? names[i].substring(0, names[i].length - 4) : names[i];
    stdout.writeLine(name);
  }
  stdout.writeLine("\nlicenses NAME shows one.");
}
finish(status);
