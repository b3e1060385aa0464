/** Path names as text. */
import { byteAt } from "./bytes";

/** `name` inside `directory`. */
export function joinPath(directory: string, name: string): string {
  if (directory.length == 0) return name;
  return directory.endsWith("/") ? directory + name : directory + "/" + name;
}

/** Without trailing slashes; "/" stays. */
export function stripSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && byteAt(path, end - 1) == 47) end--;
  return path.substring(0, end);
}

/** Last component, as basename(1) defines it. */
export function baseName(path: string): string {
  const plain = stripSlashes(path);
  return plain == "/" ? plain : plain.substring(plain.lastIndexOf("/") + 1);
}

/** Everything before the last component, as dirname(1) defines it. */
export function dirName(path: string): string {
  const plain = stripSlashes(path);
  const slash = plain.lastIndexOf("/");
  if (slash < 0) return ".";
  return slash == 0 ? "/" : stripSlashes(plain.substring(0, slash));
}

/** Resolves "." and ".." and doubled slashes in the text alone; the path must be absolute. */
export function normalizePath(path: string): string {
  const parts = path.split("/");
  const kept: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part == "..") {
      if (kept.length > 0) kept.pop();
    } else if (part.length > 0 && part != ".") kept.push(part);
  }
  return "/" + kept.join("/");
}
