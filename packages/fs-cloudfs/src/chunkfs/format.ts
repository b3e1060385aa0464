/**
 * A chunk tree's file, version 1: a directory tree in fixed-size records, read in place, so that a mount parses nothing. The bytes are
 * described in docs/cloudfs/CHUNKTREE.md; all integers are little-endian.
 *
 *   header | inodes | entries | extents | chunks | heap | hash
 */
/** "CTRE" as a little-endian u32. */
export const TREE_MAGIC = 0x45525443;
export const TREE_VERSION = 1;

//   0 magic u32 | 4 version u32 | 8 chunk bytes u32 | 12 inodes u32 | 16 entries u32 | 20 extents u32 | 24 chunks u32 | 28 heap bytes u32
//  32 bytes of all files u64 | 40 zero
export const HEADER_SIZE = 48;
export const H_CHUNK_BYTES = 8;
export const H_INODES = 12;
export const H_ENTRIES = 16;
export const H_EXTENTS = 20;
export const H_CHUNKS = 24;
export const H_HEAP = 28;
export const H_TOTAL = 32;

//   0 type u8 | 1 zero | 2 mode u16 | 4 uid u32 | 8 gid u32 | 12 links u32 | 16 size u64 | 24 mtime i64 ns | 32 first u32 | 36 count u32
//  40 rdev u32 | 44 xattrs u32 | 48 parent u32 | 52 own entry u32
export const INODE_SIZE = 56;
export const I_TYPE = 0;
export const I_MODE = 2;
export const I_UID = 4;
export const I_GID = 8;
export const I_LINKS = 12;
export const I_SIZE = 16;
export const I_MTIME = 24;
/** Directories: entries. Files: extents. Symbolic links: offset and length of the text in the heap. */
export const I_FIRST = 32;
export const I_COUNT = 36;
export const I_RDEV = 40;
/** Offset in the heap plus 1; 0: none. */
export const I_XATTRS = 44;
/** Directories: inode number of the parent, smaller than their own, and index of their entry there. */
export const I_PARENT = 48;
export const I_ENTRY = 52;

//   0 name u32 (offset in the heap) | 4 inode u32 | 8 name length u16 | 10 type u8 | 11 zero
export const ENTRY_SIZE = 12;
//   0 chunk u32 | 4 offset in the chunk u32 | 8 length u32
export const EXTENT_SIZE = 12;
/** An extent without a chunk: zeros. */
export const NO_CHUNK = 0xffff_ffff;
//   0 SHA-256 of the decoded bytes | 32 decoded size u32 | 36 stored size u32 | 40 encoding u32 | 44 zero
export const CHUNK_SIZE = 48;
export const CHUNK_IDENTITY = 0;
export const CHUNK_GZIP = 1;

export const HASH_SIZE = 4;
export const ROOT_INO = 1;

/**
 * Bytes of a file per chunk, and the most small files packed into one. Half of it would double the requests of a cold boot, twice of it
 * the time from a click into a large program to its first page.
 */
export const DEFAULT_CHUNK_BYTES = 128 * 1024;
/** Bounds what one read may have to fetch and hold. */
export const CHUNK_BYTES_MAX = 1024 * 1024;
