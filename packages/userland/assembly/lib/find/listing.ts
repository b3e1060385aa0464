/** -ls: one line in the style of `ls -dils`. */
import { Entry, Run } from "./expression";
import { format } from "../strftime";
import { groupName, userName } from "../accounts";
import { localCalendar, localZone } from "../timezone";
import { modeText } from "../mode";
import { padEnd, padStart } from "../bytes";
import { readlink, text as linkText } from "../fs";

/** Half a year, in nanoseconds: older files show the year instead of the time. */
const RECENT: i64 = 15778476 * 1000000000;

function orNumber(name: string, id: u32): string {
  return name.length > 0 ? name : id.toString();
}

export function listing(entry: Entry, run: Run): string {
  const st = entry.st;
  const age = <i64>run.now - <i64>st.mtim;
  const when = localCalendar(localZone(), st.mtim);
  const date = format(age >= 0 && age < RECENT ? "%b %e %H:%M" : "%b %e  %Y", when);
  let line =
    padStart(st.ino.toString(), 9) + " " + padStart(((st.blocks + 1) / 2).toString(), 6) + " " + modeText(st) + " " +
    padStart(st.nlink.toString(), 3) + " " + padEnd(orNumber(userName(st.uid), st.uid), 8) + " " +
    padEnd(orNumber(groupName(st.gid), st.gid), 8) + " " + padStart(st.size.toString(), 8) + " " + date + " " + entry.path;
  if (st.isSymlink && readlink(entry.path) == 0) line += " -> " + linkText;
  return line;
}
