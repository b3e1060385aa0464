/** env: the environment, or a program in a changed one. */
import { ENOENT } from "../../../abi/src/errno";
import { environment, getenv } from "../lib/args";
import { byteAt, isSpace } from "../lib/bytes";
import { die, dieErrno, dieUsage, finish, warn, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { quoteProse, quoteShell } from "../lib/quote";
import { exitLike, Spawn, spawnFailureStatus } from "../lib/spawn";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: env [OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]
Run COMMAND with the environment changed; without COMMAND, print the environment.

  -i, --ignore-environment  start with nothing
  -0, --null                end each line with NUL
  -u, --unset=NAME          without NAME
  -C, --chdir=DIR           in the directory DIR
  -S, --split-string=S      split S into arguments (for #! lines)
  -v, --debug               say what is done`;

let variables = environment().slice();

function unset(name: string): void {
  const prefix = name + "=";
  const kept: string[] = [];
  for (let i = 0; i < variables.length; i++) if (!variables[i].startsWith(prefix)) kept.push(variables[i]);
  variables = kept;
}

function set(assignment: string): void {
  const prefix = assignment.substring(0, assignment.indexOf("=") + 1);
  for (let i = 0; i < variables.length; i++) {
    if (variables[i].startsWith(prefix)) {
      variables[i] = assignment;
      return;
    }
  }
  variables.push(assignment);
}

/** Words of -S: blanks separate, quotes and backslashes protect, ${NAME} expands, # starts a comment. */
function splitString(text: string): string[] {
  const words: string[] = [];
  let word = "";
  let inWord = false;
  let quote = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = byteAt(text, i);
    if (quote == 0 && isSpace(byte)) {
      if (inWord) words.push(word);
      word = "";
      inWord = false;
      continue;
    }
    if (quote == 0 && !inWord && byte == 35) break;
    inWord = true;
    if (byte == 92 && i + 1 < text.length) {
      i++;
      const next = text.charAt(i);
      if (quote == 39 && next != "'" && next != "\\") word += "\\" + next;
      else if (next == "n") word += "\n";
      else if (next == "t") word += "\t";
      else if (next == "_") word += " ";
      else if (next == "c") return words;
      else word += next;
    } else if (byte == 36 && quote != 39) {
      const close = text.indexOf("}", i);
      if (i + 1 >= text.length || byteAt(text, i + 1) != 123 || close < 0) die("only ${VARNAME} expansion is supported, error at: " + text.substring(i), 125);
      const value = getenv(text.substring(i + 2, close));
      if (value !== null) word += value;
      i = close;
    } else if ((byte == 34 || byte == 39) && (quote == 0 || quote == byte)) quote = quote == 0 ? byte : 0;
    else word += text.charAt(i);
  }
  if (quote != 0) die("no terminating quote in -S string", 125);
  if (inWord) words.push(word);
  return words;
}

const options = new Options(
  "+iu:0C:S:v",
  "ignore-environment=i unset:=u null=0 chdir:=C split-string:=S debug=v",
  USAGE,
  125,
);
let delimiter = 10;
let directory = "";
let words: string[] = [];
while (options.next()) {
  switch (options.name) {
    case "i":
      variables = [];
      break;
    case "u":
      if (options.value.length == 0 || options.value.includes("=")) {
        die("cannot unset " + quoteProse(options.value) + ": Invalid argument", 125);
      }
      unset(options.value);
      break;
    case "0":
      delimiter = 0;
      break;
    case "C":
      directory = options.value;
      break;
    case "S":
      words = words.concat(splitString(options.value));
      break;
  }
}
words = words.concat(options.operands);
let first = 0;
if (first < words.length && words[first] == "-") {
  variables = [];
  first++;
}
for (; first < words.length && words[first].includes("="); first++) set(words[first]);
const command = words.slice(first);
if (directory.length > 0 && command.length == 0) dieUsage("must specify command with --chdir (-C)", 125);
if (command.length == 0) {
  for (let i = 0; i < variables.length; i++) {
    stdout.write(variables[i]);
    stdout.writeByte(delimiter);
  }
  finish(0);
}
if (delimiter == 0) dieUsage("cannot specify --null (-0) with command", 125);
if (directory.length > 0) {
  const error = fs.chdir(directory);
  if (error != 0) dieErrno("cannot change directory to " + quoteShell(directory), error, 125);
}
const child = new Spawn();
child.env = variables;
const pid = child.run(command);
if (pid < 0) {
  warnErrno(quoteProse(command[0]), -pid);
  if (pid == -ENOENT && command[0].includes(" ")) warn("use -[v]S to pass options in shebang lines");
  proc_exit(spawnFailureStatus(-pid));
}
exitLike(pid);
