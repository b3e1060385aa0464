/**
 * `cloudos_v1`: what programs get beside WASI preview 1. Import module "cloudos_v1"; every function returns a WASI
 * errno (0 = success) as i32 and writes results through pointers into the caller's memory; bad pointers give EFAULT.
 * All pointers and lengths are u32. Strings are byte strings, not NUL-terminated unless said.
 *
 * Functions (name: parameters):
 *
 * processes
 *   proc_spawn(path, path_len, argv, argv_len, env, env_len, attr, pid_out)
 *       argv and env are blocks of NUL-terminated strings, `*_len` bytes in all. `attr` 0 or a SPAWN struct below.
 *       The child inherits every descriptor that is not close-on-exec (with its number), then the fd map is applied.
 *       Returns once the program is loaded: ENOENT, EACCES, EISDIR, ENOEXEC (not Wasm and no #!), E2BIG,
 *       EAGAIN (process limit), ENOMEM. For load errors with a story (unknown import, own shared memory, too much
 *       memory) the story is written to the child's descriptor 2 and the errno is ENOEXEC or ENOMEM.
 *   proc_wait(pid, options, status_out)   pid > 0 that child, -1 any, 0 own group, < -1 group -pid. WAIT struct (16 bytes:
 *       i32 pid (0: WNOHANG and nothing), u32 kind WAIT_*, u32 code or signal, u32 cpu ms). ECHILD, EINTR.
 *   proc_kill(pid, signal)   0 tests; pid 0 own group, < -1 group -pid, -1 everything one may signal. ESRCH, EPERM, EINVAL.
 *   proc_getpid() -> pid, proc_getppid() -> pid (plain results, no errno)
 *   proc_getpgid(pid, out)  proc_setpgid(pid, pgid)  proc_setsid(out)  proc_getsid(pid, out)
 *   proc_limit(which, new_value_or_minus_1, old_out)   LIMIT_PROCESSES, LIMIT_MEMORY (64 KiB pages); only downwards
 *   proc_nice(pid, delta, out)
 *   sig_action(signal, disposition, old_out)   SIG_DFL SIG_IGN SIG_QUEUE. SIGKILL, SIGSTOP: EINVAL. IGN is inherited, QUEUE becomes DFL.
 *   sig_take() -> signal number, lowest first, or 0 (plain result)
 *   sig_mask(set, old_out)   bit n-1 = signal n: deliver later
 * descriptors
 *   fd_pipe(fds_out, flags)   two u32: read end, write end; flags CLOEXEC
 *   fd_dup(fd, at_least, flags, out)   fd_dup2(from, to, flags)
 *   fd_cloexec(fd, set)   set 0, 1, or 2 to ask only: returns errno; fd_getfd(fd, out) gives flags
 *   fd_stat(fd, out)   STAT struct below
 * terminals (ENOTTY elsewhere)
 *   tty_get(fd, termios_out)   tty_set(fd, when, termios)   TERMIOS struct below; when 0 now, 1 drain, 2 flush input
 *   tty_winsize(fd, out)   two u32 columns, rows    tty_set_winsize(fd, cols, rows)
 *   tty_getpgrp(fd, out)   tty_setpgrp(fd, pgid)   tty_name(fd, buf, len, len_out)
 * names.  `dirfd` may be AT_CWD: relative to the process's cwd, absolute from its root, `..` allowed (ENOTCAPABLE when it has
 * no root). The WASI path_* functions take AT_CWD too.
 *   path_chdir(dirfd, path, len)   path_getcwd(buf, len, len_out)   ERANGE when short
 *   path_stat(dirfd, flags, path, len, out)   flags LOOKUP_SYMLINK_FOLLOW
 *   path_chmod(dirfd, flags, path, len, mode)   path_access(dirfd, path, len, mode)   mode bits R 4 W 2 X 1
 *   path_realpath(dirfd, path, len, buf, buf_len, len_out)
 *   path_statfs(dirfd, path, len, out)   five u64: total bytes, free bytes, files, free files, block size
 *   fs_sync()   fs_mount(type\0source\0options.., spec_len, target, target_len)   fs_umount(target, len)
 * system
 *   sys_uname(buf, len, len_out)   "sysname\0nodename\0release\0version\0machine\0"
 *   host_post(ptr, len)   hand a JSON text to the page ({"type":"download","path":"/abs/path"} ...): at most 64 KiB; ENOTSUP without a host
 *   host_connect(ptr, len, flags, fds_out)   a stream each way to the page: two u32, read end and write end; the text (as host_post's)
 *       says what for. The page sees the end of the stream when every descriptor of an end is closed. ENOTSUP without a host
 */

