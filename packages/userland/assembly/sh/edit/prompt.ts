// PS1 and PS2: parameter expansion as POSIX has it, and the backslash escapes people know.

import { fromMemory } from "../../lib/bytes";
import { sys_uname } from "../../lib/cloudos";
import { expandQuoted } from "../expand/expand";
import { Parser } from "../parse/parser";
import { directory } from "../run/directory";
import { shell } from "../state";
import { TextBuilder } from "../text";
import { lookup, valueOf } from "../vars";

export const DEFAULT_PS1 = "\\u@\\h:\\w\\$ ";

const BUFFER_SIZE: i32 = 512;
const BUFFER = memory.data(512);
const LENGTH = memory.data(8, 8);

function hostName(): string {
  if (sys_uname(BUFFER, BUFFER_SIZE, LENGTH) != 0) return "cloudos";
  const fields = fromMemory(BUFFER, load<i32>(LENGTH)).split("\0");
  return fields.length > 1 ? fields[1] : "cloudos";
}

function userName(): string {
  const user = lookup("USER");
  if (user !== null) return user;
  return valueOf("HOME") == "/root" ? "root" : "user";
}

/** The working directory, with ~ for home. `last`: its last component only. */
function place(last: bool): string {
  const path = directory.logical;
  const home = valueOf("HOME");
  if (home.length > 1 && path == home) return "~";
  if (last) return path.length > 1 ? path.substring(path.lastIndexOf("/") + 1) : path;
  return home.length > 1 && path.startsWith(home + "/") ? "~" + path.substring(home.length) : path;
}

function escapes(text: string): string {
  const out = new TextBuilder();
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c != "\\" || i + 1 == text.length) {
      out.append(c);
      continue;
    }
    const escape = text.charAt(++i);
    if (escape == "u") out.append(userName());
    else if (escape == "h" || escape == "H") out.append(hostName());
    else if (escape == "w") out.append(place(false));
    else if (escape == "W") out.append(place(true));
    else if (escape == "$") out.append(userName() == "root" ? "#" : "$");
    else if (escape == "n") out.append("\n");
    else if (escape == "e") out.push(0x1b);
    else if (escape == "[" || escape == "]") continue;
    else if (escape == "\\") out.append("\\");
    else out.append("\\" + escape);
  }
  return out.toString();
}

/** The text of a prompt variable. `$?` in it is that of the last command, and stays. */
export function promptText(variable: string): string {
  const raw = lookup(variable);
  if (raw === null) return "";
  const status = shell.status;
  // Escapes that expand to "$" must not start a parameter: parameters first.
  const text = escapes(
    raw.indexOf("$") < 0 && raw.indexOf("`") < 0 ? raw : expandQuoted(Parser.promptWord(protect(raw))),
  );
  shell.status = status;
  return text;
}

/** Doubles backslashes so that expansion leaves them in place. */
function protect(text: string): string {
  return text.split("\\").join("\\\\");
}
