/**
 * What the parameters of a system call mean, one letter each, so that random arguments get past the first checks:
 *
 *   h handle | i pid | s signal | f small flags | c flags of an open | n length or count | v any small number | p address to read | o address to write
 *   D directory | a address of a path, A of a program's, m its length | g address of argument strings, m their length
 *   t address of a structure of this call
 *   (32-bit) | q offset or size, d a time, r rights, e flags (64-bit)
 *
 * A call that is not listed gets the letters of its types: x (32-bit) and y (64-bit), which may mean anything.
 */
const HINTS: Readonly<Record<string, string>> = {
  args_get: "oo",
  clock_time_get: "fdo",
  fd_advise: "hqqf",
  fd_allocate: "hqq",
  fd_close: "h",
  fd_cloexec: "hf",
  fd_dup: "hvfo",
  fd_dup2: "hhf",
  fd_fdstat_get: "ho",
  fd_fdstat_set_flags: "hf",
  fd_fdstat_set_rights: "hrr",
  fd_filestat_get: "ho",
  fd_filestat_set_size: "hq",
  fd_filestat_set_times: "hddf",
  fd_getfd: "ho",
  fd_pipe: "of",
  fd_pread: "hpnqo",
  fd_prestat_dir_name: "hon",
  fd_prestat_get: "ho",
  fd_pwrite: "hpnqo",
  fd_read: "hpno",
  fd_readdir: "honqo",
  fd_renumber: "hh",
  fd_seek: "hqfo",
  fd_stat: "ho",
  fd_tell: "ho",
  fd_write: "hpno",
  fs_mount: "pnam",
  fs_umount: "am",
  host_connect: "pnfo",
  host_post: "pn",
  job_create: "ho",
  job_freeze: "h",
  job_info: "ho",
  job_kill: "h",
  job_set: "hfn",
  job_thaw: "h",
  path_access: "Damf",
  path_chdir: "Dam",
  path_chmod: "Dfamf",
  path_create_directory: "Dam",
  path_filestat_get: "Dfamo",
  path_filestat_set_times: "Dfamddf",
  path_getcwd: "ono",
  path_link: "DfamDam",
  path_open: "Dfamcrrfo",
  path_readlink: "Damono",
  path_realpath: "Damono",
  path_remove_directory: "Dam",
  path_rename: "DamDam",
  path_stat: "Dfamo",
  path_statfs: "Damo",
  path_symlink: "amDam",
  path_unlink_file: "Dam",
  poll_oneoff: "ponO",
  proc_getpgid: "io",
  proc_getsid: "io",
  proc_kill: "is",
  proc_limit: "fvo",
  proc_nice: "ifo",
  proc_raise: "s",
  proc_setpgid: "ii",
  proc_spawn: "Amgmgmto",
  proc_wait: "ifo",
  random_get: "on",
  sched_affinity: "ifo",
  sched_info: "io",
  sched_set: "ifv",
  sig_action: "sfo",
  sig_mask: "vo",
  tty_get: "ho",
  tty_name: "hono",
  tty_set: "hfp",
};

/** One letter for each parameter. */
export function meanings(name: string, parameters: string): string {
  const hint = HINTS[name]?.replace("O", "o");
  if (hint?.length === parameters.length) return hint;
  return [...parameters].map((letter) => (letter === "l" ? "y" : "x")).join("");
}
