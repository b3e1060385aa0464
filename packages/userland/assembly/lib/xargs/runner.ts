/** Starts the commands of xargs(1), at most so many at a time, and sums up how they ended. */
import { EINTR, ENOENT } from "../../../../abi/src/errno";
import { Spawn, wait, waitedCode, waitedKind } from "../spawn";
import { WAIT_EXITED } from "../../../../abi/src/cloudos-v1";
import { errorText } from "../errno-text";
import { openRead } from "../fs";
import { quoteIfNeeded } from "../quote";
import { stdin, writeText } from "../io";

export class Runner {
  /** Exit status of xargs so far. */
  status: i32 = 0;
  /** A command said to stop at once. */
  aborted: bool = false;
  trace: bool = false;
  ask: bool = false;
  /** Commands read from where xargs was called (-o, or items come from a file). */
  keepStdin: bool = false;
  /** What is run, for messages. */
  private name: string = "";
  private running: i32 = 0;
  private nothing: i32 = -1;

  constructor(private limit: i32) {}

  start(argv: Array<string>): void {
    if (this.trace || this.ask) {
      let line = "";
      for (let i = 0; i < argv.length; i++) line += (i > 0 ? " " : "") + quoteIfNeeded(argv[i]);
      writeText(2, line + (this.ask ? "?..." : "\n"));
      if (this.ask && !confirmed()) return;
    }
    while (this.limit > 0 && this.running >= this.limit) this.reap();
    if (this.aborted) return;
    const spawn = new Spawn();
    if (!this.keepStdin) {
      if (this.nothing < 0) this.nothing = openRead("/dev/null");
      if (this.nothing >= 0) spawn.fds = [0, this.nothing];
    }
    const pid = spawn.run(argv);
    if (pid < 0) {
      writeText(2, "xargs: " + argv[0] + ": " + errorText(-pid) + "\n");
      this.status = -pid == ENOENT ? 127 : 126;
      this.aborted = true;
      return;
    }
    this.running++;
    this.name = argv[0];
    if (this.limit == 1) this.reap();
  }

  private reap(): void {
    const error = wait(-1);
    if (error == EINTR) return;
    if (error != 0) {
      this.running = 0;
      return;
    }
    this.running--;
    if (waitedKind != WAIT_EXITED) {
      writeText(2, "xargs: " + this.name + ": terminated by signal " + waitedCode.toString() + "\n");
      this.status = 125;
      this.aborted = true;
    } else if (waitedCode == 255) {
      writeText(2, "xargs: " + this.name + ": exited with status 255; aborting\n");
      this.status = 124;
      this.aborted = true;
    } else if (waitedCode != 0 && this.status == 0) this.status = 123;
  }

  finish(): void {
    while (this.running > 0) this.reap();
  }
}

function confirmed(): bool {
  const answer = stdin.readLine();
  return answer !== null && (answer.startsWith("y") || answer.startsWith("Y"));
}
