/** clear: an empty screen. */
import { finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";

const USAGE = `Usage: clear [-x]
Clear the screen and what has scrolled off it.

  -x  keep what has scrolled off`;

const options = new Options("xT:V", "", USAGE);
let keep = false;
while (options.next()) if (options.name == "x") keep = true;
stdout.write(keep ? "\x1b[H\x1b[2J" : "\x1b[H\x1b[2J\x1b[3J");
finish(0);
