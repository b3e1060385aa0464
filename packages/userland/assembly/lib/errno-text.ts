/** What glibc's strerror says for each error; scripts and people compare these texts. */
import * as errno from "../../../abi/src/errno";
import { formatSigned } from "./numbers";

export function errorText(code: i32): string {
  switch (code) {
    case errno.SUCCESS: return "Success";
    case errno.E2BIG: return "Argument list too long";
    case errno.EACCES: return "Permission denied";
    case errno.EAGAIN: return "Resource temporarily unavailable";
    case errno.EBADF: return "Bad file descriptor";
    case errno.EBUSY: return "Device or resource busy";
    case errno.ECANCELED: return "Operation canceled";
    case errno.ECHILD: return "No child processes";
    case errno.EDEADLK: return "Resource deadlock avoided";
    case errno.EDOM: return "Numerical argument out of domain";
    case errno.EDQUOT: return "Disk quota exceeded";
    case errno.EEXIST: return "File exists";
    case errno.EFAULT: return "Bad address";
    case errno.EFBIG: return "File too large";
    case errno.EILSEQ: return "Invalid or incomplete multibyte or wide character";
    case errno.EINTR: return "Interrupted system call";
    case errno.EINVAL: return "Invalid argument";
    case errno.EIO: return "Input/output error";
    case errno.EISDIR: return "Is a directory";
    case errno.ELOOP: return "Too many levels of symbolic links";
    case errno.EMFILE: return "Too many open files";
    case errno.EMLINK: return "Too many links";
    case errno.ENAMETOOLONG: return "File name too long";
    case errno.ENFILE: return "Too many open files in system";
    case errno.ENODEV: return "No such device";
    case errno.ENOENT: return "No such file or directory";
    case errno.ENOEXEC: return "Exec format error";
    case errno.ENOLCK: return "No locks available";
    case errno.ENOMEM: return "Cannot allocate memory";
    case errno.ENOSPC: return "No space left on device";
    case errno.ENOSYS: return "Function not implemented";
    case errno.ENOTDIR: return "Not a directory";
    case errno.ENOTEMPTY: return "Directory not empty";
    case errno.ENOTSUP: return "Operation not supported";
    case errno.ENOTTY: return "Inappropriate ioctl for device";
    case errno.ENXIO: return "No such device or address";
    case errno.EOVERFLOW: return "Value too large for defined data type";
    case errno.EPERM: return "Operation not permitted";
    case errno.EPIPE: return "Broken pipe";
    case errno.ERANGE: return "Numerical result out of range";
    case errno.EROFS: return "Read-only file system";
    case errno.ESPIPE: return "Illegal seek";
    case errno.ESRCH: return "No such process";
    case errno.ESTALE: return "Stale file handle";
    case errno.ETIMEDOUT: return "Connection timed out";
    case errno.ETXTBSY: return "Text file busy";
    case errno.EXDEV: return "Invalid cross-device link";
    case errno.ENOTCAPABLE: return "Capabilities insufficient";
    default: return "Unknown error " + formatSigned(code);
  }
}
