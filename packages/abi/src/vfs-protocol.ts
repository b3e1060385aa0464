/**
 * Kernel <-> file service protocol. The kernel fills a request slot, queues it and parks the fiber; the service
 * (its own kernel instance, agent AGENT_VFS) takes it with `vfs_next`, does the work, writes the reply fields in
 * place and calls `vfs_complete(slot)`, which wakes the fiber. Replies may come in any order.
 *
 * A *node id* (u64) names an inode for as long as the machine is up: mount id in bits 48..63, inode number in
 * bits 0..47. Inode numbers of CloudFS are those on disk, so ids survive a restart of the service. Node id 0 is "none".
 *
 * Who owns what: the service owns names, directories, metadata at rest and the bytes on disk. The kernel owns
 * the page cache: one vnode with one VMO per open (or cached) regular file. While a vnode is cached, *size and
 * mtime in the kernel are the truth*; the service pulls them when it writes back. The kernel overlays them on STAT replies.
 *
 * Slot header (offsets in bytes; u64 fields 8-aligned):
 */
//   request                                                    reply
export const SLOT_O_STATE = 0; //   u32 SLOT_* (kernel and service)
export const SLOT_O_OP = 4; //      u32 VFS_*
export const SLOT_O_ERRNO = 8; //   -                               u32 errno (positive, 0 = ok)
export const SLOT_O_PID = 12; //    u32 caller
export const SLOT_O_NODE = 16; //   u64 base dir or subject         u64 resulting node
export const SLOT_O_NODE2 = 24; //  u64 second base dir             u64 orphaned node (unlink/rename: last link gone) or 0
export const SLOT_O_ROOT = 32; //   u64 the walk may not leave this dir (the preopen's own node, or the process root)
export const SLOT_O_ROOT2 = 40; //  u64 the same for path 2
export const SLOT_O_FLAGS = 48; //  u32 WALK_* | op specific        u32 reply flags (REPLY_*)
export const SLOT_O_OFLAGS = 52; // u32 WASI oflags
export const SLOT_O_FDFLAGS = 56; // u32 WASI fdflags
export const SLOT_O_MODE = 60; //   u32 permission bits to create with
export const SLOT_O_LEN1 = 64; //   u32 bytes in buffer 1            u32 bytes put in buffer 1
export const SLOT_O_LEN2 = 68; //   u32 bytes in buffer 2            u32 bytes put in buffer 2
export const SLOT_O_COOKIE = 72; // u64 readdir cookie (0 = start)
export const SLOT_O_PAGE = 80; //   u32 first page index (PAGE_IN)
export const SLOT_O_COUNT = 84; //  u32 pages wanted (<= VFS_PAGES_MAX)
export const SLOT_O_ATIME = 88; //  u64 ns since the epoch            u64
export const SLOT_O_MTIME = 96; //  u64                               u64
export const SLOT_O_CTIME = 104; //                                   u64
export const SLOT_O_SIZE = 112; //  u64 (truncate)                    u64
export const SLOT_O_NLINK = 120; //                                   u64
export const SLOT_O_TYPE = 128; //                                    u32 WASI filetype
export const SLOT_O_RMODE = 132; //                                   u32 permission bits (07777)
export const SLOT_O_UID = 136; //                                     u32
export const SLOT_O_GID = 140; //                                     u32
export const SLOT_O_DEV = 144; //                                     u64 mount id
export const SLOT_O_DEVICE = 152; //                                  u32 DEVICE_* when type is a character device
export const SLOT_O_FSTFLAGS = 156; // u32 WASI fstflags (SETTIMES)
export const SLOT_O_MODULE = 160; //                                  u32 module id (EXEC)
export const SLOT_O_NEXT = 164; //  kernel's own (queue link)
export const SLOT_O_FIBER = 168; // kernel's own
export const SLOT_O_BLOCKS = 176; //                                  u64 512-byte blocks allocated (STAT), or STATFS fields:
export const SLOT_O_FS_TOTAL = 184; //                                u64 bytes
export const SLOT_O_FS_FREE = 192; //                                 u64 bytes
export const SLOT_O_FS_FILES = 200; //                                u64
export const SLOT_O_FS_FFREE = 208; //                                u64
export const SLOT_O_FRAMES = 256; // u32[VFS_PAGES_MAX] frame addresses to fill (PAGE_IN)
export const VFS_PAGES_MAX = 64;
export const SLOT_O_BUF1 = 1024; // path 1; READDIR and READLINK and REALPATH output; EXEC: interpreter path
export const SLOT_O_BUF2 = 5120; // path 2 / symlink target; EXEC: interpreter argument
export const SLOT_BUF_SIZE = 4096;

export const SLOT_FREE = 0;
export const SLOT_QUEUED = 1;
export const SLOT_TAKEN = 2;
export const SLOT_DONE = 3;

// --- walk flags (SLOT_O_FLAGS of a request) -----------------------------------------------------------------------
/** Follow a symlink in the last component. */
export const WALK_FOLLOW = 1;
/** `..`, absolute paths and symlinks may not leave ROOT (ENOTCAPABLE). Without it an absolute path starts at ROOT and `..` stops there. */
export const WALK_CONFINED = 2;
/** Implicit "." preopen beside "/": if the first component is missing in NODE but present in ROOT, resolve from ROOT
 *  (wasi-libc strips the leading slash before it picks a preopen, so the two cases look alike). */
