/** Reading directories. */
import { fromMemory } from "./bytes";
import { DIRECTORY, READ, close, open } from "./fs";
import { fd_readdir } from "./wasi";

/** Size of a WASI `dirent` before the name. */
const DIRENT_SIZE = 24;
const BUFFER_SIZE = 16384;
const USED = memory.data(4);

export class DirectoryEntry {
  constructor(
    public name: string,
    public ino: u64,
    /** WASI file type; a symbolic link is one. */
    public type: u32,
  ) {}
}

/** Reads all entries of `path`, "." and ".." too, in the order the file system gives them. 0 or errno. */
export function readDirectory(path: string, into: DirectoryEntry[]): i32 {
  const fd = open(path, READ | DIRECTORY);
  if (fd < 0) return -fd;
  const buffer = heap.alloc(BUFFER_SIZE);
  let cookie: u64 = 0;
  let error = 0;
  while (true) {
    error = fd_readdir(fd, buffer, BUFFER_SIZE, cookie, USED);
    if (error != 0) break;
    const used = load<i32>(USED);
    let at = 0;
    while (at + DIRENT_SIZE <= used) {
      const record = buffer + at;
      const length = load<i32>(record, 16);
      // The last record may be cut; its cookie has not been passed, so the next call gives it whole.
      if (at + DIRENT_SIZE + length > used) break;
      into.push(new DirectoryEntry(fromMemory(record + DIRENT_SIZE, length), load<u64>(record, 8), load<u8>(record, 20)));
      cookie = load<u64>(record);
      at += DIRENT_SIZE + length;
    }
    if (at == 0) break;
  }
  heap.free(buffer);
  close(fd);
  return error;
}

/** Names in `path` without "." and "..": 0 or errno. */
export function readNames(path: string, into: string[]): i32 {
  const entries: DirectoryEntry[] = [];
  const error = readDirectory(path, entries);
  for (let i = 0; i < entries.length; i++) {
    const name = entries[i].name;
    if (name != "." && name != "..") into.push(name);
  }
  return error;
}
