import { readWholeFile } from "../run/files";
import { lookup } from "../vars";

/** Home directory of a user ("": $HOME), null when unknown: the tilde stays. */
export function homeOf(user: string): string | null {
  if (user.length == 0) return lookup("HOME");
  const passwd = readWholeFile("/etc/passwd");
  if (passwd === null) return null;
  const lines = passwd.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const fields = lines[i].split(":");
    if (fields.length >= 6 && fields[0] == user) return fields[5];
  }
  return null;
}
