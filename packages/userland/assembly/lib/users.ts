/** Users and groups, from /etc/passwd and /etc/group; the ids of this process from /proc/self/status. */
import * as fs from "./fs";
import { Reader } from "./io";
import { formatUnsigned, parseFailed, parseUnsigned } from "./numbers";

class Table {
  ids: u32[] = [];
  names: string[] = [];
  homes: string[] = [];

  constructor(path: string) {
    const fd = fs.openRead(path);
    if (fd >= 0) this.read(new Reader(fd));
    if (fd >= 0) fs.close(fd);
  }

  private read(reader: Reader): void {
    for (let line = reader.readLine(); line !== null; line = reader.readLine()) {
      const fields = line.split(":");
      if (fields.length < 3) continue;
      const id = parseUnsigned(fields[2]);
      if (parseFailed) continue;
      this.ids.push(<u32>id);
      this.names.push(fields[0]);
      this.homes.push(fields.length > 5 ? fields[5] : "");
    }
  }
}

let usersCache: Table | null = null;
let groupsCache: Table | null = null;

function users(): Table {
  let table = usersCache;
  if (table === null) usersCache = table = new Table("/etc/passwd");
  return table;
}

function groups(): Table {
  let table = groupsCache;
  if (table === null) groupsCache = table = new Table("/etc/group");
  return table;
}

/** The user's name, or "" when there is none. */
export function findUser(uid: u32): string {
  const at = users().ids.indexOf(uid);
  return at < 0 ? "" : users().names[at];
}

export function findGroup(gid: u32): string {
  const at = groups().ids.indexOf(gid);
  return at < 0 ? "" : groups().names[at];
}

/** The user's name, or the number. */
export function userName(uid: u32): string {
  const name = findUser(uid);
  return name.length > 0 ? name : formatUnsigned(uid);
}

export function groupName(gid: u32): string {
  const name = findGroup(gid);
  return name.length > 0 ? name : formatUnsigned(gid);
}

/** The id of a user by name, or -1. */
export function userId(name: string): i64 {
  const at = users().names.indexOf(name);
  return at < 0 ? -1 : <i64>users().ids[at];
}

/** A numeric field ("Uid", "Gid") of /proc/self/status; -1 when there is no such line. */
export function ownId(field: string): i64 {
  const fd = fs.openRead("/proc/self/status");
  if (fd < 0) return -1;
  const reader = new Reader(fd);
  let id: i64 = -1;
  for (let line = reader.readLine(); line !== null; line = reader.readLine()) {
    if (!line.startsWith(field + ":\t")) continue;
    const parts = line.substring(field.length + 2).split("\t");
    id = <i64>parseUnsigned(parts[0].trim());
  }
  fs.close(fd);
  return id;
}
