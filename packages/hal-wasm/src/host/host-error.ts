import {
  E2BIG,
  EACCES,
  EAGAIN,
  EIO,
  EISDIR,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOEXEC,
  ENOMEM,
  ENOTDIR,
  EPERM,
  ESRCH,
  FileError,
} from "@cloudos/abi";

/** What the errors of starting and signalling processes mean to a person. */
const REASONS: Readonly<Record<number, string>> = {
  [E2BIG]: "the arguments and environment are longer than 2 MiB",
  [EACCES]: "permission denied",
  [EAGAIN]: "too many processes or streams are open",
  [EIO]: "the file service failed",
  [EISDIR]: "it is a directory",
  [ELOOP]: "too many symbolic links",
  [ENAMETOOLONG]: "the name is too long",
  [ENOENT]: "no such file or directory",
  [ENOEXEC]: "it is not a program this system can run",
  [ENOMEM]: "not enough memory",
  [ENOTDIR]: "a part of its path is not a directory",
  [EPERM]: "operation not permitted",
  [ESRCH]: "no such process",
};

export function hostError(errno: number, action: string): FileError {
  return new FileError(errno, `${action}: ${REASONS[errno] ?? `error ${errno}`}`);
}
