/** What differs by type when handles come and go. The object types' own files do the work. */
import {
  OBJECT_DEVICE, OBJECT_DIR, OBJECT_FILE, OBJECT_JOB, OBJECT_PAGER, OBJECT_PIPE_READ, OBJECT_PIPE_WRITE, OBJECT_RING_READ, OBJECT_RING_WRITE, OBJECT_TTY,
  OBJECT_VMO,
} from "../../../abi/src/kernel-interface";
import { filesRelease } from "../fs/object";
import { jobRelease } from "../proc/job";
import { Tty, ttyRelease } from "../tty/tty";
import { pagerRelease } from "../vmo/pager";
import { vmoRelease } from "../vmo/vmo";
import { deviceRelease } from "./device";
import { objectRef } from "./object";
import { pipeRelease, pipeRetain } from "./pipe";
import { Ring, ringRelease } from "./ring";

/** A handle to the object was made. */
export function dispatchRetain(type: u32, object: usize): void {
  if (type == OBJECT_PIPE_READ || type == OBJECT_PIPE_WRITE) pipeRetain(type, object);
  else objectRef(object);
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
  }
}
