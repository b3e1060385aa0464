/** pwd: name of the working directory. */
import { getenv } from "../lib/args";
import { dieErrno, finish, warn } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";

const USAGE = `Usage: pwd [OPTION]
Print the working directory.

  -L, --logical   take PWD from the environment when it names this directory, links and all
  -P, --physical  resolve symbolic links (the default)`;

/** The value of PWD, or "": it counts only when absolute, without . and .., and the same directory (POSIX pwd). */
function logical(): string {
  const pwd = getenv("PWD");
  if (pwd === null || !pwd.startsWith("/")) return "";
  if (pwd.includes("/./") || pwd.includes("/../") || pwd.endsWith("/.") || pwd.endsWith("/..")) return "";
  const there = new fs.Stat();
  const here = new fs.Stat();
  return fs.stat(pwd, there) == 0 && fs.stat(".", here) == 0 && there.sameFile(here) ? pwd : "";
}

const options = new Options("LP", "logical=L physical=P", USAGE);
let physical = true;
while (options.next()) physical = options.name == "P";
if (options.operands.length > 0) warn("ignoring non-option arguments");
const name = physical ? "" : logical();
if (name.length > 0) stdout.writeLine(name);
else {
  const error = fs.getcwd();
  if (error != 0) dieErrno("cannot find the working directory", error);
  stdout.writeLine(fs.text);
}
finish(0);
