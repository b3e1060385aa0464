/** suspend: stops the whole machine until the person at it goes on. */
import { ENOTSUP } from "../../../abi/src/errno";
import { addressOf, toBytes } from "../lib/bytes";
import { fs_sync, host_post } from "../lib/cloudos";
import { die, dieErrno, dieUsage, finish } from "../lib/exit";
import { Options } from "../lib/options";

const USAGE = `Usage: suspend
Write everything to disk and stop every program where it is, until a key is pressed or the page is clicked.`;

const options = new Options("", "", USAGE);
while (options.next()) continue;
if (options.operands.length > 0) dieUsage("extra operand");
fs_sync();
const request = toBytes('{"type":"suspend"}');
const error = host_post(addressOf(request), request.length);
if (error == ENOTSUP) die("there is nobody here to resume it");
if (error != 0) dieErrno("cannot suspend", error);
finish(0);
