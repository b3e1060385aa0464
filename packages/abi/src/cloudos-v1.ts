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
 * jobs (docs/kernel/objects/job.md). `job` and `parent` are handle values with MANAGE, or JOB_SELF: the caller's own, to look only.
 *   job_create(parent, out)   an empty job inside `parent` (JOB_SELF: inside the caller's own)
 *   job_set(job, which, value)   JOB_SHARES (1..10000, default 1024), JOB_CAP (percent of one core, 0 none), JOB_PROCESSES, JOB_MEMORY
 *       (64 KiB pages, 0 none)
 *   job_info(job, out)   JOB struct below
 *   job_freeze(job)   job_thaw(job)   job_kill(job)   all members and the jobs inside
 * scheduling (pid 0: the caller)
 *   sched_set(pid, class, value)   SCHED_NORMAL: value is nice, which only grows; SCHED_REALTIME: value 1 (least) .. 8. EPERM when confined
 *   sched_affinity(pid, mode, mask)   mask: 32 bytes, bit n is core n; AFFINITY_GET, AFFINITY_SET (ENOTSUP when a process that has run would have
 *       to move: a stack is bound to its core), AFFINITY_CHILDREN (for what it starts from now on)
 *   sched_info(pid, out)   SCHED struct below
 * memory objects (man-pages: docs/kernel/objects/vmo.md, pager.md). u64 parameters are bytes, multiples of 4,096 where pages are meant
 * (EINVAL); what lies past the end is ERANGE, memory or the job's limit run out ENOMEM.
 *   vmo_create(size u64, flags, out)   VMO_RESIZABLE; zeros; the size is rounded up to pages
 *   vmo_read(vmo, offset u64, ptr, len)   vmo_write(vmo, offset u64, ptr, len)   all or nothing; up to 64 KiB is one step for all others
 *   vmo_size(vmo, out u64)   vmo_resize(vmo, size u64)   EBUSY: pinned   vmo_info(vmo, out)   INFO struct below
 *   vmo_op(vmo, VMO_OP_*, offset u64, len u64)
 *   vmo_clone(vmo, offset u64, size u64, flags, out)   a snapshot: writes on either side do not show on the other
 *   vmo_map(vmo, offset u64, ptr, len, prot VMO_PROT_*)   a window: the range is copied in to the caller's memory; ptr a multiple of 4,096.
 *       EBUSY: there is a window already
 *   vmo_msync(ptr, len)   what changed in the windows there is written back, and what others have written comes in. EINVAL: no window;
 *       ECANCELED: the handle was revoked
 *   vmo_unmap(ptr)   syncs and ends the window that starts there
 *   fd_vmo(fd, out)   the VMO of an open file, coherent with fd_read and fd_write
 *   pager_create(out)   vmo_create_paged(pager, size u64, key u64, flags, out)   EINVAL: the key is taken
 *   pager_wait(pager, deadline u64 (monotonic ns, 2^64-1 none, 0: EAGAIN), out)   REQUEST struct below. ETIMEDOUT, EINTR
 *   pager_supply(pager, key u64, offset u64, len u64, source vmo, source offset u64)   moves the source's frames; pages there already are kept
 *   pager_fail(pager, key u64, offset u64, len u64, errno)
 *   pager_writeback_begin(pager, key u64, offset u64, out)   two u64: offset and length of the next run of changed pages, length 0: none
 *   pager_writeback_end(pager, key u64, offset u64, len u64, errno)   errno 0: they are at rest
 * handles.  `handle` is a handle value; a descriptor number names streams and files. New handles are close-on-exec. Man-pages: docs/kernel/objects
 *   handle_close(handle)   handle_dup(handle, rights, out)   at most the rights it has, a child of it
 *   handle_revoke(handle)   ends what was derived from it: handles, also in messages, mappings, binds; calls that use one: ECANCELED
 *   handle_info(handle, out)   24 bytes: type u32, rights u32, badge u64, references u32, zero
 *   bootstrap_put(name, handle, rights)   the next proc_spawn gives the child a duplicate under a name (16 bytes, zero-filled)
 *   bootstrap_get(name, out)   what this process was given. ENOENT
 *   call_mask(bits, len, action)   the next child may make the calls whose bits (SYSTEM_CALLS) are set; MASK_REFUSE or MASK_KILL
 *   trace_read(trace, records, most, out)   TRACE_* below; out two u32: records, lost
 * channels, ports, events, timers.  `deadline` u64: monotonic ns, 0 does not wait (EAGAIN), all ones never passes (ETIMEDOUT)
 *   channel_create(out)   two handle values    channel_mint(handle, badge u64, rights, out)
 *   channel_write(handle, ptr, len, handles, count, deadline)   moves up to 16 handles. EPIPE, ELOOP, EMSGSIZE
 *   channel_read(handle, buf, cap, handles, handle_cap, info, deadline)   info, 24 bytes: length u32, handles u32, badge u64, ticket u32, zero
 *   channel_call(handle, CALL)   channel_reply(handle, ticket, ptr, len, handles, count)   ESRCH: the caller has given up
 *   channel_reply_wait(handle, CALL)   answers CALL.ticket, unless 0, and waits for the next message
 *       CALL, 64 bytes: 0 ptr | 4 len | 8 handles | 12 count | 16 buf | 20 cap | 24 handle buf | 28 handle cap | 32 deadline u64
 *       40 length out | 44 handles out | 48 badge out u64 | 56 ticket in and out | 60 zero. channel_call uses the first 48
 *   port_create(out)   port_bind(port, handle, signals, key u64)   EEXIST: the key is taken    port_unbind(port, key u64)
 *   port_queue(port, key u64, data u64)   port_wait(port, deadline, packets, most, count_out)   24 bytes: key u64, signals u32, kind u32, data u64
 *   object_wait(handle, signals, deadline, out)   SIGNAL_* of kernel-interface.ts
 *   event_create(out)   object_signal(handle, clear, set)
 *   futex_wait(vmo, offset u64, expected, deadline)   EAGAIN: it holds something else    futex_wake(vmo, offset u64, most, count_out)
 *   timer_create(out)   timer_set(handle, deadline, period u64 ns)   timer_cancel(handle)
 *   proc_open(pid, out)   a handle to a child: shows SIGNAL_EXITED
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
 *  40 root: directory descriptor or SPAWN_NONE (inherit); with SPAWN_CONFINED the child gets no root or cwd at all
 *  44 with SPAWN_JOB: handle value of the job it starts in, else zero
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
/** Start in the job of offset 44. */
export const SPAWN_JOB = 64;

export const WAIT_NOHANG = 1;
export const WAIT_UNTRACED = 2;
export const WAIT_CONTINUED = 4;
export const WAIT_EXITED = 0;
export const WAIT_SIGNALED = 1;
export const WAIT_STOPPED = 2;
export const WAIT_RESUMED = 3;

/** vmo_create and INFO flags. */
export const VMO_RESIZABLE = 1;
export const VMO_FILE = 2;
export const VMO_PAGED = 4;
/** INFO struct, 40 bytes: 0 size u64 | 8 bytes in memory u64 | 16 of these changed and not yet written back u64 | 24 key u64 | 32 flags u32 |
 *  36 references u32 (handles, mappings, calls under way) */
export const VMO_INFO_SIZE = 40;
/** vmo_op: have the pages in memory; give them back (zeros from then on; ENOTSUP with a pager, EBUSY pinned); write zeros; in
 *  memory and not to be moved until unpinned as often; have a pager, or file system, write back and wait for it. */
export const VMO_OP_COMMIT = 0;
export const VMO_OP_DECOMMIT = 1;
export const VMO_OP_ZERO = 2;
export const VMO_OP_PIN = 3;
export const VMO_OP_UNPIN = 4;
export const VMO_OP_SYNC = 5;
export const VMO_PROT_READ = 1;
export const VMO_PROT_WRITE = 2;
/** REQUEST struct, 32 bytes: 0 op u32 (PAGER_*) | 4 zero | 8 key u64 | 16 offset u64 | 24 length u64 */
export const PAGER_PAGES = 1;
export const PAGER_WRITE_BACK = 2;

export const LIMIT_PROCESSES = 0;
export const LIMIT_MEMORY = 1;

/** JOB struct, 96 bytes: 0 id u32 | 4 parent's id u32 (0: none) | 8 processes u32 (with those of jobs inside) | 12 process limit u32 (0xffffffff none)
 *  16 shares u32 | 20 cap percent u32 | 24 frozen u32 | 28 killed u32 | 32 memory bytes u64 | 40 memory limit bytes u64 (0 none)
 *  48 user us f64 | 56 system us f64 | 64 wait us f64 (runnable, not running) | 72 switches f64; all four with jobs inside and the dead
 *  80 periods in which the cap held it back u32 | 84 jobs inside u32 | 88 zero u64 */
export const JOB_SIZE = 96;
/** Instead of a handle value: the caller's own job. */
export const JOB_SELF = 0xffffffff;
export const JOB_SHARES = 0;
export const JOB_CAP = 1;
export const JOB_PROCESSES = 2;
export const JOB_MEMORY = 3;

/** SCHED struct, 104 bytes: 0 class u32 (SCHED_*) | 4 real-time priority u32 | 8 nice i32 | 12 level u32 (0 highest .. 7) | 16 core u32 | 20 job id u32
 *  24 user us f64 | 32 system us f64 | 40 wait us f64 (runnable, not running) | 48 switches given up freely u32 | 52 taken away u32
 *  56 what it waits for u32 (WCHAN_*) | 60 user ms of children waited for u32 | 64 affinity mask, 32 bytes (all zero: any core)
 *  96 system ms of children waited for u32 | 100 zero */
export const SCHED_SIZE = 104;
export const SCHED_NORMAL = 0;
export const SCHED_REALTIME = 1;
export const WCHAN_NONE = 0;
export const WCHAN_CHILD = 1;
export const WCHAN_TIMER = 2;
export const WCHAN_SERVICE = 3;
export const WCHAN_QUEUE = 4;
export const AFFINITY_GET = 0;
export const AFFINITY_SET = 1;
export const AFFINITY_CHILDREN = 2;
export const AFFINITY_SIZE = 32;

export const FD_CLOEXEC = 1;

/** What a call does that a mask (call_mask) does not allow. */
export const MASK_REFUSE = 1;
export const MASK_KILL = 2;

// Events of the trace (trace_read), as bits of the set a reader asks for. Record, 32 bytes: 0 number | 4 event (index of the bit) u16 | 6 core u16
// 8 time us f64 | 16 pid | 20 a | 24 b | 28 c
export const TRACE_SPAWN = 1; // a = the child's pid
export const TRACE_EXIT = 2; // a = 0 exited 1 signaled, b = code or signal
export const TRACE_DUPLICATE = 4; // a = handle, b = rights, c = new handle
export const TRACE_REVOKE = 8; // a = handle, b = handles, messages, mappings and binds that ended
export const TRACE_SEND = 16; // a = handle, b = bytes, c = handles moved
export const TRACE_CALL = 32; // the same, for a synchronous call
export const TRACE_VIOLATION = 64; // a = number of the system call, b = MASK_*
export const TRACE_ALL = 127;

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
