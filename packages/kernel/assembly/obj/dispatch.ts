/** What differs by type when handles come and go. The object types' own files do the work. */
import {
  OBJECT_CHANNEL, OBJECT_DEVICE, OBJECT_DIR, OBJECT_EVENT, OBJECT_FILE, OBJECT_JOB, OBJECT_PAGER, OBJECT_PIPE_READ, OBJECT_PIPE_WRITE,
  OBJECT_PORT, OBJECT_PROCESS, OBJECT_RING_READ, OBJECT_RING_WRITE, OBJECT_TIMER, OBJECT_TRACE, OBJECT_TTY, OBJECT_VMO,
} from "../../../abi/src/kernel-interface";
import { traceRelease } from "../cap/trace";
import { filesRelease } from "../fs/object";
import { endpointDrop, endpointEnd, endpointRetain } from "../ipc/channel";
import { eventRelease } from "../ipc/event";
import { portRelease } from "../ipc/port";
import { timerRelease } from "../ipc/timer";
import { jobRelease } from "../proc/job";
import { Tty, ttyRelease } from "../tty/tty";
import { pagerRelease } from "../vmo/pager";
import { vmoRelease } from "../vmo/vmo";
import { deviceRelease } from "./device";
import { objectRef } from "./object";
import { pipeDrop, pipeEnd, pipeRelease, pipeRetain } from "./pipe";
import { Ring, ringRelease } from "./ring";

/** A handle to the object was made. */
export function dispatchRetain(type: u32, object: usize): void {
  if (type == OBJECT_PIPE_READ || type == OBJECT_PIPE_WRITE) {
    pipeRetain(type, object);
    return;
  }
  objectRef(object);
  if (type == OBJECT_CHANNEL) endpointRetain(object);
}

/** Do handles of this type hold more than the object's memory: is the number of its open ends of consequence to others? */
export function dispatchHasEnds(type: u32): bool {
  return type == OBJECT_PIPE_READ || type == OBJECT_PIPE_WRITE || type == OBJECT_CHANNEL;
}

/** A handle was revoked: what others notice of it being closed happens now, `dispatchDrop` follows. Only types with ends. */
export function dispatchEnd(type: u32, object: usize): void {
  if (type == OBJECT_CHANNEL) endpointEnd(object);
  else pipeEnd(type, object);
}

/** The owner of a revoked handle lets go of what is left: the object's memory. */
export function dispatchDrop(type: u32, object: usize): void {
  if (type == OBJECT_CHANNEL) endpointDrop(object);
  else if (type == OBJECT_PIPE_READ || type == OBJECT_PIPE_WRITE) pipeDrop(object);
  else dispatchRelease(type, object);
}

/** A handle to the object was closed. */
export function dispatchRelease(type: u32, object: usize): void {
  switch (<i32>type) {
    case OBJECT_FILE:
    case OBJECT_DIR:
      filesRelease(type, object);
      break;
    case OBJECT_PIPE_READ:
    case OBJECT_PIPE_WRITE:
      pipeRelease(type, object);
      break;
    case OBJECT_TTY:
      ttyRelease(changetype<Tty>(object));
      break;
    case OBJECT_DEVICE:
      deviceRelease(object);
      break;
    case OBJECT_RING_READ:
    case OBJECT_RING_WRITE:
      ringRelease(changetype<Ring>(object));
      break;
    case OBJECT_JOB:
      jobRelease(object);
      break;
    case OBJECT_VMO:
      vmoRelease(object);
      break;
    case OBJECT_PAGER:
      pagerRelease(object);
      break;
    case OBJECT_CHANNEL:
      endpointEnd(object);
      endpointDrop(object);
      break;
    case OBJECT_PORT:
      portRelease(object);
      break;
    case OBJECT_TIMER:
      timerRelease(object);
      break;
    case OBJECT_TRACE:
      traceRelease(object);
      break;
    case OBJECT_PROCESS:
    case OBJECT_EVENT:
      eventRelease(object);
      break;
  }
}
