/** id: user and group ids. */
import { die, dieUsage, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { formatSigned } from "../lib/numbers";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";
import { findGroup, findUser, groupName, ownId, userId, userName } from "../lib/users";

const USAGE = `Usage: id [OPTION]... [USER]
Print the ids of the user and of the groups.

  -a               (ignored)
  -g, --group      only the group
  -G, --groups     only all groups
  -n, --name       names instead of numbers, with -ugG
  -r, --real       the real ids, with -ugG
  -u, --user       only the user
  -z, --zero       NUL between entries`;

function named(id: i64, name: string): string {
  return name.length > 0 ? formatSigned(id) + "(" + name + ")" : formatSigned(id);
}

const options = new Options("agGnruz", "group=g groups=G name=n real=r user=u zero=z", USAGE);
let what = "";
let names = false;
let delimiter = 10;
while (options.next()) {
  const letter = options.name;
  if (letter == "n") names = true;
  else if (letter == "z") delimiter = 0;
  else if (letter == "u" || letter == "g" || letter == "G") {
    if (what != "" && what != letter) die("cannot print \"only\" of more than one choice");
    what = letter;
  }
}
if (what == "" && names) die("cannot print only names or real IDs in default format");
if (what == "" && delimiter == 0) die("option --zero not permitted in default format");
if (options.operands.length > 1) dieUsage("extra operand " + quoteProse(options.operands[1]));
let uid = ownId("Uid");
let gid = ownId("Gid");
if (options.operands.length == 1) {
  uid = userId(options.operands[0]);
  if (uid < 0) die(quoteProse(options.operands[0]) + ": no such user");
  // Each user has a group of the same number.
  gid = uid;
}
if (uid < 0 || gid < 0) die("cannot get real UID: /proc is not there");
switch (what) {
  case "u":
    stdout.write(names ? userName(<u32>uid) : formatSigned(uid));
    break;
  case "g":
  case "G":
    stdout.write(names ? groupName(<u32>gid) : formatSigned(gid));
    break;
  default: {
    const group = named(gid, findGroup(<u32>gid));
    stdout.write("uid=" + named(uid, findUser(<u32>uid)) + " gid=" + group + " groups=" + group);
  }
}
stdout.writeByte(delimiter);
finish(0);
