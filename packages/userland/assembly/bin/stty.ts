/** stty: shows and changes the settings of the terminal. */
import { VMIN, VTIME } from "../../../abi/src/cloudos-v1";
import { args } from "../lib/args";
import { byteAt, toUpperByte } from "../lib/bytes";
import { tty_get, tty_set, tty_set_winsize, tty_winsize } from "../lib/cloudos";
import { die, dieErrno, dieUsage, finish } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { formatUnsigned, parseEnd, parseFailed, parseUnsigned, scanUnsigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { flags, getFlag, getKey, Flag, Key, keys, makeSane, setFlag, setKey, TERMIOS } from "../lib/termios";

const USAGE = `Usage: stty [-F DEVICE] [SETTING]...
  or:  stty [-F DEVICE] [-a | -g]
Show or change the settings of the terminal on standard input.

  -a, --all          show all settings
  -F, --file=DEVICE  another terminal
  -g, --save         settings in a form stty takes back

SETTING: size, sane, raw, -raw, cooked, cbreak, echo, ... (see -a; - before a name turns it off),
rows N, cols N, min N, time N, and intr ^C and the like.`;

const SIZE = memory.data(8);
let fd = 0;
let column = 0;

/** Words on lines of at most 80 columns. */
function word(text: string): void {
  if (column > 0 && column + 1 + text.length > 80) {
    stdout.writeByte(10);
    column = 0;
  }
  if (column > 0) stdout.writeByte(32);
  stdout.write(text);
  column += text.length + 1;
}

function endLine(): void {
  if (column > 0) stdout.writeByte(10);
  column = 0;
}

function keyText(value: u8): string {
  if (value == 0) return "<undef>";
  if (value == 127) return "^?";
  return value < 32 ? "^" + String.fromCharCode(value + 64) : String.fromCharCode(value);
}

function showFlags(onlyChanged: bool): void {
  let current = -1;
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i];
    if (flag.word != current) endLine();
    current = flag.word;
    const on = getFlag(flag);
    if (!onlyChanged || on != flag.sane) word((on ? "" : "-") + flag.name);
  }
  endLine();
}

function showAll(): void {
  tty_winsize(fd, SIZE);
  stdout.writeLine("speed 38400 baud; rows " + formatUnsigned(load<u32>(SIZE, 4)) + "; columns " + formatUnsigned(load<u32>(SIZE)) + "; line = 0;");
  for (let i = 0; i < keys.length; i++) word(keys[i].name + " = " + keyText(getKey(keys[i].index)) + ";");
  word("min = " + formatUnsigned(getKey(VMIN)) + ";");
  word("time = " + formatUnsigned(getKey(VTIME)) + ";");
  endLine();
  showFlags(false);
}

function showChanged(): void {
  stdout.writeLine("speed 38400 baud; line = 0;");
  for (let i = 0; i < keys.length; i++) {
    if (getKey(keys[i].index) != keys[i].sane) word(keys[i].name + " = " + keyText(getKey(keys[i].index)) + ";");
  }
  endLine();
  showFlags(true);
}

/** All settings as hexadecimal numbers with colons. */
function save(): void {
  let text = "";
  for (let offset = 0; offset < 16; offset += 4) text += formatUnsigned(load<u32>(TERMIOS + offset), 16) + ":";
  for (let i = 0; i < 32; i++) text += formatUnsigned(load<u8>(TERMIOS + 16 + i), 16) + (i < 31 ? ":" : "");
  stdout.writeLine(text);
}

function restore(text: string): bool {
  const parts = text.split(":");
  if (parts.length != 36) return false;
  for (let i = 0; i < 36; i++) {
    const value = <u32>scanUnsigned(parts[i], 0, 16);
    if (parseFailed || parseEnd != parts[i].length) return false;
    if (i < 4) store<u32>(TERMIOS + i * 4, value);
    else store<u8>(TERMIOS + 12 + i, <u8>value);
  }
  return true;
}

function findFlag(name: string): Flag | null {
  for (let i = 0; i < flags.length; i++) if (flags[i].name == name) return flags[i];
  return null;
}

function findKey(name: string): Key | null {
  for (let i = 0; i < keys.length; i++) if (keys[i].name == name) return keys[i];
  return null;
}

function set(name: string, on: bool): void {
  const flag = findFlag(name);
  if (flag !== null) setFlag(flag, on);
}

