/** reset: a terminal that a program left in a mess is usable again. */
import { finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { setSane } from "../lib/termios";

const options = new Options("", "", "Usage: reset\nPut the terminal back into its usual state.");
while (options.next()) continue;
setSane(0);
// RIS: full reset (ECMA-48), then the cursor and the ordinary screen in case the terminal has no RIS.
stdout.write("\x1bc\x1b[!p\x1b[?25h\x1b[?1049l\x1b[0m");
finish(0);
