/**
 * Numbers of 9P2000.L. Sources: diod's protocol description, Linux's include/net/9p/9p.h for values. Message layouts stand above the
 * handlers (`size[4] type[1] tag[2]` comes before each of them; integers are little-endian, `s` is a u16 length and UTF-8).
 */
export const RLERROR = 7;
export const TSTATFS = 8;
export const TLOPEN = 12;
export const TLCREATE = 14;
export const TSYMLINK = 16;
export const TMKNOD = 18;
export const TRENAME = 20;
export const TREADLINK = 22;
export const TGETATTR = 24;
export const TSETATTR = 26;
export const TXATTRWALK = 30;
export const TXATTRCREATE = 32;
export const TREADDIR = 40;
export const TFSYNC = 50;
export const TLOCK = 52;
export const TGETLOCK = 54;
export const TLINK = 70;
export const TMKDIR = 72;
export const TRENAMEAT = 74;
export const TUNLINKAT = 76;
export const TVERSION = 100;
export const TAUTH = 102;
export const TATTACH = 104;
export const TFLUSH = 108;
export const TWALK = 110;
export const TREAD = 116;
export const TWRITE = 118;
export const TCLUNK = 120;
export const TREMOVE = 122;

export const VERSION_TEXT = "9P2000.L";
export const HEADER_SIZE = 7;
/** Header and count of Rread, Rreaddir. */
export const READ_OVERHEAD = HEADER_SIZE + 4;
/** What Linux takes off `msize` for the largest header of a message with data (P9_IOHDRSZ). */
export const IO_HEADER_SIZE = 24;
export const NOTAG = 0xffff;
export const NOFID = 0xffff_ffff;
export const NO_UID = 0xffff_ffff;
export const WALK_NAMES_MAX = 16;

export const QID_DIRECTORY = 0x80;
export const QID_SYMLINK = 0x02;
export const QID_FILE = 0;

/** Fields up to `blocks`; btime, gen and data_version are not kept. */
export const GETATTR_BASIC = 0x7ff;

export const SETATTR_MODE = 0x1;
export const SETATTR_UID = 0x2;
export const SETATTR_GID = 0x4;
export const SETATTR_SIZE = 0x8;
export const SETATTR_ATIME = 0x10;
export const SETATTR_MTIME = 0x20;
export const SETATTR_ATIME_SET = 0x80;
export const SETATTR_MTIME_SET = 0x100;

export const LOCK_TYPE_READ = 0;
export const LOCK_TYPE_WRITE = 1;
export const LOCK_TYPE_UNLOCK = 2;
export const LOCK_SUCCESS = 0;
export const LOCK_BLOCKED = 1;

/** statfs(2) f_type of 9P (V9FS_MAGIC). */
export const STATFS_MAGIC = 0x01021997;