/** raw: every byte as it comes, nothing interpreted; cooked is the opposite. */
function setRaw(raw: bool): void {
  const input = "icrnl ixon isig icanon opost".split(" ");
  for (let i = 0; i < input.length; i++) set(input[i], !raw);
  if (raw) {
    set("inlcr", false);
    set("igncr", false);
    setKey(VMIN, 1);
    setKey(VTIME, 0);
  }
}

function keyValue(text: string): u8 {
  if (text == "undef" || text == "^-") return 0;
  if (text.length == 2 && byteAt(text, 0) == 94) return text == "^?" ? 127 : <u8>(toUpperByte(byteAt(text, 1)) & 31);
  if (text.length == 1) return <u8>byteAt(text, 0);
  const value = parseUnsigned(text);
  if (parseFailed || value > 255) die("invalid integer argument: " + quoteProse(text));
  return <u8>value;
}

function number(settings: string[], at: i32): u64 {
  if (at >= settings.length) dieUsage("missing argument to " + quoteProse(settings[at - 1]));
  const value = parseUnsigned(settings[at]);
  if (parseFailed) die("invalid integer argument: " + quoteProse(settings[at]));
  return value;
}

/** Applies the setting at `at`: the index of the next. */
function apply(settings: string[], at: i32): i32 {
  const name = settings[at];
  switch (name) {
    case "size":
      tty_winsize(fd, SIZE);
      stdout.writeLine(formatUnsigned(load<u32>(SIZE, 4)) + " " + formatUnsigned(load<u32>(SIZE)));
      return at + 1;
    case "speed":
      stdout.writeLine("38400");
      return at + 1;
    case "sane":
      makeSane();
      return at + 1;
    case "raw":
    case "-cooked":
      setRaw(true);
      return at + 1;
    case "-raw":
    case "cooked":
      setRaw(false);
      return at + 1;
    case "cbreak":
    case "-icanon":
      set("icanon", false);
      return at + 1;
    case "-cbreak":
      set("icanon", true);
      return at + 1;
    case "nl":
    case "-nl":
      set("icrnl", name == "-nl");
      set("onlcr", name == "-nl");
      return at + 1;
    case "rows":
    case "cols":
    case "columns": {
      const value = <u32>number(settings, at + 1);
      tty_winsize(fd, SIZE);
      const rows = name == "rows";
      tty_set_winsize(fd, rows ? load<u32>(SIZE) : value, rows ? value : load<u32>(SIZE, 4));
      return at + 2;
    }
    case "min":
      setKey(VMIN, <u8>number(settings, at + 1));
      return at + 2;
    case "time":
      setKey(VTIME, <u8>number(settings, at + 1));
      return at + 2;
  }
  const off = name.startsWith("-");
  const flag = findFlag(off ? name.substring(1) : name);
  if (flag !== null) {
    setFlag(flag, !off);
    return at + 1;
  }
  const key = findKey(name);
  if (key !== null) {
    if (at + 1 >= settings.length) dieUsage("missing argument to " + quoteProse(name));
    setKey(key.index, keyValue(settings[at + 1]));
    return at + 2;
  }
  if (!restore(name)) dieUsage("invalid argument " + quoteProse(name));
  return at + 1;
}

/** Settings like -echo are no options: only the words below are. */
function isOption(text: string): bool {
  return text == "-a" || text == "-g" || text == "-F" || text == "--all" || text == "--save" || text.startsWith("--file") || text == "--help" || text == "--version";
}

const optionWords: string[] = [];
const settings: string[] = [];
for (let i = 0; i < args.length; i++) {
  if (!isOption(args[i])) settings.push(args[i]);
  else {
    optionWords.push(args[i]);
    if ((args[i] == "-F" || args[i] == "--file") && i + 1 < args.length) optionWords.push(args[++i]);
  }
}
const options = new Options("agF:", "all=a save=g file:=F", USAGE, 1, optionWords);
let all = false;
let saving = false;
let device = "'standard input'";
while (options.next()) {
  if (options.name == "a") all = true;
  else if (options.name == "g") saving = true;
  else {
    device = options.value;
    fd = fs.openRead(device);
    if (fd < 0) dieErrno(device, -fd);
  }
}
const error = tty_get(fd, TERMIOS);
if (error != 0) dieErrno(device, error);
for (let at = 0; at < settings.length; ) at = apply(settings, at);
if (all) showAll();
else if (saving) save();
else if (settings.length == 0) showChanged();
else {
  const setError = tty_set(fd, 1, TERMIOS);
  if (setError != 0) dieErrno(device, setError);
}
finish(0);
