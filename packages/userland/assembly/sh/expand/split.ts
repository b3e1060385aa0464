import { NEWLINE, SPACE, TAB } from "../chars";
import { Cells, FIELD_MARK, NULL_MARK, SPLITTABLE } from "./cells";

const DELIMITER: u8 = 1;
const BLANK: u8 = 2;

/** IFS as a table: what each byte does to a field. */
export class Separators {
  private classes: StaticArray<u8> = new StaticArray<u8>(256);

  constructor(ifs: string | null) {
    const set = ifs === null ? " \t\n" : ifs;
    for (let i = 0; i < set.length; i++) {
      const c = set.charCodeAt(i);
      const blank = c == SPACE || c == TAB || c == NEWLINE;
      this.classes[c] = blank ? DELIMITER | BLANK : DELIMITER;
    }
  }

  isDelimiter(c: i32): bool {
    return unchecked(this.classes[c]) != 0;
  }

  /** White space of IFS: any amount of it delimits once. */
  isBlank(c: i32): bool {
    return (unchecked(this.classes[c]) & BLANK) != 0;
  }
}

let current: Separators | null = null;
let currentText: string | null = null;

/** The table of the IFS in force; made anew only when IFS has changed. */
export function separatorsOf(ifs: string | null): Separators {
  let table = current;
  if (table === null || currentText != ifs) {
    table = new Separators(ifs);
    current = table;
    currentText = ifs;
  }
  return table;
}

/** Field splitting (POSIX 2.6.5): appends the fields of `cells` to `out`. */
export function split(cells: Cells, separators: Separators, out: Cells[]): void {
  let field = new Cells();
  let exists = false;
  // White space ended a field: a delimiter that follows belongs to the same boundary.
  let afterBlank = false;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells.at(i);
    if (cell & NULL_MARK) {
      exists = true;
      afterBlank = false;
      continue;
    }
    const c = cell & 0xff;
    if (cell & FIELD_MARK) {
      if (exists) {
        out.push(field);
        field = new Cells();
        exists = false;
      }
      afterBlank = false;
    } else if (!(cell & SPLITTABLE) || !separators.isDelimiter(c)) {
      field.push(cell);
      exists = true;
      afterBlank = false;
    } else if (separators.isBlank(c)) {
      if (!exists) continue;
      out.push(field);
      field = new Cells();
      exists = false;
      afterBlank = true;
    } else if (afterBlank) {
      afterBlank = false;
    } else {
      out.push(field);
      field = new Cells();
      exists = false;
    }
  }
  if (exists) out.push(field);
}
