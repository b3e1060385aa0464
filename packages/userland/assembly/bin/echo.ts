/** echo: its arguments, separated by spaces. */
import { args } from "../lib/args";
import { byteAt } from "../lib/bytes";
import { escapeStop, expandEscapes } from "../lib/escapes";
import { finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";

const USAGE = `Usage: echo [-neE] [STRING]...
Print the strings, separated by spaces, and a newline.

  -n  no newline at the end
  -e  interpret backslash escapes: \\a \\b \\c \\e \\f \\n \\r \\t \\v \\\\ \\0NNN \\xHH
  -E  take backslashes as they are (the default)`;

/** Only clusters of the letters n, e and E are options; anything else is text. */
function isOption(text: string): bool {
  if (text.length < 2 || byteAt(text, 0) != 45) return false;
  for (let i = 1; i < text.length; i++) if (!"neE".includes(text.charAt(i))) return false;
  return true;
}

let newline = true;
let escapes = false;
let first = 0;
if (args.length == 1 && (args[0] == "--help" || args[0] == "--version")) new Options("", "", USAGE).next();
for (; first < args.length && isOption(args[first]); first++) {
  for (let i = 1; i < args[first].length; i++) {
    const letter = args[first].charAt(i);
    if (letter == "n") newline = false;
    else escapes = letter == "e";
  }
}
for (let i = first; i < args.length; i++) {
  if (i > first) stdout.writeByte(32);
  stdout.write(escapes ? expandEscapes(args[i], false) : args[i]);
  if (escapes && escapeStop) finish(0);
}
if (newline) stdout.writeByte(10);
finish(0);
