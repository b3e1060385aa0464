/** taskset: the cores a program may be placed on. */
import { AFFINITY_CHILDREN, AFFINITY_GET, AFFINITY_SET, AFFINITY_SIZE } from "../../../abi/src/cloudos-v1";
import { EINVAL, ENOTSUP } from "../../../abi/src/errno";
import { sched_affinity } from "../lib/cloudos";
import { die, dieUsage, finish, warnErrno } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatSigned, formatUnsigned, parseFailed, parseUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { coreCount } from "../lib/proc/system";
import { quoteProse } from "../lib/quote";
import { exitLike, Spawn, spawnFailureStatus } from "../lib/spawn";
import { proc_exit } from "../lib/wasi";

const USAGE = `Usage: taskset [-c] MASK COMMAND [ARG]...
       taskset [-c] -p [MASK] PID
Run COMMAND on the cores of MASK, or show or set those of a process. A process that has begun cannot move, as its stack belongs
to the core it was started on: its mask must contain that core, and is what its children are placed by.

  -c, --cpu-list  a list, such as 0,2-3, instead of a hexadecimal mask
  -p, --pid       of a running process`;

/** Cores there can be. */
const CORES_MAX: u32 = 256;
const mask = memory.data(32, 8);

function hasCore(core: u32): bool {
  return ((load<u8>(mask + (core >> 3)) >> <u8>(core & 7)) & 1) != 0;
}

function addCore(core: u32): void {
  const at = mask + (core >> 3);
  store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (core & 7)));
}

function isEmpty(): bool {
  return (load<u64>(mask) | load<u64>(mask, 8) | load<u64>(mask, 16) | load<u64>(mask, 24)) == 0;
}

/** "0-2,5" or "0-10:2". False when it is no list. */
function readList(text: string): bool {
  const parts = text.split(",");
  for (let i = 0; i < parts.length; i++) {
    const colon = parts[i].indexOf(":");
    const range = colon < 0 ? parts[i] : parts[i].substring(0, colon);
    const step = colon < 0 ? 1 : <u32>parseUnsigned(parts[i].substring(colon + 1));
    if (colon >= 0 && (parseFailed || step == 0)) return false;
    const dash = range.indexOf("-");
    const first = <u32>parseUnsigned(dash < 0 ? range : range.substring(0, dash));
    if (parseFailed || first >= CORES_MAX) return false;
    const last = dash < 0 ? first : <u32>parseUnsigned(range.substring(dash + 1));
    if (parseFailed || last >= CORES_MAX || last < first) return false;
    for (let core = first; core <= last; core += step) addCore(core);
  }
  return true;
}

/** Hexadecimal, with or without 0x and commas. */
function readMask(text: string): bool {
  const digits = (text.startsWith("0x") ? text.substring(2) : text).replaceAll(",", "");
  if (digits.length == 0 || digits.length > 64) return false;
  for (let i = 0; i < digits.length; i++) {
    const byte = digits.charCodeAt(digits.length - 1 - i) | 32;
    const digit = byte >= 97 && byte <= 102 ? byte - 87 : byte >= 48 && byte <= 57 ? byte - 48 : 16;
    if (digit == 16) return false;
    for (let bit = 0; bit < 4; bit++) if (((digit >> bit) & 1) != 0) addCore(<u32>(i * 4 + bit));
  }
  return true;
}

function maskText(): string {
  let text = "";
  for (let i = 31; i >= 0; i--) {
    const byte = <u64>load<u8>(mask + i);
    text += formatUnsigned(byte >> 4, 16) + formatUnsigned(byte & 15, 16);
  }
  let start = 0;
  while (start < text.length - 1 && text.charCodeAt(start) == 48) start++;
  return text.substring(start);
}

function listText(): string {
  let text = "";
  for (let core: u32 = 0; core < CORES_MAX; core++) {
    if (!hasCore(core)) continue;
    let last = core;
    while (last + 1 < CORES_MAX && hasCore(last + 1)) last++;
    if (text.length > 0) text += ",";
    text += formatUnsigned(core);
    // As util-linux: two in a row are a list still.
    if (last == core + 1) text += "," + formatUnsigned(last);
    else if (last > core) text += "-" + formatUnsigned(last);
    core = last;
  }
  return text;
}

const options = new Options("+cp", "cpu-list=c pid=p", USAGE, 1);
let list = false;
let running = false;
while (options.next()) {
  if (options.name == "c") list = true;
  else running = true;
}
const operands = options.operands;
const least = running ? 1 : 2;
if (operands.length < least) dieUsage("bad usage");

function parseCores(text: string): void {
  memory.fill(mask, 0, AFFINITY_SIZE);
  if (!(list ? readList(text) : readMask(text))) die("failed to parse CPU " + (list ? "list" : "mask") + ": " + text);
}

/** A mask without any core there is would be ignored: say so instead. */
function checkCores(): void {
  for (let core: u32 = 0; core < <u32>coreCount(); core++) if (hasCore(core)) return;
  warnErrno("failed to set pid 0's affinity", EINVAL);
  proc_exit(1);
}

function show(pid: i32, word: string): void {
  const error = sched_affinity(pid, AFFINITY_GET, mask);
  if (error != 0) {
    warnErrno("failed to get pid " + formatSigned(pid) + "'s affinity", error);
    proc_exit(1);
  }
  if (isEmpty()) for (let core: u32 = 0; core < <u32>coreCount(); core++) addCore(core);
  stdout.writeLine(
    "pid " + formatSigned(pid) + "'s " + word + " affinity " + (list ? "list: " + listText() : "mask: " + maskText()),
  );
}

if (running) {
  const pid = <i32>parseUnsigned(operands[operands.length - 1]);
  if (parseFailed) die("invalid PID argument: " + operands[operands.length - 1]);
  show(pid, "current");
  if (operands.length > 1) {
    parseCores(operands[0]);
    checkCores();
    const error = sched_affinity(pid, AFFINITY_SET, mask);
    if (error != 0) {
      warnErrno("failed to set pid " + formatSigned(pid) + "'s affinity" + (error == ENOTSUP ? ": it has begun on another core" : ""), error);
      proc_exit(1);
    }
    show(pid, "new");
  }
  finish(0);
}
parseCores(operands[0]);
checkCores();
sched_affinity(0, AFFINITY_CHILDREN, mask);
const pid = new Spawn().run(operands.slice(1));
if (pid < 0) {
  warnErrno("failed to execute " + quoteProse(operands[1]), -pid);
  proc_exit(spawnFailureStatus(-pid));
}
exitLike(pid);
