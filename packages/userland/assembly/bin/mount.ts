/** mount: shows and makes mounts. */
import { fs_mount } from "../lib/cloudos";
import { addressOf, toBytes } from "../lib/bytes";
import { die, dieUsage, finish } from "../lib/exit";
import { errorText } from "../lib/errno-text";
import { stdout } from "../lib/io";
import { readMounts } from "../lib/mounts";
import { Options } from "../lib/options";

const USAGE = `Usage: mount
  or:  mount [-t TYPE] [-o OPTIONS] SOURCE DIRECTORY
Show what is mounted, or mount SOURCE on DIRECTORY.

  -o, --options=LIST  ro and other options, with commas
  -r, --read-only     the same as -o ro
  -t, --types=TYPE    tmpfs, bind, overlay (only of this type when showing)

An overlay shows read-only directories under a writable one:
-t overlay -o lowerdir=HIGH:LOW,upperdir=DIR overlay DIRECTORY

Status 32: the mount failed.`;

const options = new Options("o:rt:lva", "options:=o read-only=r types:=t verbose=v", USAGE);
let type = "";
let list = "";
while (options.next()) {
  switch (options.name) {
    case "o":
      list += (list.length > 0 ? "," : "") + options.value;
      break;
    case "r":
      list += list.length > 0 ? ",ro" : "ro";
      break;
    case "t":
      type = options.value;
      break;
  }
}
const operands = options.operands;
if (operands.length == 0) {
  const mounts = readMounts();
  for (let i = 0; i < mounts.length; i++) {
    const m = mounts[i];
    if (type.length > 0 && type != m.type) continue;
    stdout.writeLine(m.source + " on " + m.target + " type " + m.type + " (" + m.options + ")");
  }
  finish(0);
}
if (operands.length != 2) dieUsage("bad usage");
const source = operands[0];
const target = operands[1];
const spec = toBytes((type.length > 0 ? type : source) + "\0" + source + "\0" + list);
const place = toBytes(target);
const error = fs_mount(addressOf(spec), spec.length, addressOf(place), place.length);
if (error != 0) die(target + ": cannot mount " + source + ": " + errorText(error), 32);
finish(0);
