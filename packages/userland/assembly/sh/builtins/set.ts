// set and shift
import { isNumber } from "../chars";
import { parseCount } from "../number";
import { OPTION_NAMES, Option, optionOfLetter, optionOfName, options } from "../options";
import { emit } from "../output";
import { singleQuoted } from "../quote";
import { builtinError } from "../report";
import { optionsChanged } from "../run/monitor";
import { shell } from "../state";
import { sortedNames, variables } from "../vars";

function listVariables(): void {
  const names = sortedNames();
  for (let i = 0; i < names.length; i++) {
    const value = variables.get(names[i]).value;
    if (value !== null) emit(names[i] + "=" + singleQuoted(value) + "\n");
  }
}

function listOptions(asCommands: bool): void {
  if (!asCommands) emit("Current option settings\n");
  for (let i = 0; i < OPTION_NAMES.length; i++) {
    const name = OPTION_NAMES[i];
    if (asCommands) emit("set " + (options[i] ? "-o " : "+o ") + name + "\n");
    else emit(name + " ".repeat(16 - name.length) + (options[i] ? "on" : "off") + "\n");
  }
}

/** Index of the first operand after options, -1 after a message. Shared with the command line. */
export function parseOptions(argv: string[], start: i32): i32 {
  let index = start;
  for (; index < argv.length; index++) {
    const word = argv[index];
    const on = word.startsWith("-");
    if (word.length < 2 || !(on || word.startsWith("+"))) break;
    if (word == "--") break;
    for (let i = 1; i < word.length; i++) {
      if (word.charAt(i) == "o") {
        if (index + 1 >= argv.length) {
          listOptions(!on);
          continue;
        }
        const named = optionOfName(argv[++index]);
        if (named < 0) return illegal((on ? "-o " : "+o ") + argv[index]);
        options[named] = on;
        break;
      }
      const option = optionOfLetter(word.charCodeAt(i));
      if (option < 0) return illegal(word.charAt(0) + word.charAt(i));
      options[option] = on;
    }
  }
  return index;
}

function illegal(option: string): i32 {
  builtinError("Illegal option " + option);
  return -1;
}

export function setCommand(argv: string[]): i32 {
  if (argv.length == 1) {
    listVariables();
    return 0;
  }
  let index = 1;
  if (argv[1] == "-") {
    options[Option.Trace] = false;
    options[Option.Verbose] = false;
    index = 2;
    if (argv.length == 2) return 0;
  } else {
    index = parseOptions(argv, 1);
    if (index < 0) return 2;
  }
  optionsChanged();
  const separated = index < argv.length && argv[index] == "--";
  if (separated) index++;
  if (separated || index < argv.length) {
    shell.params = argv.slice(index);
    shell.optionOffset = -1;
  }
  return 0;
}

export function shiftCommand(argv: string[]): i32 {
  let count = 1;
  if (argv.length > 1) {
    count = parseCount(argv[1]);
    if (count < 0 || !isNumber(argv[1])) return builtinError("Illegal number: " + argv[1]);
  }
  if (count > shell.params.length) return builtinError("can't shift that many");
  shell.params = shell.params.slice(count);
  shell.optionOffset = -1;
  return 0;
}
