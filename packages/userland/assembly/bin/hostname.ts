/** hostname: the name of this machine. */
import { EPERM } from "../../../abi/src/errno";
import { fromMemory } from "../lib/bytes";
import { sys_uname } from "../lib/cloudos";
import { dieErrno, finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";

const BUFFER = memory.data(512);
const LENGTH = memory.data(4);

const options = new Options("sfdiI", "short=s fqdn=f long=f", "Usage: hostname [-s]\nPrint the name of this machine (-s: up to the first dot).");
let short = false;
while (options.next()) if (options.name == "s") short = true;
if (options.operands.length > 0) dieErrno("cannot set the name", EPERM);
const error = sys_uname(BUFFER, 512, LENGTH);
if (error != 0) dieErrno("cannot get the name", error);
const name = fromMemory(BUFFER, load<i32>(LENGTH)).split("\0")[1];
const dot = name.indexOf(".");
stdout.writeLine(short && dot >= 0 ? name.substring(0, dot) : name);
finish(0);
