import { AT, BANG, DASH, DOLLAR, HASH, isDigit, QUESTION, STAR } from "../chars";
import { parseCount } from "../number";
import { optionLetters } from "../options";
import { shell } from "../state";
import { lookup } from "../vars";

/** $@ or $*: a list rather than a value. */
export function isList(name: string): bool {
  return name.length == 1 && (name.charCodeAt(0) == AT || name.charCodeAt(0) == STAR);
}

/** Value of a parameter that is not a list; null when it is unset. */
export function parameter(name: string): string | null {
  const c = name.charCodeAt(0);
  if (isDigit(c)) {
    const index = parseCount(name);
    if (index == 0) return shell.name;
    return index > 0 && index <= shell.params.length ? shell.params[index - 1] : null;
  }
  if (c == HASH) return shell.params.length.toString();
  if (c == QUESTION) return shell.status.toString();
  if (c == DASH) return optionLetters();
  if (c == DOLLAR) return shell.rootPid.toString();
  if (c == BANG) return shell.lastBackground == 0 ? null : shell.lastBackground.toString();
  return lookup(name);
}
