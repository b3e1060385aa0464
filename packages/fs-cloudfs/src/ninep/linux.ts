/** Numbers of the Linux system call interface (asm-generic) that 9P2000.L carries as they are. */
import * as errno from "@cloudos/abi/errno";
import {
  FILETYPE_BLOCK_DEVICE,
  FILETYPE_CHARACTER_DEVICE,
  FILETYPE_DIRECTORY,
  FILETYPE_REGULAR_FILE,
  FILETYPE_SOCKET_DGRAM,
  FILETYPE_SOCKET_STREAM,
  FILETYPE_SYMBOLIC_LINK,
} from "@cloudos/abi/wasi";
import { FILETYPE_FIFO } from "../vfs/file-system.ts";

export const LINUX_EIO = 5;
export const LINUX_EAGAIN = 11;
export const LINUX_EINVAL = 22;
export const LINUX_ENODATA = 61;
export const LINUX_EPROTO = 71;
export const LINUX_EMSGSIZE = 90;
export const LINUX_EOPNOTSUPP = 95;
export const LINUX_ESTALE = 116;

/** Linux's numbers by WASI's names. */
const LINUX_ERRNO: Readonly<Record<number, number>> = {
  [errno.EPERM]: 1,
  [errno.ENOENT]: 2,
  [errno.ESRCH]: 3,
  [errno.EINTR]: 4,
  [errno.EIO]: LINUX_EIO,
  [errno.ENXIO]: 6,
  [errno.E2BIG]: 7,
  [errno.ENOEXEC]: 8,
  [errno.EBADF]: 9,
  [errno.EAGAIN]: LINUX_EAGAIN,
  [errno.ENOMEM]: 12,
  [errno.EACCES]: 13,
  [errno.EFAULT]: 14,
  [errno.EBUSY]: 16,
  [errno.EEXIST]: 17,
  [errno.EXDEV]: 18,
  [errno.ENODEV]: 19,
  [errno.ENOTDIR]: 20,
  [errno.EISDIR]: 21,
  [errno.EINVAL]: LINUX_EINVAL,
  [errno.ENFILE]: 23,
  [errno.EMFILE]: 24,
  [errno.ENOTTY]: 25,
  [errno.ETXTBSY]: 26,
  [errno.EFBIG]: 27,
  [errno.ENOSPC]: 28,
  [errno.ESPIPE]: 29,
  [errno.EROFS]: 30,
  [errno.EMLINK]: 31,
  [errno.EPIPE]: 32,
  [errno.ERANGE]: 34,
  [errno.EDEADLK]: 35,
  [errno.ENAMETOOLONG]: 36,
  [errno.ENOLCK]: 37,
  [errno.ENOSYS]: 38,
  [errno.ENOTEMPTY]: 39,
  [errno.ELOOP]: 40,
  [errno.EPROTO]: LINUX_EPROTO,
  [errno.EOVERFLOW]: 75,
  [errno.EILSEQ]: 84,
  [errno.EMSGSIZE]: LINUX_EMSGSIZE,
  [errno.ENOTSUP]: LINUX_EOPNOTSUPP,
  [errno.ESTALE]: LINUX_ESTALE,
  [errno.EDQUOT]: 122,
  [errno.ENOTCAPABLE]: 13,
};

export function linuxErrno(wasi: number): number {
  return LINUX_ERRNO[wasi] ?? LINUX_EIO;
}

export const O_ACCMODE = 0o3;
export const O_RDONLY = 0;
export const O_WRONLY = 0o1;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_DIRECTORY = 0o200000;

export const AT_REMOVEDIR = 0x200;

export const XATTR_CREATE = 1;
export const XATTR_REPLACE = 2;
export const XATTR_NAME_MAX = 255;
export const XATTR_SIZE_MAX = 65536;

const S_IFMT = 0o170000;

/** File types as S_IF* of a mode and DT_* of a directory entry. */
const TYPES: readonly { readonly type: number; readonly mode: number; readonly entry: number }[] = [
  { type: FILETYPE_REGULAR_FILE, mode: 0o100000, entry: 8 },
  { type: FILETYPE_DIRECTORY, mode: 0o040000, entry: 4 },
  { type: FILETYPE_SYMBOLIC_LINK, mode: 0o120000, entry: 10 },
  { type: FILETYPE_CHARACTER_DEVICE, mode: 0o020000, entry: 2 },
  { type: FILETYPE_BLOCK_DEVICE, mode: 0o060000, entry: 6 },
  { type: FILETYPE_FIFO, mode: 0o010000, entry: 1 },
  { type: FILETYPE_SOCKET_STREAM, mode: 0o140000, entry: 12 },
  { type: FILETYPE_SOCKET_DGRAM, mode: 0o140000, entry: 12 },
];
const MODE_BY_TYPE: number[] = [];
const ENTRY_BY_TYPE: number[] = [];
for (const { type, mode, entry } of TYPES) {
  MODE_BY_TYPE[type] = mode;
  ENTRY_BY_TYPE[type] = entry;
}

/** st_mode. */
export function linuxMode(type: number, permissions: number): number {
  return (MODE_BY_TYPE[type] ?? 0) | permissions;
}

/** d_type; 0 is DT_UNKNOWN. */
export function linuxEntryType(type: number): number {
  return ENTRY_BY_TYPE[type] ?? 0;
}

/** The type a mode names; a mode without one is a regular file, as for mknod(2). Undefined when there is no such type. */
export function typeOfMode(mode: number): number | undefined {
  const format = mode & S_IFMT;
  if (format === 0) return FILETYPE_REGULAR_FILE;
  return TYPES.find((each) => each.mode === format)?.type;
}
