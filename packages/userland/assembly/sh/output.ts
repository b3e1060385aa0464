// What builtins write. Standard output is gathered per command, so that one `echo` is one write.
import { EINTR, EPIPE, SUCCESS } from "../../../abi/src/errno";
import { PIPE_BUF } from "../../../abi/src/params";
import { SIGPIPE } from "../../../abi/src/signals";
import { toMemory } from "../lib/bytes";
import { writeAll } from "../lib/io";
import { captureDepth, drainCaptures, waitWritable } from "./run/capture";
import { updateSignal } from "./run/signals";
import { Skip, shell } from "./state";

const BUFFER_SIZE: i32 = 65536;
let buffer: usize = 0;
let length: i32 = 0;
let failure: i32 = 0;

/** A pipeline member that runs in this process ends as the signal would end a process of its own. */
const SIGPIPE_STATUS: i32 = 128 + SIGPIPE;

export function emit(text: string): void {
  if (buffer == 0) buffer = heap.alloc(BUFFER_SIZE);
  let at = 0;
  while (at < text.length) {
    const count = min(text.length - at, BUFFER_SIZE - length);
    const piece = count == text.length ? text : text.substring(at, at + count);
    toMemory(piece, buffer + length);
    length += count;
    at += count;
    if (length == BUFFER_SIZE) flush();
  }
}

function flush(): void {
  if (length > 0 && failure == 0) failure = deliver(1, buffer, length);
  length = 0;
}

/** Writes what was emitted. Returns the first error since the last call. */
export function flushOutput(): i32 {
  if (length > 0) flush();
  const error = failure;
  failure = 0;
  return error;
}

/** Writes everything even while this process itself holds the reading end of a command substitution. */
function deliver(fd: i32, from: usize, count: i32): i32 {
  if (captureDepth() == 0) return settled(writeAll(fd, from, count));
  let at = 0;
  while (at < count) {
    // A writable pipe takes PIPE_BUF bytes without blocking.
    const size = min(count - at, PIPE_BUF);
    waitWritable(fd);
    const error = writeAll(fd, from + at, size);
    if (error != SUCCESS) return settled(error);
    at += size;
  }
  drainCaptures();
  return SUCCESS;
}

/** Set while a pipeline member runs in this process, with SIGPIPE ignored. */
export let pipelineMembers: i32 = 0;

export function enterMember(): void {
  pipelineMembers++;
  updateSignal(SIGPIPE);
}

export function leaveMember(): void {
  pipelineMembers--;
  updateSignal(SIGPIPE);
}

function settled(error: i32): i32 {
  if (error == EPIPE && pipelineMembers > 0) {
    shell.status = SIGPIPE_STATUS;
    shell.skip = Skip.Exit;
    return SUCCESS;
  }
  return error == EINTR ? SUCCESS : error;
}

export function writeError(text: string): void {
  writeErrorTo(2, text);
}

export function writeErrorTo(fd: i32, text: string): void {
  flush();
  const size = text.length;
  const bytes = heap.alloc(size);
  toMemory(text, bytes);
  deliver(fd, bytes, size);
  heap.free(bytes);
}
