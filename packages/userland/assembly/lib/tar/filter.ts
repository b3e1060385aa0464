/** Compression as a process of its own beside tar, joined by a pipe. */
import { FD_CLOEXEC } from "../../../../abi/src/cloudos-v1";
import { Spawn, waitStatus } from "../spawn";
import { close } from "../fs";
import { errorText } from "../errno-text";
import { fd_pipe } from "../cloudos";
import { proc_exit } from "../wasi";
import { writeText } from "../io";

const FDS = memory.data(8);

export class Filter {
  /** tar's end of the pipe. */
  fd: i32 = -1;
  private pid: i32 = -1;

  /** Runs gzip between tar and `archive`: `reading` decompresses it, else what tar writes is compressed into it. */
  constructor(archive: i32, reading: bool) {
    const error = fd_pipe(FDS, FD_CLOEXEC);
    if (error != 0) fail("Cannot create pipe", error);
    const readEnd = load<i32>(FDS);
    const writeEnd = load<i32>(FDS, 4);
    const spawn = new Spawn();
    spawn.fds = reading ? [0, archive, 1, writeEnd] : [0, readEnd, 1, archive];
    this.pid = spawn.run(["gzip", reading ? "-dc" : "-c"]);
    if (this.pid < 0) fail("gzip: Cannot exec", -this.pid);
    this.fd = reading ? readEnd : writeEnd;
    close(reading ? writeEnd : readEnd);
  }

  /** Closes the pipe and waits: true when gzip was content. `early`: tar stopped before the end, so a broken pipe is no fault. */
  finish(early: bool): bool {
    close(this.fd);
    const status = waitStatus(this.pid);
    return status == 0 || early;
  }
}

function fail(message: string, error: i32): void {
  writeText(2, "tar: " + message + ": " + errorText(error) + "\n");
  proc_exit(2);
}
