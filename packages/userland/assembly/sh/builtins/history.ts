import { historyEntries } from "../edit/history";
import { emit } from "../output";

/** Lists the lines typed, numbered. */
export function historyCommand(argv: string[]): i32 {
  const entries = historyEntries();
  const count = argv.length > 1 ? <i32>parseInt(argv[1]) : entries.length;
  for (let i = max(entries.length - count, 0); i < entries.length; i++) {
    const number = (i + 1).toString();
    emit(" ".repeat(max(5 - number.length, 0)) + number + "  " + entries[i] + "\n");
  }
  return 0;
}
