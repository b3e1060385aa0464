import { SQUOTE } from "./chars";

/** The text in quotes that the shell reads back as it was: 'it'"'"'s'. */
export function singleQuoted(text: string): string {
  let out = "";
  let at = 0;
  do {
    const quote = text.indexOf("'", at);
    const end = quote < 0 ? text.length : quote;
    if (end > at || quote < 0) out += "'" + text.substring(at, end) + "'";
    at = end;
    if (quote < 0) break;
    let run = at;
    while (run < text.length && text.charCodeAt(run) == SQUOTE) run++;
    out += '"' + text.substring(at, run) + '"';
    at = run;
  } while (at < text.length);
  return out;
}
