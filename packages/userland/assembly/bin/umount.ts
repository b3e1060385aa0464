/** umount: takes mounts away. */
import { EINVAL } from "../../../abi/src/errno";
import { addressOf, toBytes } from "../lib/bytes";
import { fs_umount } from "../lib/cloudos";
import { dieUsage, finish, warn, warnErrno } from "../lib/exit";
import { Options } from "../lib/options";

const USAGE = `Usage: umount DIRECTORY...
Take away what is mounted on each DIRECTORY. Status 32: one could not be.`;

const options = new Options("vflr", "verbose=v force=f lazy=l", USAGE);
while (options.next()) continue;
if (options.operands.length == 0) dieUsage("bad usage");
let status = 0;
for (let i = 0; i < options.operands.length; i++) {
  const target = toBytes(options.operands[i]);
  const error = fs_umount(addressOf(target), target.length);
  if (error == 0) continue;
  if (error == EINVAL) warn(options.operands[i] + ": not mounted.");
  else warnErrno(options.operands[i], error);
  status = 32;
}
finish(status);
