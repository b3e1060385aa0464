/** Text tables with columns as wide as they need. */
import { padEnd, padStart } from "./bytes";
import { stdout } from "./io";

/** `align`: letters l and r, one for each column; `least`: smallest widths. */
export function writeTable(rows: string[][], align: string, least: i32[]): void {
  const widths = least.slice();
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < rows[i].length; j++) widths[j] = max(widths[j], rows[i][j].length);
  }
  for (let i = 0; i < rows.length; i++) {
    let line = "";
    const row = rows[i];
    for (let j = 0; j < row.length; j++) {
      const last = j == row.length - 1;
      if (j > 0) line += " ";
      line += align.charAt(j) == "r" ? padStart(row[j], widths[j]) : last ? row[j] : padEnd(row[j], widths[j]);
    }
    stdout.writeLine(line);
  }
}
