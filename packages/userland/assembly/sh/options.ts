/** Options of `set` and of the command line, in dash's order. */
export enum Option {
  ErrorExit,
  NoGlob,
  IgnoreEof,
  Interactive,
  Monitor,
  NoExec,
  Stdin,
  Trace,
  Verbose,
  Vi,
  Emacs,
  NoClobber,
  AllExport,
  Notify,
  NoUnset,
  Privileged,
  NoLog,
  Debug,
  PipeFail,
}

const LETTERS = "efIimnsxvVECabup";

export const OPTION_NAMES: StaticArray<string> = [
  "errexit",
  "noglob",
  "ignoreeof",
  "interactive",
  "monitor",
  "noexec",
  "stdin",
  "xtrace",
  "verbose",
  "vi",
  "emacs",
  "noclobber",
  "allexport",
  "notify",
  "nounset",
  "privileged",
  "nolog",
  "debug",
  "pipefail",
];

export const options = new StaticArray<bool>(OPTION_NAMES.length);

/** Index of the option with this letter, -1 when there is none. */
export function optionOfLetter(letter: i32): i32 {
  for (let i = 0; i < LETTERS.length; i++) if (LETTERS.charCodeAt(i) == letter) return i;
  return -1;
}

export function optionOfName(name: string): i32 {
  for (let i = 0; i < OPTION_NAMES.length; i++) if (OPTION_NAMES[i] == name) return i;
  return -1;
}

/** The value of `$-`: last first, as dash has it. */
export function optionLetters(): string {
  let text = "";
  for (let i = LETTERS.length - 1; i >= 0; i--) if (options[i]) text += LETTERS.charAt(i);
  return text;
}
