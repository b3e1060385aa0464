// Traps and dispositions. A signal that has a trap is queued by the kernel and taken between commands.
import {
  NSIG,
  SIG_DFL,
  SIG_IGN,
  SIG_QUEUE,
  SIGINT,
  SIGKILL,
  SIGPIPE,
  SIGQUIT,
  SIGSTOP,
  SIGTERM,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SIGWINCH,
} from "../../../../abi/src/signals";
import { sig_action, sig_take } from "../../lib/cloudos";
import { Option, options } from "../options";
import { pipelineMembers } from "../output";
import { Skip, shell } from "../state";
import { evaluateText } from "./script";

export const NAMES: StaticArray<string> = [
  "EXIT",
  "HUP",
  "INT",
  "QUIT",
  "ILL",
  "TRAP",
  "ABRT",
  "BUS",
  "FPE",
  "KILL",
  "USR1",
  "SEGV",
  "USR2",
  "PIPE",
  "ALRM",
  "TERM",
  "16",
  "CHLD",
  "CONT",
  "STOP",
  "TSTP",
  "TTIN",
  "TTOU",
  "URG",
  "XCPU",
  "XFSZ",
  "VTALRM",
  "PROF",
  "WINCH",
  "IO",
  "PWR",
  "SYS",
];

const OLD = memory.data(8, 8);

/** Trap text by signal (0: EXIT); null: default. */
export let traps = new StaticArray<string | null>(NSIG);
/** Ignored when the shell started: cannot be trapped (POSIX trap). */
const ignoredAtStart = new StaticArray<bool>(NSIG);
const dispositions = new StaticArray<i32>(NSIG);
/** Caught and waiting for its trap to run. */
let pending = new StaticArray<bool>(NSIG);
let anyPending: bool = false;

/** Traps of a shell around a subshell of this process: it is the same process, so they catch its signals too. */
class Outer {
  constructor(
    public traps: StaticArray<string | null>,
    public pending: StaticArray<bool>,
  ) {}
}

const outers: Outer[] = [];

/** The innermost shell around that has a trap for the signal, null for none. */
function outerWithTrap(signal: i32): Outer | null {
  for (let i = outers.length - 1; i >= 0; i--) if (outers[i].traps[signal] !== null) return outers[i];
  return null;
}
/** The interactive shell was interrupted. */
export let interrupted: bool = false;

/** Number of a signal by name (with or without SIG) or number, -1 when there is none. */
export function signalNumber(name: string): i32 {
  let bare = name.toUpperCase();
  if (bare.startsWith("SIG")) bare = bare.substring(3);
  for (let i = 0; i < NAMES.length; i++) if (NAMES[i] == bare) return i;
  let number = 0;
  for (let i = 0; i < name.length; i++) {
    const digit = name.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
    if (number >= NSIG) return -1;
  }
  return name.length > 0 ? number : -1;
}

export function startSignals(): void {
  for (let signal = 1; signal < NSIG; signal++) {
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    // Asking is setting: put back what was found.
    if (sig_action(signal, SIG_DFL, OLD) != 0) continue;
    const old = load<u32>(OLD);
    if (old != SIG_IGN) continue;
    sig_action(signal, SIG_IGN, OLD);
    ignoredAtStart[signal] = true;
    dispositions[signal] = SIG_IGN;
  }
}

/** What the shell itself wants of a signal without a trap. */
function ownDisposition(signal: i32): i32 {
  if (options[Option.Interactive] && shell.subshellDepth == 0) {
    // A change of the window interrupts the line editor's read.
    if (signal == SIGINT || signal == SIGWINCH) return SIG_QUEUE;
    if (signal == SIGQUIT || signal == SIGTERM) return SIG_IGN;
  }
  if (signal == SIGPIPE && pipelineMembers > 0) return SIG_IGN;
  const outer = outerWithTrap(signal);
  if (outer !== null && traps[signal] === null) return SIG_QUEUE;
  const stops = signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
  if (stops && options[Option.Monitor] && shell.subshellDepth == 0) return SIG_IGN;
  return ignoredAtStart[signal] ? SIG_IGN : SIG_DFL;
}

/** Makes the kernel's disposition of a signal what traps and options ask for. */
export function updateSignal(signal: i32): void {
  if (signal == 0 || signal == SIGKILL || signal == SIGSTOP) return;
  const trap = traps[signal];
  let wanted = ownDisposition(signal);
  if (trap !== null && !(ignoredAtStart[signal] && !options[Option.Interactive])) {
    wanted = trap.length == 0 ? SIG_IGN : SIG_QUEUE;
  }
  if (wanted == dispositions[signal]) return;
  sig_action(signal, wanted, OLD);
  dispositions[signal] = wanted;
}

