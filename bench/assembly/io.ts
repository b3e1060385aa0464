/**
 * io MODE CALLS ROUNDS: times fd_write or fd_read of a file, one line of nanoseconds per call for each round.
 * Only preview 1, so that the very same module runs under other WASI hosts for comparison.
 */
import { args } from "../../packages/userland/assembly/lib/args";
import { writeText } from "../../packages/userland/assembly/lib/io";
import { formatUnsigned, parseUnsigned } from "../../packages/userland/assembly/lib/numbers";
import {
  clock_time_get,
  fd_read,
  fd_seek,
  fd_write,
  path_open,
  proc_exit,
} from "../../packages/userland/assembly/lib/wasi";

const CLOCK_MONOTONIC: u32 = 1;
const OFLAGS_CREAT: u32 = 1;
const RIGHTS: u64 = 0x1fffffff;
/** The file stays this small: it is rewound, not grown. */
const WINDOW: u32 = 1 << 20;

const name = "bench-io.bin";
const scratch: usize = memory.data(64, 16);
const buffer: usize = memory.data(4096, 16);

function now(): u64 {
  clock_time_get(CLOCK_MONOTONIC, 1, scratch);
  return load<u64>(scratch);
}

function check(errno: u32): void {
  if (errno != 0) proc_exit(70);
}

/** Opens `name` in whichever preopened directory (descriptors 4, then 3) takes it. */
function openFile(): u32 {
  for (let i = 0; i < name.length; i++) store<u8>(buffer + i, <u8>name.charCodeAt(i));
  for (let fd: u32 = 4; fd >= 3; fd--) {
    if (path_open(fd, 0, buffer, name.length, OFLAGS_CREAT, RIGHTS, RIGHTS, 0, scratch) == 0) return load<u32>(scratch);
  }
  proc_exit(71);
  return 0;
}

function iovec(length: u32): usize {
  store<u32>(scratch + 16, <u32>buffer);
  store<u32>(scratch + 20, length);
  return scratch + 16;
}

function writeRound(fd: u32, calls: u32, size: u32): void {
  const iov = iovec(size);
  const perWindow = WINDOW / size;
  for (let i: u32 = 0; i < calls; i++) {
    if (i % perWindow == 0) check(fd_seek(fd, 0, 0, scratch));
    check(fd_write(fd, iov, 1, scratch + 8));
  }
}

function readRound(fd: u32, calls: u32, size: u32): void {
  const iov = iovec(size);
  const perWindow = WINDOW / size;
  for (let i: u32 = 0; i < calls; i++) {
    if (i % perWindow == 0) check(fd_seek(fd, 0, 0, scratch));
    check(fd_read(fd, iov, 1, scratch + 8));
  }
}

const writing = args[0] == "write";
const size = <u32>parseUnsigned(args[1]);
const calls = <u32>parseUnsigned(args[2]);
const rounds = <u32>parseUnsigned(args[3]);
const fd = openFile();
writeRound(fd, WINDOW / 4096, 4096);
for (let round: u32 = 0; round < rounds; round++) {
  const begin = now();
  if (writing) writeRound(fd, calls, size);
  else readRound(fd, calls, size);
  const tenths = ((now() - begin) * 10) / calls;
  writeText(1, formatUnsigned(tenths / 10) + "." + formatUnsigned(tenths % 10) + "\n");
}
