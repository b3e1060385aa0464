/** Processes as objects: something to wait for. One object for all handles to a process, shared by them and, while it lives, the process. */
import { ECHILD, ENOMEM } from "../../../abi/src/errno";
import { OBJECT_PROCESS, SIGNAL_EXITED } from "../../../abi/src/kernel-interface";
import { RIGHTS_ALL_OBJECT } from "../../../abi/src/rights";
import { core, currentProcess } from "../core";
import { handleMake } from "../obj/handle";
import { KObject, objectAlloc, objectRef } from "../obj/object";
import { sysReturn } from "../proc/deliver";
import { Process, PROCESS_ZOMBIE } from "../proc/process";
import { processFind } from "../proc/tables";
import { treeLock, treeUnlock } from "../proc/tree";
import { checkRange, store32, userSlice } from "../user";
import { Event, eventChange, eventRelease } from "./event";

/** A handle to a child that has not ended (agents: to any process): it shows EXITED when it ends. ECHILD: there is no such child. */
export function c1_proc_open(pid: u32, out: u32): i32 {
  const caller = currentProcess();
  const rc = checkRange(userSlice(out, 4));
  if (rc < 0) return sysReturn(rc);
  const fresh = objectAlloc(OBJECT_PROCESS, <u32>offsetof<Event>());
  if (fresh == 0) return ENOMEM;
  changetype<KObject>(fresh).aux = pid;
  let object: usize = 0;
  treeLock();
  const process = processFind(pid);
  if (process !== null && process.state != PROCESS_ZOMBIE && (core().fiber == 0 || process.parent == changetype<u32>(caller))) {
    if (process.self == 0) {
      process.self = <u32>fresh;
      objectRef(fresh);
    }
    object = process.self;
    objectRef(object);
  }
  treeUnlock();
  // The spare one, or with `self` a reference of ours too many.
  eventRelease(fresh);
  if (object == 0) return ECHILD;
  const value = handleMake(caller, OBJECT_PROCESS, object, RIGHTS_ALL_OBJECT);
  if (value < 0) eventRelease(object);
  return sysReturn(value < 0 ? value : store32(out, value));
}

/** The process is a zombie from here on. treeLock is held. */
export function processShowsEnd(process: Process): void {
  const object = <usize>process.self;
  if (object == 0) return;
  process.self = 0;
  eventChange(object, 0, SIGNAL_EXITED);
  eventRelease(object);
}
