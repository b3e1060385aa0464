/** Names of users and groups, from /etc/passwd and /etc/group. */
import { Reader } from "./io";
import { close, openRead } from "./fs";
import { isAllDigits } from "./bytes";

class Account {
  constructor(
    public name: string,
    public id: u32,
  ) {}
}

function readAccounts(path: string): Array<Account> {
  const list: Array<Account> = [];
  const fd = openRead(path);
  if (fd < 0) return list;
  const reader = new Reader(fd);
  for (let line = reader.readLine(); line !== null; line = reader.readLine()) {
    const fields = line.split(":");
    if (fields.length > 2 && isAllDigits(fields[2])) list.push(new Account(fields[0], <u32>parseInt(fields[2])));
  }
  reader.free();
  close(fd);
  return list;
}

let users: Array<Account> | null = null;
let groups: Array<Account> | null = null;

function userList(): Array<Account> {
  if (users === null) users = readAccounts("/etc/passwd");
  return users!;
}

function groupList(): Array<Account> {
  if (groups === null) groups = readAccounts("/etc/group");
  return groups!;
}

function nameOf(list: Array<Account>, id: u32): string {
  for (let i = 0; i < list.length; i++) if (list[i].id == id) return list[i].name;
  return "";
}

function idOf(list: Array<Account>, name: string): i64 {
  for (let i = 0; i < list.length; i++) if (list[i].name == name) return list[i].id;
  return -1;
}

/** "" when nobody has the id. */
export function userName(id: u32): string {
  return nameOf(userList(), id);
}

export function groupName(id: u32): string {
  return nameOf(groupList(), id);
}

/** -1 when there is no such user. */
export function userId(name: string): i64 {
  return idOf(userList(), name);
}

export function groupId(name: string): i64 {
  return idOf(groupList(), name);
}
