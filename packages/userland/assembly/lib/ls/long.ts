/** The long format. */
import { padEnd, padStart } from "../bytes";
import { now } from "../clock";
import { stdout } from "../io";
import { modeText, typeLetter } from "../mode";
import { formatUnsigned } from "../numbers";
import { format } from "../strftime";
import { localCalendar, localZone } from "../timezone";
import { groupName, userName } from "../users";
import { colorOf, colorsTargets } from "./color";
import { Entry } from "./entry";
import { blocksText, sizeText } from "./layout";
import { indicator, quoteName, writeColored, writeName } from "./name";
import { settings } from "./settings";

/** Half of a Gregorian year (365.2425 days) in nanoseconds: older files show the year instead of the time. */
const HALF_YEAR: u64 = 15778476000000000;

const zone = localZone();
const present = now();

class Columns {
  inode: i32 = 0;
  blocks: i32 = 0;
  links: i32 = 0;
  owner: i32 = 0;
  group: i32 = 0;
  size: i32 = 0;

  constructor(entries: Entry[]) {
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      const st = entry.st;
      if (settings.inode) this.inode = max(this.inode, inodeText(entry).length);
      if (settings.blocks) this.blocks = max(this.blocks, blocksText(entry).length);
      this.links = max(this.links, entry.broken ? 1 : formatUnsigned(st.nlink).length);
      this.owner = max(this.owner, ownerText(entry).length);
      this.group = max(this.group, groupText(entry).length);
      this.size = max(this.size, fileSize(entry).length);
    }
  }
}

function inodeText(entry: Entry): string {
  return entry.broken ? "?" : formatUnsigned(entry.st.ino);
}

function ownerText(entry: Entry): string {
  if (entry.broken) return "?";
  return settings.numeric ? formatUnsigned(entry.st.uid) : userName(entry.st.uid);
}

function groupText(entry: Entry): string {
  if (entry.broken) return "?";
  return settings.numeric ? formatUnsigned(entry.st.gid) : groupName(entry.st.gid);
}

function isDevice(entry: Entry): bool {
  const letter = typeLetter(entry.st);
  return letter == "c" || letter == "b";
}

/** Devices show their number where files have a size. */
function fileSize(entry: Entry): string {
  if (entry.broken) return "?";
  if (isDevice(entry)) return formatUnsigned(entry.st.device >> 8) + ", " + padStart(formatUnsigned(entry.st.device & 255), 3);
  return sizeText(entry.st.size, settings.sizeUnit);
}

function timeText(entry: Entry): string {
  if (entry.broken) return padStart("?", 12);
  const time = entry.time;
  let pattern = settings.timeFormat;
  const newline = pattern.indexOf("\n");
  const recent = time <= present && present - time < HALF_YEAR;
  if (pattern.length == 0) pattern = recent ? "%b %e %H:%M" : "%b %e  %Y";
  else if (newline >= 0) pattern = recent ? pattern.substring(newline + 1) : pattern.substring(0, newline);
  return format(pattern, localCalendar(zone, time));
}

export function writeLong(entries: Entry[]): void {
  const columns = new Columns(entries);
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    let line = "";
    if (settings.inode) line += padStart(inodeText(entry), columns.inode) + " ";
    if (settings.blocks) line += padStart(blocksText(entry), columns.blocks) + " ";
    line += entry.broken ? typeLetter(entry.st) + "?????????" : modeText(entry.st);
    line += " " + padStart(entry.broken ? "?" : formatUnsigned(entry.st.nlink), columns.links) + " ";
    if (settings.owner) line += padEnd(ownerText(entry), columns.owner) + " ";
    if (settings.group) line += padEnd(groupText(entry), columns.group) + " ";
    if (settings.author) line += padEnd(ownerText(entry), columns.owner) + " ";
    line += padStart(fileSize(entry), columns.size) + " " + timeText(entry) + " ";
    stdout.write(line);
    writeName(entry, !entry.st.isSymlink);
    if (entry.st.isSymlink && !entry.broken) writeTarget(entry);
    stdout.writeByte(settings.delimiter);
  }
}

function writeTarget(entry: Entry): void {
  stdout.write(" -> ");
  const target = entry.targetStat;
  let color = "";
  if (settings.color && target !== null && colorsTargets()) {
    const pointed = new Entry(entry.target, entry.target);
    pointed.st = target;
    color = colorOf(pointed);
  }
  writeColored(quoteName(entry.target), color);
  if (target !== null) stdout.write(indicator(typeLetter(target), target.mode));
}
