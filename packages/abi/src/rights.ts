/** Rights of a handle. The low 30 bits are WASI preview 1's own rights (`rights` flags in the witx). */
export const RIGHT_FD_DATASYNC = 1 << 0;
export const RIGHT_FD_READ = 1 << 1;
export const RIGHT_FD_SEEK = 1 << 2;
export const RIGHT_FD_FDSTAT_SET_FLAGS = 1 << 3;
export const RIGHT_FD_SYNC = 1 << 4;
export const RIGHT_FD_TELL = 1 << 5;
export const RIGHT_FD_WRITE = 1 << 6;
export const RIGHT_FD_ADVISE = 1 << 7;
export const RIGHT_FD_ALLOCATE = 1 << 8;
export const RIGHT_PATH_CREATE_DIRECTORY = 1 << 9;
export const RIGHT_PATH_CREATE_FILE = 1 << 10;
export const RIGHT_PATH_LINK_SOURCE = 1 << 11;
export const RIGHT_PATH_LINK_TARGET = 1 << 12;
export const RIGHT_PATH_OPEN = 1 << 13;
export const RIGHT_FD_READDIR = 1 << 14;
export const RIGHT_PATH_READLINK = 1 << 15;
export const RIGHT_PATH_RENAME_SOURCE = 1 << 16;
export const RIGHT_PATH_RENAME_TARGET = 1 << 17;
export const RIGHT_PATH_FILESTAT_GET = 1 << 18;
export const RIGHT_PATH_FILESTAT_SET_SIZE = 1 << 19;
export const RIGHT_PATH_FILESTAT_SET_TIMES = 1 << 20;
export const RIGHT_FD_FILESTAT_GET = 1 << 21;
export const RIGHT_FD_FILESTAT_SET_SIZE = 1 << 22;
export const RIGHT_FD_FILESTAT_SET_TIMES = 1 << 23;
export const RIGHT_PATH_SYMLINK = 1 << 24;
export const RIGHT_PATH_REMOVE_DIRECTORY = 1 << 25;
export const RIGHT_PATH_UNLINK_FILE = 1 << 26;
export const RIGHT_POLL_FD_READWRITE = 1 << 27;
export const RIGHT_SOCK_SHUTDOWN = 1 << 28;
export const RIGHT_SOCK_ACCEPT = 1 << 29;
/** CloudOS's own: the handle may be duplicated / handed to another process. */
export const RIGHT_DUPLICATE = 1 << 30;

// Rights of kernel objects (OBJECT_CHANNEL and up). READ, WRITE and DUPLICATE are the bits above; these reuse bits that mean
// only PATH_* for directories.
export const RIGHT_READ = RIGHT_FD_READ;
export const RIGHT_WRITE = RIGHT_FD_WRITE;
/** The handle may be moved in a message. Streams and files need DUPLICATE for that. */
export const RIGHT_TRANSFER = 1 << 9;
/** object_wait, port_bind, poll_oneoff. */
export const RIGHT_WAIT = 1 << 10;
/** object_signal, timer_set, port_queue. */
export const RIGHT_SIGNAL = 1 << 11;
export const RIGHT_MAP = 1 << 12;
/** Change what the object is: mint badges, set limits, resize. */
export const RIGHT_MANAGE = 1 << 13;
export const RIGHTS_ALL_OBJECT = 0x40003e42;

export const RIGHTS_ALL_FILE = 0x08e001ff | 0x40000000;
/** What means something for a directory: PATH_*, FD_READDIR, sync, flags, stat and times. */
export const RIGHTS_ALL_DIRECTORY = 0x07bffe19 | 0x40000000;
export const RIGHTS_ALL_WASI = 0x3fffffff;
