import { isName } from "../chars";
import { parseCount } from "../number";
import { writeError } from "../output";
import { builtinError } from "../report";
import { shell } from "../state";
import { assign, lookup, unset } from "../vars";

export function getoptsCommand(argv: string[]): i32 {
  if (argv.length < 3) return builtinError("usage: getopts optstring var [arg]");
  const spec = argv[1];
  const name = argv[2];
  if (!isName(name)) return builtinError(name + ": bad variable name");
  const words = argv.length > 3 ? argv.slice(3) : shell.params;
  const quiet = spec.startsWith(":");
  const text = lookup("OPTIND");
  let index = text === null ? 1 : parseCount(text);
  if (index < 1) return builtinError("Illegal number: " + (text === null ? "" : text));
  let offset = shell.optionOffset;
  if (index - 1 >= words.length) offset = -1;
  if (offset < 1 || offset >= words[index - 1].length) {
    // A new word.
    const word = index - 1 < words.length ? words[index - 1] : "";
    if (word.length < 2 || !word.startsWith("-") || word == "--") {
      if (word == "--") index++;
      return finish(name, "?", index, -1, 1);
    }
    offset = 1;
  }
  const word = words[index - 1];
  const letter = word.charAt(offset++);
  const place = letter == ":" ? -1 : spec.indexOf(letter, quiet ? 1 : 0);
  let found = letter;
  if (place < 0) {
    found = "?";
    if (quiet) assign("OPTARG", letter);
    else {
      writeError("Illegal option -" + letter + "\n");
      unset("OPTARG");
    }
  } else if (place + 1 < spec.length && spec.charAt(place + 1) == ":") {
    if (offset < word.length) assign("OPTARG", word.substring(offset));
    else if (index < words.length) assign("OPTARG", words[index++]);
    else {
      found = quiet ? ":" : "?";
      if (quiet) assign("OPTARG", letter);
      else {
        writeError("No arg for -" + letter + " option\n");
        unset("OPTARG");
      }
    }
    return finish(name, found, index + 1, -1, 0);
  } else {
    assign("OPTARG", "");
  }
  return offset < word.length ? finish(name, found, index, offset, 0) : finish(name, found, index + 1, -1, 0);
}

/** Sets the variables; assigning OPTIND forgets the offset, so that comes last. */
function finish(name: string, letter: string, index: i32, offset: i32, status: i32): i32 {
  const assigned = assign("OPTIND", index.toString()) && assign(name, letter);
  shell.optionOffset = offset;
  return assigned ? status : 2;
}