export const AT_CWD = 0xffffff9c; // -100 as u32

/** SPAWN attributes, 48 bytes:
 *  0 flags u32 (SPAWN_*) | 4 pgid u32 (with SETPGROUP: 0 = child's own) | 8 fd map ptr | 12 fd map entries
 *  16 cwd: directory descriptor or SPAWN_NONE | 20 memory limit in 64 KiB pages, 0 = inherit | 24 tty descriptor for FOREGROUND
 *  28 bit set of signals reset to SIG_DFL | 32 bit set of signals set to SIG_IGN | 36 process limit, 0 = inherit
 *  40 root: directory descriptor or SPAWN_NONE (inherit); with SPAWN_CONFINED the child gets no root or cwd at all | 44 zero
 *  fd map entry, 8 bytes: child descriptor u32, parent descriptor u32 (SPAWN_NONE closes it). Applied as if simultaneous. */
export const SPAWN_SIZE = 48;
export const SPAWN_NONE = 0xffffffff;
export const SPAWN_SETPGROUP = 1;
/** Make the child's group the terminal's foreground group before it runs. */
export const SPAWN_FOREGROUND = 2;
/** Search PATH (of the child's environment) when the path has no slash. */
export const SPAWN_SEARCH = 4;
export const SPAWN_SETSID = 8;
export const SPAWN_CONFINED = 16;
/** Close all descriptors that the fd map does not name. */
export const SPAWN_CLEARFDS = 32;

export const WAIT_NOHANG = 1;
export const WAIT_UNTRACED = 2;
export const WAIT_CONTINUED = 4;
export const WAIT_EXITED = 0;
export const WAIT_SIGNALED = 1;
export const WAIT_STOPPED = 2;
export const WAIT_RESUMED = 3;

export const LIMIT_PROCESSES = 0;
export const LIMIT_MEMORY = 1;

export const FD_CLOEXEC = 1;

/** STAT struct, 104 bytes:
 *  0 dev u64 | 8 ino u64 | 16 type u32 (WASI filetype) | 20 mode u32 (07777) | 24 nlink u64 | 32 uid u32 | 36 gid u32 | 40 size u64
 *  48 blocks u64 (512 B) | 56 atim u64 ns | 64 mtim u64 | 72 ctim u64 | 80 device u32 | 84 object u32 (OBJECT_*: a pipe or a tty has
 *  type CHARACTER_DEVICE or UNKNOWN in WASI) | 88 node u64 | 96 block size u32 | 100 zero */
export const STAT_SIZE = 104;

/** TERMIOS struct, 48 bytes: 0 iflag u32 | 4 oflag u32 | 8 lflag u32 | 12 zero | 16 control characters u8[32] (VINTR..). */
export const TERMIOS_SIZE = 48;
export const TERMIOS_O_CC = 16;
export const TTY_ICRNL = 1; // iflag
export const TTY_INLCR = 2;
export const TTY_IGNCR = 4;
export const TTY_IXON = 8;
export const TTY_IUTF8 = 16;
export const TTY_OPOST = 1; // oflag
export const TTY_ONLCR = 2;
export const TTY_ISIG = 1; // lflag
export const TTY_ICANON = 2;
export const TTY_ECHO = 4;
export const TTY_ECHOE = 8;
export const TTY_ECHOK = 16;
export const TTY_ECHOCTL = 32;
export const TTY_TOSTOP = 64;
export const TTY_NOFLSH = 128;
export const TTY_IEXTEN = 256;
export const VINTR = 0; // ^C
export const VQUIT = 1; // ^\
export const VERASE = 2; // DEL
export const VKILL = 3; // ^U
export const VEOF = 4; // ^D
export const VSUSP = 5; // ^Z
export const VEOL = 6;
export const VWERASE = 7; // ^W
export const VLNEXT = 8; // ^V
export const VSTART = 9; // ^Q
export const VSTOP = 10; // ^S
export const VREPRINT = 11; // ^R
/** Raw mode: fewest bytes a read waits for, and tenths of a second. */
export const VMIN = 12;
export const VTIME = 13;
