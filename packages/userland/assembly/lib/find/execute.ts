/** -exec, -execdir and -ok: running programs for the files found. */
import { Entry, Expression, Run } from "./expression";
import { Spawn, waitStatus } from "../spawn";
import { chdir, getcwd, text as cwdText } from "../fs";
import { dirName } from "../path";
import { errorText } from "../errno-text";
import { quoteProse } from "../quote";
import { stdin, stdout, writeText } from "../io";
import { warn } from "../exit";

/** Bytes of arguments per run: well under ARG_MAX (packages/abi/src/params.ts), as findutils does. */
const MAX_BYTES: i32 = 131072;

/** Runs `argv` and waits: its exit status, or -errno. */
function runProgram(argv: Array<string>): i32 {
  stdout.flush();
  const pid = new Spawn().run(argv);
  return pid < 0 ? pid : waitStatus(pid);
}

function report(argv: Array<string>, status: i32): void {
  if (status < 0) warn(quoteProse(argv[0]) + ": " + errorText(-status));
}

/** Runs in `directory`; the working directory is put back. */
function runIn(directory: string, argv: Array<string>): i32 {
  const known = getcwd() == 0;
  const home = known ? cwdText : "";
  const error = chdir(directory);
  if (error != 0) return -error;
  const status = runProgram(argv);
  if (known) chdir(home);
  return status;
}

export class ExecuteEach extends Expression {
  constructor(
    private argv: Array<string>,
    private inDirectory: bool,
    /** -ok: asks first. */
    private ask: bool,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    const name = this.inDirectory ? "./" + entry.name : entry.path;
    const argv: Array<string> = [];
    for (let i = 0; i < this.argv.length; i++) argv.push(this.argv[i].split("{}").join(name));
    if (this.ask && !confirmed(argv[0], entry.path)) return false;
    const status = this.inDirectory ? runIn(dirName(entry.path), argv) : runProgram(argv);
    report(argv, status);
    return status == 0;
  }
}

function confirmed(program: string, path: string): bool {
  stdout.flush();
  writeText(2, "< " + program + " ... " + path + " > ? ");
  const answer = stdin.readLine();
  return answer !== null && (answer.startsWith("y") || answer.startsWith("Y"));
}

/** `{} +`: as many files as fit per run. */
export class ExecuteMany extends Expression {
  private pending: Array<string> = [];
  private bytes: i32 = 0;
  private directory: string = "";

  constructor(
    private argv: Array<string>,
    private inDirectory: bool,
  ) {
    super();
  }
  evaluate(entry: Entry, run: Run): bool {
    const name = this.inDirectory ? "./" + entry.name : entry.path;
    const directory = this.inDirectory ? dirName(entry.path) : "";
    if (this.pending.length > 0 && (directory != this.directory || this.bytes + name.length > MAX_BYTES)) this.finish(run);
    this.directory = directory;
    this.pending.push(name);
    this.bytes += name.length + 1;
    return true;
  }
  finish(run: Run): void {
    if (this.pending.length == 0) return;
    const argv = this.argv.concat(this.pending);
    this.pending = [];
    this.bytes = 0;
    const status = this.inDirectory ? runIn(this.directory, argv) : runProgram(argv);
    report(argv, status);
    if (status != 0) run.status = 1;
  }
}
