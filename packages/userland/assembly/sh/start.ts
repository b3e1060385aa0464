// The shell's command line and its life from start to exit (POSIX sh).

import { ENOENT, ENOTDIR } from "../../../abi/src/errno";
import { argv, environment } from "../lib/args";
import { proc_getpid, proc_getppid } from "../lib/cloudos";
import { errorText } from "../lib/errno-text";
import { isTerminal } from "../lib/io";
import { proc_exit } from "../lib/wasi";
import { parseOptions } from "./builtins/set";
import { isName } from "./chars";
import { runInteractive } from "./edit/interactive";
import { expandQuoted } from "./expand/expand";
import { Option, options } from "./options";
import { flushOutput } from "./output";
import { Parser } from "./parse/parser";
import { complain } from "./report";
import { directory, startDirectory } from "./run/directory";
import { execute } from "./run/execute";
import { close, directoryError, open, readToEnd, toShellRange } from "./run/files";
import { FileInput, StandardInput } from "./run/inputs";
import { optionsChanged } from "./run/monitor";
import { startPreopens } from "./run/preopens";
import { evaluateText, runInput } from "./run/script";
import { handleSignals, runExitTrap, startSignals } from "./run/signals";
import { SUBSHELL_OPTION } from "./run/subprocess";
import { Skip, shell } from "./state";
import { unpackState } from "./transfer/state";
import { assign, declare, lookup } from "./vars";

function importEnvironment(): void {
  const list = environment();
  for (let i = 0; i < list.length; i++) {
    const sign = list[i].indexOf("=");
    const name = sign < 0 ? "" : list[i].substring(0, sign);
    if (!isName(name)) continue;
    assign(name, list[i].substring(sign + 1));
    declare(name).exported = true;
  }
}

function setDefault(name: string, value: string): void {
  if (lookup(name) === null) assign(name, value);
}

function startVariables(): void {
  shell.rootPid = proc_getpid();
  shell.parentPid = proc_getppid();
  importEnvironment();
  assign("IFS", " \t\n");
  assign("OPTIND", "1");
  assign("PPID", shell.parentPid.toString());
  setDefault("PATH", "/bin:/usr/bin");
  assign("PS4", "+ ");
  startDirectory();
  assign("PWD", directory.logical);
}

/** Ends the process with `$?`, after the EXIT trap. */
function finish(): void {
  if (shell.skip == Skip.None) handleSignals();
  runExitTrap();
  flushOutput();
  proc_exit(shell.status & 0xff);
}

/** This process is a subshell of another shell, which sends its state. */
function runAsSubshell(option: string): void {
  const fd = <i32>parseInt(option.substring(SUBSHELL_OPTION.length));
  const state = readToEnd(fd);
  close(fd);
  startSignals();
  startPreopens();
  const command = unpackState(state);
  if (command !== null) execute(command);
  finish();
}

/** Runs a start-up file if it is there. An error in it does not end the shell. */
function runProfile(path: string): void {
  const opened = open(path, 4, 0, 0);
  if (opened < 0) return;
  const fd = toShellRange(opened);
  runInput(new FileInput(fd));
  close(fd);
  if (shell.skip != Skip.Exit) shell.skip = Skip.None;
}

function runProfiles(): void {
  if (shell.login) {
    runProfile("/etc/profile");
    const home = lookup("HOME");
    if (home !== null && shell.skip == Skip.None) runProfile(home + "/.profile");
  }
  const env = lookup("ENV");
  if (options[Option.Interactive] && env !== null && env.length > 0 && shell.skip == Skip.None) {
    runProfile(expandQuoted(Parser.promptWord(env)));
  }
}

function openScript(path: string): i32 {
  const opened = open(path, 4, 0, 0);
  const error = opened < 0 ? -opened : directoryError(opened);
  if (error == 0) return toShellRange(opened);
  shell.line = 0;
  const missing = error == ENOENT || error == ENOTDIR;
  complain("cannot open " + path + ": " + (missing ? "No such file" : errorText(error)));
  proc_exit(2);
  return -1;
}

/** Letters that only the command line knows: -c and -l. Returns argv without them. */
function takeOwnOptions(words: string[]): string[] {
  const rest: string[] = [];
  let scanning = true;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (scanning && (word == "--" || word == "-" || !(word.startsWith("-") || word.startsWith("+")))) scanning = false;
    if (!scanning || !word.startsWith("-")) {
      rest.push(word);
      continue;
    }
    if (word == "--login") {
      shell.login = true;
      continue;
    }
    let kept = "";
    let named = false;
    for (let k = 1; k < word.length; k++) {
      const letter = word.charAt(k);
      if (letter == "c") commandGiven = true;
      else if (letter == "l") shell.login = true;
      else kept += letter;
      if (letter == "o") named = true;
    }
    if (kept.length > 0) rest.push("-" + kept);
    if (named && i + 1 < words.length) rest.push(words[++i]);
  }
  return rest;
}

let commandGiven: bool = false;

export function start(): void {
  const name = argv.length > 0 ? argv[0] : "sh";
  shell.name = name;
  if (argv.length > 1 && argv[1].startsWith(SUBSHELL_OPTION)) {
    runAsSubshell(argv[1]);
    return;
  }
  shell.login = name.startsWith("-");
  startSignals();
  startPreopens();
  startVariables();
  const words = takeOwnOptions(argv.slice(1));
  let index = parseOptions(words, 0);
  if (index < 0) {
    proc_exit(2);
    return;
  }
  if (index < words.length && (words[index] == "--" || words[index] == "-")) index++;
  let command = "";
  if (commandGiven) {
    if (index >= words.length) {
      complain("-c requires an argument");
      proc_exit(2);
      return;
    }
    command = words[index++];
  }
  let script = -1;
  if (!commandGiven && !options[Option.Stdin] && index < words.length) {
    script = openScript(words[index]);
    shell.name = words[index];
    shell.params = words.slice(index + 1);
  } else if (commandGiven && index < words.length) {
    shell.name = words[index];
    shell.params = words.slice(index + 1);
  } else {
    shell.params = words.slice(min(index, words.length));
  }
  if (!commandGiven && script < 0) {
    options[Option.Stdin] = true;
    if (isTerminal(0) && isTerminal(2)) options[Option.Interactive] = true;
  }
  if (options[Option.Interactive]) options[Option.Monitor] = true;
  optionsChanged();
  runProfiles();
  if (shell.skip == Skip.None) runMain(command, script);
  finish();
}

function runMain(command: string, script: i32): void {
  if (script >= 0) runInput(new FileInput(script));
  else if (commandGiven) evaluateText(command);
  if (script < 0 && (!commandGiven || options[Option.Stdin])) {
    if (options[Option.Interactive]) runInteractive();
    else runInput(new StandardInput());
  }
}
