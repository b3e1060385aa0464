/** vm: x86 machines. The page owns them; `packages/runtime/src/command` is where the work is. */
import { finish } from "../lib/exit";
import { runOnHost } from "../lib/host-command";

finish(runOnHost("vm"));
