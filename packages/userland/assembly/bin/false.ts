/** false: fails. */
import { args } from "../lib/args";
import { Options } from "../lib/options";
import { proc_exit } from "../lib/wasi";

if (args.length == 1 && (args[0] == "--help" || args[0] == "--version")) {
  new Options("", "", "Usage: false\nEnd with status 1.").next();
}
proc_exit(1);
