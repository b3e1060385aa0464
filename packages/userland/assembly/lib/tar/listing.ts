/** Lines of `tar -tv`. */
import { Header, TYPE_BLOCK, TYPE_CHARACTER, TYPE_DIRECTORY, TYPE_FIFO, TYPE_LINK, TYPE_SYMLINK } from "./header";
import { Settings } from "./settings";
import { format } from "../strftime";
import { localZone } from "../timezone";
import { padStart } from "../bytes";
import { permissionText } from "../mode";

/** Width of "user/group size", grown as needed. */
let width: i32 = 19;

export function memberLine(h: Header, settings: Settings): string {
  const user = h.user.length > 0 && !settings.numericOwner ? h.user : h.uid.toString();
  const group = h.group.length > 0 && !settings.numericOwner ? h.group : h.gid.toString();
  const owner = user + "/" + group;
  const size = h.size.toString();
  width = max(width, owner.length + 1 + size.length);
  const when = localZone().calendar(h.mtime, 0);
  let line =
    letter(h.type) + permissionText(h.mode) + " " + owner + " " + padStart(size, width - owner.length - 1) + " " +
    format("%Y-%m-%d %H:%M", when) + " " + h.name;
  if (h.type == TYPE_SYMLINK) line += " -> " + h.linkName;
  if (h.type == TYPE_LINK) line += " link to " + h.linkName;
  return line;
}

function letter(type: i32): string {
  switch (type) {
    case TYPE_LINK: return "h";
    case TYPE_SYMLINK: return "l";
    case TYPE_CHARACTER: return "c";
    case TYPE_BLOCK: return "b";
    case TYPE_DIRECTORY: return "d";
    case TYPE_FIFO: return "p";
    default: return "-";
  }
}
