/** Colours of file types: LS_COLORS as dircolors writes it, over the traditional defaults. */
import { getenv } from "../args";
import { toLower } from "../bytes";
import { typeLetter } from "../mode";
import { Entry } from "./entry";

const codes = new Map<string, string>();
const suffixes: string[] = [];
const suffixCodes: string[] = [];

export function loadColors(): void {
  const defaults = "di=01;34:ln=01;36:pi=33:so=01;35:bd=01;33:cd=01;33:su=37;41:sg=30;43:st=37;44:ow=34;42:tw=30;42:ex=01;32";
  read(defaults);
  const given = getenv("LS_COLORS");
  if (given !== null) read(given);
}

function read(list: string): void {
  const items = list.split(":");
  for (let i = 0; i < items.length; i++) {
    const equals = items[i].indexOf("=");
    if (equals < 0) continue;
    const key = items[i].substring(0, equals);
    const code = items[i].substring(equals + 1);
    if (key.startsWith("*")) {
      suffixes.push(toLower(key.substring(1)));
      suffixCodes.push(code);
    } else codes.set(key, code);
  }
}

function code(key: string): string {
  return codes.has(key) ? codes.get(key) : "";
}

/** Beginnings of TERM that stand for terminals with colours (as dircolors lists them). */
const COLOR_TERMINALS =
  "Eterm alacritty ansi con cygwin dtterm foot gnome hurd jfbterm konsole kterm linux mlterm putty rxvt screen st terminator tmux vt100 vt220 xterm".split(" ");

/** Without LS_COLORS only known terminals get colours, --color=always or not (as GNU ls decides). */
export function terminalHasColors(): bool {
  const given = getenv("LS_COLORS");
  if (given !== null && given.length > 0) return true;
  const colorTerm = getenv("COLORTERM");
  if (colorTerm !== null && colorTerm.length > 0) return true;
  const term = getenv("TERM");
  if (term === null) return false;
  const name: string = term;
  for (let i = 0; i < COLOR_TERMINALS.length; i++) if (name.startsWith(COLOR_TERMINALS[i])) return true;
  return name.includes("color");
}

/** The targets of links in a long listing are coloured only when broken links are (as GNU ls decides). */
export function colorsTargets(): bool {
  return code("or") != "" || code("mi") != "";
}

/** The escape code for an entry, "" for none. */
export function colorOf(entry: Entry): string {
  const st = entry.st;
  switch (typeLetter(st)) {
    case "d":
      if ((st.mode & 0o1002) == 0o1002 && code("tw") != "") return code("tw");
      if ((st.mode & 0o002) != 0 && code("ow") != "") return code("ow");
      if ((st.mode & 0o1000) != 0 && code("st") != "") return code("st");
      return code("di");
    case "l":
      return entry.targetStat === null && code("or") != "" ? code("or") : code("ln");
    case "p":
      return code("pi");
    case "s":
      return code("so");
    case "b":
      return code("bd");
    case "c":
      return code("cd");
  }
  if ((st.mode & 0o4000) != 0 && code("su") != "") return code("su");
  if ((st.mode & 0o2000) != 0 && code("sg") != "") return code("sg");
  if ((st.mode & 0o111) != 0 && code("ex") != "") return code("ex");
  const name = toLower(entry.name);
  for (let i = suffixes.length - 1; i >= 0; i--) if (name.endsWith(suffixes[i])) return suffixCodes[i];
  return code("fi");
}
