/** sync: everything written is safe once this ends. */
import { fs_sync } from "../lib/cloudos";
import { dieErrno, finish, warnErrno } from "../lib/exit";
import * as fs from "../lib/fs";
import { Options } from "../lib/options";
import { quoteShell } from "../lib/quote";
import { fd_datasync, fd_sync } from "../lib/wasi";

const USAGE = `Usage: sync [OPTION] [FILE]...
Make sure that what was written (to FILEs, or at all) survives.

  -d, --data         only contents, not times and the like
  -f, --file-system  the whole file systems of FILEs`;

const options = new Options("df", "data=d file-system=f", USAGE);
let data = false;
let whole = false;
while (options.next()) {
  if (options.name == "d") data = true;
  else whole = true;
}
whole = whole || options.operands.length == 0;
let status = 0;
for (let i = 0; i < options.operands.length; i++) {
  const path = options.operands[i];
  const fd = fs.openRead(path);
  const error = fd < 0 ? -fd : data ? fd_datasync(fd) : fd_sync(fd);
  if (fd >= 0) fs.close(fd);
  if (error == 0) continue;
  warnErrno((fd < 0 ? "error opening " : "error syncing ") + quoteShell(path), error);
  status = 1;
}
if (whole) {
  const error = fs_sync();
  if (error != 0) dieErrno("error syncing file systems", error);
}
finish(status);
