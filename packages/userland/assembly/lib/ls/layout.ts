/** Arranging names in columns, across, or with commas. */
import { padStart } from "../bytes";
import { stdout } from "../io";
import { formatUnsigned } from "../numbers";
import { humanSize } from "../sizes";
import { Entry } from "./entry";
import { writeName } from "./name";
import { FORMAT_ACROSS, FORMAT_COMMAS, FORMAT_ONE, settings } from "./settings";

/** Narrowest column: one character and two spaces. */
const MIN_COLUMN = 3;

export function blocksText(entry: Entry): string {
  if (entry.broken) return "?";
  return sizeText(entry.st.blocks * 512, settings.blockUnit);
}

/** A number of bytes in units, rounded up, or for people. */
export function sizeText(bytes: u64, unit: u64): string {
  return settings.human ? humanSize(bytes, settings.humanUnit) : formatUnsigned((bytes + unit - 1) / unit) + settings.unitSuffix;
}

class Prefix {
  inode: i32 = 0;
  blocks: i32 = 0;

  constructor(entries: Entry[]) {
    for (let i = 0; i < entries.length; i++) {
      if (settings.inode) this.inode = max(this.inode, formatUnsigned(entries[i].st.ino).length);
      if (settings.blocks) this.blocks = max(this.blocks, blocksText(entries[i]).length);
    }
    if (settings.format == FORMAT_COMMAS) this.inode = this.blocks = 0;
  }

  get width(): i32 {
    return (settings.inode ? this.inode + 1 : 0) + (settings.blocks ? this.blocks + 1 : 0);
  }

  write(entry: Entry): void {
    if (settings.inode) stdout.write(padStart(entry.broken ? "?" : formatUnsigned(entry.st.ino), this.inode) + " ");
    if (settings.blocks) stdout.write(padStart(blocksText(entry), this.blocks) + " ");
  }
}

/** Moves from column to column with tabs where they help. */
function indent(from: i32, to: i32): void {
  const tab = settings.tabSize;
  while (from < to) {
    if (tab > 0 && to / tab > (from + 1) / tab) {
      stdout.writeByte(9);
      from += tab - (from % tab);
    } else {
      stdout.writeByte(32);
      from++;
    }
  }
}

/** Widths of the columns when there are `columns` of them, or null when the line is too short. */
function columnWidths(entries: Entry[], prefix: i32, columns: i32): i32[] | null {
  const rows = (entries.length + columns - 1) / columns;
  const widths = new Array<i32>(columns).fill(MIN_COLUMN);
  let total = columns * MIN_COLUMN;
  for (let i = 0; i < entries.length; i++) {
    const column = settings.format == FORMAT_ACROSS ? i % columns : i / rows;
    const width = entries[i].width + prefix + (column == columns - 1 ? 0 : 2);
    if (width <= widths[column]) continue;
    total += width - widths[column];
    widths[column] = width;
  }
  return total < settings.width ? widths : null;
}

function writeColumns(entries: Entry[], prefix: Prefix): void {
  const most = max(1, min(entries.length, settings.width / MIN_COLUMN));
  let widths: i32[] | null = null;
  let columns = most;
  for (; columns > 1; columns--) {
    widths = columnWidths(entries, prefix.width, columns);
    if (widths !== null) break;
  }
  const across = settings.format == FORMAT_ACROSS;
  const rows = (entries.length + columns - 1) / columns;
  for (let row = 0; row < rows; row++) {
    let position = 0;
    for (let column = 0; column < columns; column++) {
      const index = across ? row * columns + column : column * rows + row;
      if (index >= entries.length) break;
      const entry = entries[index];
      prefix.write(entry);
      writeName(entry);
      const next = across ? index + 1 : index + rows;
      if (column == columns - 1 || next >= entries.length || widths === null) break;
      indent(position + prefix.width + entry.width, position + widths[column]);
      position += widths[column];
    }
    stdout.writeByte(settings.delimiter);
  }
}

function writeCommas(entries: Entry[], prefix: Prefix): void {
  let position = 0;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    let width = entry.width;
    if (settings.inode) width += formatUnsigned(entry.st.ino).length + 1;
    if (settings.blocks) width += blocksText(entry).length + 1;
    if (i > 0) {
      stdout.writeByte(44);
      const fits = settings.width == 0 || position + width + 2 < settings.width;
      stdout.writeByte(fits ? 32 : settings.delimiter);
      position = fits ? position + 2 : 0;
    }
    prefix.write(entry);
    writeName(entry);
    position += width;
  }
  if (entries.length > 0) stdout.writeByte(settings.delimiter);
}

/** All formats but the long one. */
export function writeShort(entries: Entry[]): void {
  const prefix = new Prefix(entries);
  if (settings.format == FORMAT_ONE) {
    for (let i = 0; i < entries.length; i++) {
      prefix.write(entries[i]);
      writeName(entries[i]);
      stdout.writeByte(settings.delimiter);
    }
  } else if (settings.format == FORMAT_COMMAS) writeCommas(entries, prefix);
  else if (entries.length > 0) writeColumns(entries, prefix);
}
