import * as errno from "@cloudos/abi/errno";

const TEXT: Readonly<Record<number, string>> = {
  [errno.EACCES]: "permission denied",
  [errno.EBADF]: "bad descriptor",
  [errno.EBUSY]: "resource busy",
  [errno.EEXIST]: "file exists",
  [errno.EFBIG]: "file too large",
  [errno.EILSEQ]: "name is not valid UTF-8",
  [errno.EINVAL]: "invalid argument",
  [errno.EIO]: "input/output error",
  [errno.EISDIR]: "is a directory",
  [errno.ELOOP]: "too many levels of symbolic links",
  [errno.EMLINK]: "too many links",
  [errno.ENAMETOOLONG]: "file name too long",
  [errno.ENODEV]: "no such device",
  [errno.ENOENT]: "no such file or directory",
  [errno.ENOEXEC]: "exec format error",
  [errno.ENOMEM]: "out of memory",
  [errno.ENOSPC]: "no space left on device",
  [errno.ENOSYS]: "function not implemented",
  [errno.ENOTCAPABLE]: "path leaves its directory",
  [errno.ENOTDIR]: "not a directory",
  [errno.ENOTEMPTY]: "directory not empty",
  [errno.ENOTSUP]: "not supported",
  [errno.ENXIO]: "no such device or address",
  [errno.EPERM]: "operation not permitted",
  [errno.EROFS]: "read-only file system",
  [errno.ESRCH]: "no such process",
  [errno.ESTALE]: "stale file handle",
  [errno.EXDEV]: "cross-device link",
};

const NAMES = new Map<number, string>(
  Object.entries(errno)
    .filter(([name, value]) => name.startsWith("E") && typeof value === "number")
    .map(([name, value]) => [value as number, name]),
);

export function errnoName(number: number): string {
  return NAMES.get(number) ?? `errno ${number}`;
}

export function errnoText(number: number): string {
  return TEXT[number] ?? errnoName(number);
}
