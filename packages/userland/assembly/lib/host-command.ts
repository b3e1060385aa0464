/** A command the page carries out: this process lends it its arguments, standard streams, terminal and signals (abi: host-command.ts). */
import { FD_CLOEXEC, TERMIOS_O_CC, TTY_ECHO, TTY_ICANON, TTY_ICRNL, TTY_IEXTEN, TTY_ISIG, TTY_IXON, TTY_OPOST, VMIN, VTIME } from "../../../abi/src/cloudos-v1";
import { EINTR, ENOTSUP } from "../../../abi/src/errno";
import {
  COMMAND_CREDIT, COMMAND_EXIT, COMMAND_HEADER, COMMAND_PAYLOAD_MAX, COMMAND_RAW, COMMAND_SIGNAL, COMMAND_SIZE, COMMAND_STDERR,
  COMMAND_STDIN, COMMAND_STDIN_END, COMMAND_STDOUT,
} from "../../../abi/src/host-command";
import { SIG_QUEUE, SIGHUP, SIGINT, SIGTERM, SIGWINCH } from "../../../abi/src/signals";
import { args } from "./args";
import { addressOf, toBytes } from "./bytes";
import { host_connect, sig_action, sig_take, tty_get, tty_set, tty_winsize } from "./cloudos";
import { die } from "./exit";
import * as fs from "./fs";
import { isTerminal, readInto, writeAll } from "./io";
import { quoteJson } from "./json";
import { poll_oneoff } from "./wasi";

const FDS = memory.data(8, 8);
const SIZE = memory.data(8, 8);
const OLD = memory.data(8, 8);
const SAVED = memory.data(48, 8);
const RAW = memory.data(48, 8);
const SUBSCRIPTIONS = memory.data(96, 8);
const EVENTS = memory.data(64, 8);
const COUNT = memory.data(8, 8);
/** Header and payload of a frame on its way out, and what has come in. */
const OUT = memory.data(16400, 8);
const IN_SIZE: i32 = 32800;
const IN = memory.data(32800, 8);

let fromHost = -1;
let toHost = -1;
/** Bytes of standard input the page wants. */
let credit: i32 = 0;
let stdinEnded = false;
let raw = false;

function request(type: string): string {
  let argv = "";
  for (let i = 0; i < args.length; i++) argv += (i > 0 ? "," : "") + quoteJson(args[i]);
  const cwd = fs.getcwd() == 0 ? fs.text : "/";
  let size = "null";
  if (isTerminal(1) && tty_winsize(1, SIZE) == 0) {
    size = '{"columns":' + load<u32>(SIZE).toString() + ',"rows":' + load<u32>(SIZE, 4).toString() + "}";
  }
  const stdin = isTerminal(0) ? "terminal" : "other";
  return '{"type":' + quoteJson(type) + ',"argv":[' + argv + '],"cwd":' + quoteJson(cwd) + ',"terminal":' + size + ',"stdin":"' + stdin + '"}';
}

function send(type: i32, length: i32): void {
  store<u32>(OUT, length);
  store<u8>(OUT, <u8>type, 4);
  // A page that stopped reading has sent its last words; they are read before this process ends.
  writeAll(toHost, OUT, COMMAND_HEADER + length);
}

function setRaw(on: bool): void {
  if (on == raw) return;
  if (!on) {
    tty_set(0, 1, SAVED);
    raw = false;
    return;
  }
  if (tty_get(0, SAVED) != 0) return;
  memory.copy(RAW, SAVED, 48);
  store<u32>(RAW, load<u32>(RAW) & ~(TTY_ICRNL | TTY_IXON));
  store<u32>(RAW, load<u32>(RAW, 4) & ~TTY_OPOST, 4);
  store<u32>(RAW, load<u32>(RAW, 8) & ~(TTY_ICANON | TTY_ECHO | TTY_ISIG | TTY_IEXTEN), 8);
  store<u8>(RAW + TERMIOS_O_CC + VMIN, 1);
  store<u8>(RAW + TERMIOS_O_CC + VTIME, 0);
  raw = tty_set(0, 0, RAW) == 0;
}