export function updateSignals(): void {
  for (let signal = 1; signal < NSIG; signal++) updateSignal(signal);
}

/** Bit set of the signals that only the shell ignores, for its children. */
export function signalsToReset(): u32 {
  let set: u32 = 0;
  for (let signal = 1; signal < NSIG; signal++) {
    if (dispositions[signal] != SIG_IGN || ignoredAtStart[signal]) continue;
    const trap = traps[signal];
    if (trap === null) set |= 1 << (signal - 1);
  }
  return set;
}

export function setTrap(signal: i32, action: string | null): void {
  traps[signal] = action;
  updateSignal(signal);
}

/** Takes what the kernel has queued. True when something waits to be acted on. */
export function takeSignals(): bool {
  for (let signal = sig_take(); signal != 0; signal = sig_take()) {
    if (traps[signal] !== null) {
      pending[signal] = true;
      anyPending = true;
      continue;
    }
    const outer = outerWithTrap(signal);
    if (outer !== null) outer.pending[signal] = true;
    else if (signal == SIGINT) interrupted = true;
  }
  return anyPending || interrupted;
}

/** A signal with a trap that has arrived, or 0. */
export function pendingTrap(): i32 {
  for (let signal = 1; signal < NSIG; signal++) if (pending[signal]) return signal;
  return 0;
}

/** A foreground job died of ^C: the shell acts as if it had been interrupted with it. */
export function interrupt(): void {
  interrupted = true;
}

export function clearInterrupt(): void {
  interrupted = false;
}

/** Between commands: runs the traps of signals that arrived; an interrupt unwinds to the prompt. */
export function handleSignals(): void {
  if (!takeSignals()) return;
  if (interrupted) {
    if (options[Option.Interactive] && shell.subshellDepth == 0) {
      shell.status = 128 + SIGINT;
      shell.skip = Skip.Error;
    }
    interrupted = options[Option.Interactive];
    if (interrupted) return;
  }
  anyPending = false;
  for (let signal = 1; signal < NSIG; signal++) {
    if (!pending[signal]) continue;
    pending[signal] = false;
    const action = traps[signal];
    if (action !== null && action.length > 0) runTrap(action);
    if (shell.skip != Skip.None) return;
  }
}

function runTrap(action: string): void {
  const status = shell.status;
  evaluateText(action);
  if (shell.skip == Skip.None) shell.status = status;
}

/** Runs the EXIT trap, once; what it exits with is the shell's status. */
export function runExitTrap(): void {
  const action = traps[0];
  traps[0] = null;
  if (action === null || action.length == 0) return;
  const status = shell.status;
  shell.skip = Skip.None;
  shell.tested = 0;
  evaluateText(action);
  if (shell.skip != Skip.Exit) shell.status = status;
}

/** Traps as a subshell found them. Inside, all but ignored signals are back at their default (POSIX trap). */
export class SavedTraps {
  private saved: StaticArray<string | null> = traps;

  constructor() {
    outers.push(new Outer(traps, pending));
    pending = new StaticArray<bool>(NSIG);
    traps = new StaticArray<string | null>(NSIG);
    for (let signal = 1; signal < NSIG; signal++) {
      const trap = this.saved[signal];
      if (trap !== null && trap.length == 0) traps[signal] = "";
    }
    updateSignals();
  }

  restore(): void {
    traps = this.saved;
    pending = outers.pop().pending;
    anyPending = true;
    updateSignals();
  }
}

/** In a subshell of its own process: the signals its parent ignores by a trap. */
export function inheritIgnored(ignored: StaticArray<bool>): void {
  for (let signal = 1; signal < NSIG; signal++) {
    if (!ignored[signal]) continue;
    ignoredAtStart[signal] = false;
    traps[signal] = "";
  }
  updateSignals();
}

/** `exec` has replaced the shell: its EXIT trap does not run. */
export function dropExitTrap(): void {
  traps[0] = null;
}

/** The signal that must end a `read` or `wait` now: one with a trap, or an interrupt. 0: none. */
export function interruptingSignal(): i32 {
  if (interrupted) return SIGINT;
  return anyPending ? pendingTrap() : 0;
}
