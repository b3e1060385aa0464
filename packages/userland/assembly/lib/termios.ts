/** Terminal settings by name, as stty knows them. */
import * as abi from "../../../abi/src/cloudos-v1";
import { tty_get, tty_set } from "./cloudos";

export const TERMIOS = memory.data(48, 8);
export const IFLAG = 0;
export const OFLAG = 4;
export const LFLAG = 8;

export class Flag {
  constructor(
    public name: string,
    /** Offset of the word it is in. */
    public word: i32,
    public bit: u32,
    /** Its value in the usual state. */
    public sane: bool,
  ) {}
}

export const flags: Flag[] = [
  new Flag("icrnl", IFLAG, abi.TTY_ICRNL, true),
  new Flag("inlcr", IFLAG, abi.TTY_INLCR, false),
  new Flag("igncr", IFLAG, abi.TTY_IGNCR, false),
  new Flag("ixon", IFLAG, abi.TTY_IXON, true),
  new Flag("iutf8", IFLAG, abi.TTY_IUTF8, true),
  new Flag("opost", OFLAG, abi.TTY_OPOST, true),
  new Flag("onlcr", OFLAG, abi.TTY_ONLCR, true),
  new Flag("isig", LFLAG, abi.TTY_ISIG, true),
  new Flag("icanon", LFLAG, abi.TTY_ICANON, true),
  new Flag("iexten", LFLAG, abi.TTY_IEXTEN, true),
  new Flag("echo", LFLAG, abi.TTY_ECHO, true),
  new Flag("echoe", LFLAG, abi.TTY_ECHOE, true),
  new Flag("echok", LFLAG, abi.TTY_ECHOK, true),
  new Flag("noflsh", LFLAG, abi.TTY_NOFLSH, false),
  new Flag("tostop", LFLAG, abi.TTY_TOSTOP, false),
  new Flag("echoctl", LFLAG, abi.TTY_ECHOCTL, true),
];

export class Key {
  constructor(
    public name: string,
    public index: i32,
    public sane: u8,
  ) {}
}

export const keys: Key[] = [
  new Key("intr", abi.VINTR, 3),
  new Key("quit", abi.VQUIT, 28),
  new Key("erase", abi.VERASE, 127),
  new Key("kill", abi.VKILL, 21),
  new Key("eof", abi.VEOF, 4),
  new Key("eol", abi.VEOL, 0),
  new Key("start", abi.VSTART, 17),
  new Key("stop", abi.VSTOP, 19),
  new Key("susp", abi.VSUSP, 26),
  new Key("rprnt", abi.VREPRINT, 18),
  new Key("werase", abi.VWERASE, 23),
  new Key("lnext", abi.VLNEXT, 22),
];

export function getFlag(flag: Flag): bool {
  return (load<u32>(TERMIOS + flag.word) & flag.bit) != 0;
}

export function setFlag(flag: Flag, on: bool): void {
  const word = load<u32>(TERMIOS + flag.word);
  store<u32>(TERMIOS + flag.word, on ? word | flag.bit : word & ~flag.bit);
}

export function getKey(index: i32): u8 {
  return load<u8>(TERMIOS + abi.TERMIOS_O_CC + index);
}

export function setKey(index: i32, value: u8): void {
  store<u8>(TERMIOS + abi.TERMIOS_O_CC + index, value);
}

/** Flags and keys of TERMIOS in their usual state. */
export function makeSane(): void {
  for (let i = 0; i < flags.length; i++) setFlag(flags[i], flags[i].sane);
  for (let i = 0; i < keys.length; i++) setKey(keys[i].index, keys[i].sane);
  setKey(abi.VMIN, 1);
  setKey(abi.VTIME, 0);
}

/** Puts the terminal on `fd` into its usual state; nothing when it is none. */
export function setSane(fd: i32): void {
  if (tty_get(fd, TERMIOS) != 0) return;
  makeSane();
  tty_set(fd, 1, TERMIOS);
}
