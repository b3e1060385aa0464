import { SPAWN_FOREGROUND, SPAWN_NONE, SPAWN_SETPGROUP, SPAWN_SIZE } from "../../../../abi/src/cloudos-v1";
import { SIGINT, SIGQUIT } from "../../../../abi/src/signals";
import { toBytes } from "../../lib/bytes";
import { proc_spawn } from "../../lib/cloudos";
import { flushOutput } from "../output";
import { environment } from "../vars";
import { signalsToReset } from "./signals";

const ATTRIBUTES = memory.data(SPAWN_SIZE, 8);
const PID = memory.data(8, 8);

/** How a process joins the jobs. */
export class Placement {
  /** -1: the shell's own group; 0: a new group; else that group. */
  group: i32 = -1;
  /** Descriptor of the terminal the new group gets, -1: none. */
  foregroundTty: i32 = -1;
  /** Without job control, background commands ignore the keyboard's signals. */
  background: bool = false;
}

/** Starts `path` with the shell's descriptors below 10 and what `inherited` maps (-1: nothing): pid or -errno. */
export function spawn(path: string, argv: string[], placement: Placement, inherited: i32): i32 {
  return spawnWith(path, argv, environment(), placement, inherited);
}

export function spawnWith(path: string, argv: string[], env: string, placement: Placement, inherited: i32): i32 {
  flushOutput();
  const pathBytes = toBytes(path);
  const argvBytes = toBytes(argv.join("\0") + "\0");
  const envBytes = toBytes(env);
  const map = new StaticArray<i32>(2);
  map[0] = inherited;
  map[1] = inherited;
  memory.fill(ATTRIBUTES, 0, SPAWN_SIZE);
  let flags: u32 = 0;
  if (placement.group >= 0) flags |= SPAWN_SETPGROUP;
  if (placement.foregroundTty >= 0) flags |= SPAWN_FOREGROUND;
  store<u32>(ATTRIBUTES, flags);
  store<u32>(ATTRIBUTES, max(placement.group, 0), 4);
  store<u32>(ATTRIBUTES, <u32>changetype<usize>(map), 8);
  store<u32>(ATTRIBUTES, inherited < 0 ? 0 : 1, 12);
  store<u32>(ATTRIBUTES, <u32>SPAWN_NONE, 16);
  store<i32>(ATTRIBUTES, max(placement.foregroundTty, 0), 24);
  store<u32>(ATTRIBUTES, signalsToReset(), 28);
  store<u32>(ATTRIBUTES, placement.background ? (1 << (SIGINT - 1)) | (1 << (SIGQUIT - 1)) : 0, 32);
  store<u32>(ATTRIBUTES, <u32>SPAWN_NONE, 40);
  const error = proc_spawn(
    changetype<usize>(pathBytes),
    pathBytes.length,
    changetype<usize>(argvBytes),
    argvBytes.length,
    changetype<usize>(envBytes),
    envBytes.length,
    ATTRIBUTES,
    PID,
  );
  return error == 0 ? load<i32>(PID) : -(<i32>error);
}