export const WALK_CWD_THEN_ROOT = 4;
/** EXEC: when the path has no slash, search /bin:/usr/bin. */
export const WALK_SEARCH = 8;
/** Same meaning as WALK_FOLLOW for path 2's base (NODE2/ROOT2 confined). */
export const WALK_CONFINED2 = 16;
export const WALK_CWD_THEN_ROOT2 = 32;
/** OPEN: what the descriptor will be used for; the service checks the permission bits (EACCES, EROFS, EISDIR). */
export const OPEN_READ = 64;
export const OPEN_WRITE = 128;

// --- operations ---------------------------------------------------------------------------------------------------
/** NODE, path -> resolves or creates per OFLAGS; reply NODE TYPE SIZE times MODE DEVICE. The service does not count opens.
 *  OFLAGS_TRUNC is carried out by the kernel on its vnode after the reply (the service checks permission only). */
export const VFS_OPEN = 1;
/** NODE (+ path if LEN1 > 0) -> all stat fields. */
export const VFS_STAT = 2;
export const VFS_SET_TIMES = 3; // NODE (+ path), FSTFLAGS ATIME MTIME
export const VFS_CHMOD = 4; // NODE (+ path), MODE
export const VFS_MKDIR = 5;
export const VFS_RMDIR = 6;
export const VFS_UNLINK = 7; // reply NODE2 = orphaned node when the last link went
export const VFS_RENAME = 8; // path1 at NODE -> path2 at NODE2; reply NODE2 = orphaned target
export const VFS_LINK = 9; // path1 at NODE -> new path2 at NODE2
export const VFS_SYMLINK = 10; // buffer 2 = target text, path1 at NODE = where
export const VFS_READLINK = 11; // reply text in buffer 1
/** Reply: packed records in buffer 1 then buffer 2 (one 8 KiB run), LEN1 = total bytes; each record is WASI `dirent`
 *  (u64 next cookie, u64 inode, u32 name length, u8 type, 3 pad) + name, never split. LEN1 = 0 is the end.
 *  Cookies stay valid while entries come and go. "." and ".." are included. */
export const VFS_READDIR = 12;
/** Fill FRAMES[0..COUNT) with pages PAGE.. of NODE; bytes past the end of the file are zeroed by the service. */
export const VFS_PAGE_IN = 13;
export const VFS_FSYNC = 14; // NODE: pull dirty pages, commit
export const VFS_SYNC = 15; // everything
export const VFS_STATFS = 16;
/** NODE is orphaned and nobody has it open any more: free it. No reply is read (fire and forget). */
export const VFS_RELEASE = 17;
/** Path of an executable -> MODULE (an id `ModuleService.get` understands) and NODE, or for a script REPLY_SCRIPT with
 *  the interpreter in buffer 1 and its one argument in buffer 2 (a script found by search: argument, NUL, the path it was found at;
 *  LEN2 counts both); errors ENOENT EACCES EISDIR ENOEXEC.
 *  LEN2 > 0 on the request: buffer 2 holds PATH to search. Reply when found by search: not echoed; NODE suffices. */
export const VFS_EXEC = 18;
export const VFS_REALPATH = 19; // NODE (a directory; + path, of anything) -> absolute path in buffer 1, links resolved
/** NODE (+ path) must be a directory the caller may enter -> NODE. */
export const VFS_CHDIR = 20;
export const VFS_MOUNT = 21; // buffer 2 = "type\0source\0options", path1 = mount point
export const VFS_UMOUNT = 22;
/** Reserve or punch nothing: fd_allocate checks space only. */
export const VFS_ALLOCATE = 23;
export const VFS_ACCESS = 24;

// --- reply flags ---------------------------------------------------------------------------------------------------
export const REPLY_SCRIPT = 1;
/** The vnode's pages are the only copy (tmpfs): never reclaim them; the service never asks for them back. */
export const REPLY_PINNED = 2;
/** Do not cache pages beyond this open (procfs: content is generated per open under a fresh node id; RELEASE when closed). */
export const REPLY_VOLATILE = 4;
export const REPLY_READ_ONLY = 8;
/** OPEN created the file. */
export const REPLY_CREATED = 16;

// --- character devices: the kernel implements them, the service only names them --------------------------------------
export const DEVICE_NULL = 1;
export const DEVICE_ZERO = 2;
export const DEVICE_FULL = 3;
export const DEVICE_RANDOM = 4;
export const DEVICE_URANDOM = 5;
/** The caller's controlling terminal. */
export const DEVICE_TTY = 6;
/**
 * Devices whose drivers are the host's (device.ts), by their number there: every open gets a host ring of its own and the host an
 * EVENT_DEVICE. Programs read a source and write a sink.
 */
export const DEVICE_SOURCE_BASE = 1024;
export const DEVICE_SINK_BASE = 2048;
/** /dev/fd/N and /dev/stdin...: duplicate descriptor DEVICE - DEVICE_FD_BASE of the caller. */
export const DEVICE_FD_BASE = 4096;
