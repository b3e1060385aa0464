/** Imports from `wasi_snapshot_preview1`. Pointers are addresses in this program's memory; every result is an errno. */

@external("wasi_snapshot_preview1", "args_sizes_get")
export declare function args_sizes_get(count: usize, size: usize): u32;
@external("wasi_snapshot_preview1", "args_get")
export declare function args_get(argv: usize, buffer: usize): u32;
@external("wasi_snapshot_preview1", "environ_sizes_get")
export declare function environ_sizes_get(count: usize, size: usize): u32;
@external("wasi_snapshot_preview1", "environ_get")
export declare function environ_get(environ: usize, buffer: usize): u32;

@external("wasi_snapshot_preview1", "clock_time_get")
export declare function clock_time_get(clock: u32, precision: u64, out: usize): u32;
@external("wasi_snapshot_preview1", "clock_res_get")
export declare function clock_res_get(clock: u32, out: usize): u32;
@external("wasi_snapshot_preview1", "random_get")
export declare function random_get(buffer: usize, length: usize): u32;
@external("wasi_snapshot_preview1", "sched_yield")
export declare function sched_yield(): u32;
@external("wasi_snapshot_preview1", "proc_exit")
export declare function proc_exit(status: u32): void;
@external("wasi_snapshot_preview1", "poll_oneoff")
export declare function poll_oneoff(subscriptions: usize, events: usize, count: usize, out: usize): u32;

@external("wasi_snapshot_preview1", "fd_read")
export declare function fd_read(fd: u32, iovs: usize, count: usize, out: usize): u32;
@external("wasi_snapshot_preview1", "fd_pread")
export declare function fd_pread(fd: u32, iovs: usize, count: usize, offset: u64, out: usize): u32;
@external("wasi_snapshot_preview1", "fd_write")
export declare function fd_write(fd: u32, iovs: usize, count: usize, out: usize): u32;
@external("wasi_snapshot_preview1", "fd_seek")
export declare function fd_seek(fd: u32, offset: i64, whence: u32, out: usize): u32;
@external("wasi_snapshot_preview1", "fd_close")
export declare function fd_close(fd: u32): u32;
@external("wasi_snapshot_preview1", "fd_sync")
export declare function fd_sync(fd: u32): u32;
@external("wasi_snapshot_preview1", "fd_datasync")
export declare function fd_datasync(fd: u32): u32;
@external("wasi_snapshot_preview1", "fd_prestat_get")
export declare function fd_prestat_get(fd: u32, out: usize): u32;
@external("wasi_snapshot_preview1", "fd_fdstat_get")
export declare function fd_fdstat_get(fd: u32, out: usize): u32;
@external("wasi_snapshot_preview1", "fd_fdstat_set_flags")
export declare function fd_fdstat_set_flags(fd: u32, flags: u32): u32;
@external("wasi_snapshot_preview1", "fd_filestat_set_size")
export declare function fd_filestat_set_size(fd: u32, size: u64): u32;
@external("wasi_snapshot_preview1", "fd_filestat_set_times")
export declare function fd_filestat_set_times(fd: u32, atim: u64, mtim: u64, flags: u32): u32;
@external("wasi_snapshot_preview1", "fd_readdir")
export declare function fd_readdir(fd: u32, buffer: usize, length: usize, cookie: u64, out: usize): u32;

@external("wasi_snapshot_preview1", "path_open")
export declare function path_open(
  dirfd: u32,
  lookup: u32,
  path: usize,
  pathLength: usize,
  oflags: u32,
  rights: u64,
  inheriting: u64,
  fdflags: u32,
  out: usize,
): u32;
@external("wasi_snapshot_preview1", "path_create_directory")
export declare function path_create_directory(dirfd: u32, path: usize, length: usize): u32;
@external("wasi_snapshot_preview1", "path_remove_directory")
export declare function path_remove_directory(dirfd: u32, path: usize, length: usize): u32;
@external("wasi_snapshot_preview1", "path_unlink_file")
export declare function path_unlink_file(dirfd: u32, path: usize, length: usize): u32;
@external("wasi_snapshot_preview1", "path_rename")
export declare function path_rename(
  fromDir: u32,
  from: usize,
  fromLength: usize,
  toDir: u32,
  to: usize,
  toLength: usize,
): u32;
@external("wasi_snapshot_preview1", "path_link")
export declare function path_link(
  fromDir: u32,
  lookup: u32,
  from: usize,
  fromLength: usize,
  toDir: u32,
  to: usize,
  toLength: usize,
): u32;
@external("wasi_snapshot_preview1", "path_symlink")
export declare function path_symlink(
  target: usize,
  targetLength: usize,
  dirfd: u32,
  path: usize,
  length: usize,
): u32;
@external("wasi_snapshot_preview1", "path_readlink")
export declare function path_readlink(
  dirfd: u32,
  path: usize,
  length: usize,
  buffer: usize,
  capacity: usize,
  out: usize,
): u32;
@external("wasi_snapshot_preview1", "path_filestat_set_times")
export declare function path_filestat_set_times(
  dirfd: u32,
  lookup: u32,
  path: usize,
  length: usize,
  atim: u64,
  mtim: u64,
  flags: u32,
): u32;
