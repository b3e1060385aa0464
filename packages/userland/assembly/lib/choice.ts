/** Options whose value is one of a few words (--sort=time). */
import { dieUsage } from "./exit";
import { quoteProse } from "./quote";

/**
 * Index of the group `word` belongs to. `choices` is groups of synonyms: "none time atime|access|use". A unique beginning is
 * enough. Ends the process with the list of valid words otherwise.
 */
export function choose(option: string, word: string, choices: string, status: i32 = 1): i32 {
  const groups = choices.split(" ");
  let found = -1;
  let ambiguous = false;
  for (let i = 0; i < groups.length; i++) {
    const synonyms = groups[i].split("|");
    for (let j = 0; j < synonyms.length; j++) {
      if (synonyms[j] == word) return i;
      if (!synonyms[j].startsWith(word)) continue;
      if (found >= 0 && found != i) ambiguous = true;
      found = i;
    }
  }
  if (found >= 0 && !ambiguous) return found;
  let list = "\nValid arguments are:";
  for (let i = 0; i < groups.length; i++) {
    list += "\n  - " + groups[i].split("|").map<string>((name: string) => quoteProse(name)).join(", ");
  }
  const what = ambiguous ? "ambiguous" : "invalid";
  dieUsage(what + " argument " + quoteProse(word) + " for " + quoteProse("--" + option) + list, status);
  return -1;
}
