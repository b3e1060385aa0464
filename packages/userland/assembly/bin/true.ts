/** true: succeeds. */
import { args } from "../lib/args";
import { Options } from "../lib/options";

if (args.length == 1 && (args[0] == "--help" || args[0] == "--version")) {
  new Options("", "", "Usage: true\nEnd with status 0.").next();
}
