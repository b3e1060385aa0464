/** which: where programs are found. */
import { getenv } from "../lib/args";
import { finish } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { joinPath } from "../lib/path";

const USAGE = `Usage: which [-a] [-s] NAME...
Print the file each NAME would run. Status 1: one was not found.

  -a  all in PATH, not just the first
  -s  print nothing`;

function isProgram(path: string): bool {
  const st = new fs.Stat();
  return fs.stat(path, st) == 0 && st.isRegular && fs.access(path, 1) == 0;
}

function searchPath(): string {
  const given = getenv("PATH");
  return given === null ? "/bin:/usr/bin" : given;
}

const options = new Options("as", "all=a", USAGE, 2);
let all = false;
let silent = false;
while (options.next()) {
  if (options.name == "a") all = true;
  else silent = true;
}
const directories = searchPath().split(":");
let status = options.operands.length == 0 ? 1 : 0;
for (let i = 0; i < options.operands.length; i++) {
  const name = options.operands[i];
  let found = false;
  if (name.includes("/")) {
    found = isProgram(name);
    if (found && !silent) stdout.writeLine(name);
  }
  for (let j = 0; j < directories.length && !name.includes("/") && (all || !found); j++) {
    const path = joinPath(directories[j].length == 0 ? "." : directories[j], name);
    if (!isProgram(path)) continue;
    found = true;
    if (!silent) stdout.writeLine(path);
  }
  if (!found) status = 1;
}
finish(status);
