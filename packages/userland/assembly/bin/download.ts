/** download: hands files to the browser to save. */
import { ENOTSUP } from "../../../abi/src/errno";
import { addressOf, toBytes } from "../lib/bytes";
import { host_post } from "../lib/cloudos";
import { dieUsage, finish, warn, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { stdout } from "../lib/io";
import { quoteJson } from "../lib/json";
import { Options } from "../lib/options";
import { quoteIfNeeded } from "../lib/quote";

const USAGE = `Usage: download FILE...
Save files on the computer the browser runs on.`;

function send(path: string): bool {
  let error = fs.realpath(path);
  const absolute = fs.text;
  const st = new fs.Stat();
  if (error == 0) error = fs.stat(absolute, st);
  if (error == 0) error = fs.access(absolute, 4);
  if (error != 0) {
    warnErrno(quoteIfNeeded(path), error);
    return false;
  }
  if (!st.isRegular) {
    warn(quoteIfNeeded(path) + ": Not a regular file" + (st.isDirectory ? " (pack it first: tar czf NAME.tgz DIRECTORY)" : ""));
    return false;
  }
  const message = toBytes('{"type":"download","path":' + quoteJson(absolute) + "}");
  error = host_post(addressOf(message), message.length);
  if (error == ENOTSUP) warn("there is no browser here to take files");
  else if (error != 0) warnErrno(quoteIfNeeded(path), error);
  else stdout.writeLine("Downloading " + quoteIfNeeded(path));
  return error == 0;
}

const options = new Options("", "", USAGE);
while (options.next()) continue;
if (options.operands.length == 0) dieUsage("missing file operand");
let status = 0;
for (let i = 0; i < options.operands.length; i++) if (!send(options.operands[i])) status = 1;
finish(status);
