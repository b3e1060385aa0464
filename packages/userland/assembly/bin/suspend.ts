/** suspend: stops the whole machine until the person at it goes on. */
import { FD_CLOEXEC } from "../../../abi/src/cloudos-v1";
import { ENOTSUP } from "../../../abi/src/errno";
import { addressOf, toBytes } from "../lib/bytes";
import { fs_sync, host_connect } from "../lib/cloudos";
import { die, dieErrno, dieUsage, finish } from "../lib/exit";
import { Reader } from "../lib/io";
import { Options } from "../lib/options";

const FDS = memory.data(8);

const USAGE = `Usage: suspend
Write everything to disk and stop every program where it is, until a key is pressed or the page is clicked.`;

const options = new Options("", "", USAGE);
while (options.next()) continue;
if (options.operands.length > 0) dieUsage("extra operand");
fs_sync();
const request = toBytes('{"type":"suspend"}');
const error = host_connect(addressOf(request), request.length, FD_CLOEXEC, FDS);
if (error == ENOTSUP) die("there is nobody here to resume it");
if (error != 0) dieErrno("cannot suspend", error);
// The stream ends when the machine goes on.
new Reader(load<i32>(FDS)).readAll();
finish(0);
