/** uname: what this system is. */
import { fromMemory } from "../lib/bytes";
import { sys_uname } from "../lib/cloudos";
import { dieErrno, dieUsage, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { quoteProse } from "../lib/quote";

const USAGE = `Usage: uname [OPTION]...
Print what this system is (-s).

  -a, --all               everything, in this order (-p and -i only when known)
  -s, --kernel-name
  -n, --nodename          name of the machine
  -r, --kernel-release
  -v, --kernel-version
  -m, --machine
  -p, --processor
  -i, --hardware-platform
  -o, --operating-system`;

const ORDER = "snrvmpio";
const BUFFER = memory.data(512);
const LENGTH = memory.data(4);

const options = new Options(
  "asnrvmpio",
  "all=a kernel-name=s nodename=n kernel-release=r kernel-version=v machine=m processor=p hardware-platform=i operating-system=o sysname=s release=r",
  USAGE,
);
let wanted = "";
let all = false;
while (options.next()) {
  if (options.name == "a") all = true;
  else wanted += options.name;
}
if (options.operands.length > 0) dieUsage("extra operand " + quoteProse(options.operands[0]));
const error = sys_uname(BUFFER, 512, LENGTH);
if (error != 0) dieErrno("cannot get system name", error);
const fields = fromMemory(BUFFER, load<i32>(LENGTH)).split("\0");
if (all) wanted = "snrvmo";
else if (wanted.length == 0) wanted = "s";
let line = "";
for (let i = 0; i < ORDER.length; i++) {
  const letter = ORDER.charAt(i);
  if (!wanted.includes(letter)) continue;
  if (line.length > 0) line += " ";
  line += i < 5 ? (i < fields.length ? fields[i] : "unknown") : letter == "o" ? fields[0] : "unknown";
}
stdout.writeLine(line);
finish(0);