function takeSignals(): void {
  for (let signal = sig_take(); signal != 0; signal = sig_take()) {
    if (signal == SIGWINCH) {
      if (tty_winsize(1, SIZE) != 0) continue;
      store<u16>(OUT + COMMAND_HEADER, <u16>load<u32>(SIZE));
      store<u16>(OUT + COMMAND_HEADER, <u16>load<u32>(SIZE, 4), 2);
      send(COMMAND_SIZE, 4);
    } else {
      store<u8>(OUT + COMMAND_HEADER, <u8>signal);
      send(COMMAND_SIGNAL, 1);
    }
  }
}

/** Waits for the page, or for standard input when that is wanted. Bit 0 the page, bit 1 standard input. */
function wait(): i32 {
  memory.fill(SUBSCRIPTIONS, 0, 96);
  store<u64>(SUBSCRIPTIONS, 1);
  store<u8>(SUBSCRIPTIONS, 1, 8);
  store<u32>(SUBSCRIPTIONS, fromHost, 16);
  store<u64>(SUBSCRIPTIONS, 2, 48);
  store<u8>(SUBSCRIPTIONS, 1, 56);
  store<u32>(SUBSCRIPTIONS, 0, 64);
  const error = poll_oneoff(SUBSCRIPTIONS, EVENTS, credit > 0 && !stdinEnded ? 2 : 1, COUNT);
  takeSignals();
  if (error != 0) return 0;
  let ready = 0;
  for (let i: u32 = 0; i < load<u32>(COUNT); i++) ready |= <i32>load<u64>(EVENTS + i * 32);
  return ready;
}

function sendStdin(): void {
  const count = readInto(0, OUT + COMMAND_HEADER, min(credit, COMMAND_PAYLOAD_MAX));
  if (count == -EINTR) return;
  if (count <= 0) {
    stdinEnded = true;
    send(COMMAND_STDIN_END, 0);
    return;
  }
  credit -= count;
  send(COMMAND_STDIN, count);
}

/** One frame from the page: an exit status, or -1 to go on. */
function obey(type: i32, payload: usize, length: i32): i32 {
  switch (type) {
    case COMMAND_STDOUT:
      writeAll(1, payload, length);
      return -1;
    case COMMAND_STDERR:
      writeAll(2, payload, length);
      return -1;
    case COMMAND_EXIT:
      return load<u8>(payload);
    case COMMAND_RAW:
      setRaw(load<u8>(payload) != 0);
      return -1;
    case COMMAND_CREDIT:
      credit += load<i32>(payload);
      return -1;
    default:
      return -1;
  }
}

/** Has the page carry out this command: its exit status. */
export function runOnHost(type: string): i32 {
  const text = toBytes(request(type));
  const error = host_connect(addressOf(text), text.length, FD_CLOEXEC, FDS);
  if (error == ENOTSUP) die("there is no page here to run this");
  if (error != 0) die("cannot reach the page");
  fromHost = load<i32>(FDS);
  toHost = load<i32>(FDS, 4);
  sig_action(SIGWINCH, SIG_QUEUE, OLD);
  sig_action(SIGHUP, SIG_QUEUE, OLD);
  sig_action(SIGINT, SIG_QUEUE, OLD);
  sig_action(SIGTERM, SIG_QUEUE, OLD);
  let held = 0;
  while (true) {
    const ready = wait();
    if ((ready & 2) != 0) sendStdin();
    if ((ready & 1) == 0) continue;
    const count = readInto(fromHost, IN + held, IN_SIZE - held);
    if (count == -EINTR) continue;
    if (count <= 0) {
      setRaw(false);
      die("the page has gone away");
    }
    held += count;
    let at = 0;
    while (held - at >= COMMAND_HEADER) {
      const length = load<i32>(IN + at);
      if (length < 0 || length > COMMAND_PAYLOAD_MAX) die("the page sent what cannot be understood");
      if (held - at < COMMAND_HEADER + length) break;
      const status = obey(load<u8>(IN + at, 4), IN + at + COMMAND_HEADER, length);
      if (status >= 0) {
        setRaw(false);
        return status;
      }
      at += COMMAND_HEADER + length;
    }
    memory.copy(IN, IN + at, held - at);
    held -= at;
  }
  return 1;
}
