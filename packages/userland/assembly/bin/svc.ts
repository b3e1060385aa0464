/** svc: the services of this machine. init answers; this carries the question there and the answer back. */
import { FD_CLOEXEC } from "../../../abi/src/cloudos-v1";
import { ENOTSUP } from "../../../abi/src/errno";
import { args } from "../lib/args";
import { addressOf, toBytes } from "../lib/bytes";
import { host_connect } from "../lib/cloudos";
import { die, dieErrno, finish } from "../lib/exit";
import { Reader, stdout, writeText } from "../lib/io";
import { quoteJson } from "../lib/json";
import { parseUnsigned } from "../lib/numbers";

const FDS = memory.data(8);

let request = '{"type":"svc","argv":[';
for (let i = 0; i < args.length; i++) request += (i > 0 ? "," : "") + quoteJson(args[i]);
const text = toBytes(request + "]}");
const error = host_connect(addressOf(text), text.length, FD_CLOEXEC, FDS);
if (error == ENOTSUP) die("there is no init on this machine");
if (error != 0) dieErrno("cannot reach init", error);

// Lines of output ("o") and errors ("e"), then the exit status ("x").
const answer = new Reader(load<i32>(FDS));
stdout.setLineBuffered(true);
while (true) {
  const line = answer.readLine();
  if (line === null) break;
  const kind = line.charAt(0);
  const rest = line.substring(1);
  if (kind == "o") stdout.writeLine(rest);
  else if (kind == "e") writeText(2, rest + "\n");
  else if (kind == "x") finish(<i32>parseUnsigned(rest));
}
die("init does not answer");
