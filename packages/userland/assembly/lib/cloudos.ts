/** Imports from `cloudos_v1` (packages/abi/src/cloudos-v1.ts says what each does). Results are errnos unless noted. */
import { AT_CWD as AT_CWD_CONSTANT } from "../../../abi/src/cloudos-v1";

/** Directory descriptor that means "relative to the working directory". */
export const AT_CWD: u32 = <u32>AT_CWD_CONSTANT;

@external("cloudos_v1", "proc_spawn")
export declare function proc_spawn(
  path: usize,
  pathLength: usize,
  argv: usize,
  argvLength: usize,
  env: usize,
  envLength: usize,
  attributes: usize,
  pidOut: usize,
): u32;
@external("cloudos_v1", "proc_wait")
export declare function proc_wait(pid: i32, options: u32, statusOut: usize): u32;
@external("cloudos_v1", "proc_kill")
export declare function proc_kill(pid: i32, signal: u32): u32;
/** Plain result: the pid. */
@external("cloudos_v1", "proc_getpid")
export declare function proc_getpid(): i32;
/** Plain result: the parent's pid. */
@external("cloudos_v1", "proc_getppid")
export declare function proc_getppid(): i32;
@external("cloudos_v1", "proc_getpgid")
export declare function proc_getpgid(pid: i32, out: usize): u32;
@external("cloudos_v1", "proc_setpgid")
export declare function proc_setpgid(pid: i32, pgid: i32): u32;
@external("cloudos_v1", "proc_setsid")
export declare function proc_setsid(out: usize): u32;
@external("cloudos_v1", "proc_getsid")
export declare function proc_getsid(pid: i32, out: usize): u32;
@external("cloudos_v1", "proc_limit")
export declare function proc_limit(which: u32, value: i32, oldOut: usize): u32;
@external("cloudos_v1", "proc_nice")
export declare function proc_nice(pid: i32, delta: i32, out: usize): u32;

@external("cloudos_v1", "sig_action")
export declare function sig_action(signal: u32, disposition: u32, oldOut: usize): u32;
/** Plain result: the lowest queued signal, or 0. */
@external("cloudos_v1", "sig_take")
export declare function sig_take(): u32;
@external("cloudos_v1", "sig_mask")
export declare function sig_mask(set: u32, oldOut: usize): u32;

@external("cloudos_v1", "fd_pipe")
export declare function fd_pipe(fdsOut: usize, flags: u32): u32;
@external("cloudos_v1", "fd_dup")
export declare function fd_dup(fd: u32, atLeast: u32, flags: u32, out: usize): u32;
@external("cloudos_v1", "fd_dup2")
export declare function fd_dup2(from: u32, to: u32, flags: u32): u32;
@external("cloudos_v1", "fd_cloexec")
export declare function fd_cloexec(fd: u32, set: u32): u32;
@external("cloudos_v1", "fd_getfd")
export declare function fd_getfd(fd: u32, out: usize): u32;
@external("cloudos_v1", "fd_stat")
export declare function fd_stat(fd: u32, out: usize): u32;

@external("cloudos_v1", "tty_get")
export declare function tty_get(fd: u32, termiosOut: usize): u32;
@external("cloudos_v1", "tty_set")
export declare function tty_set(fd: u32, when: u32, termios: usize): u32;
@external("cloudos_v1", "tty_winsize")
export declare function tty_winsize(fd: u32, out: usize): u32;
@external("cloudos_v1", "tty_set_winsize")
export declare function tty_set_winsize(fd: u32, columns: u32, rows: u32): u32;
@external("cloudos_v1", "tty_getpgrp")
export declare function tty_getpgrp(fd: u32, out: usize): u32;
@external("cloudos_v1", "tty_setpgrp")
export declare function tty_setpgrp(fd: u32, pgid: i32): u32;
@external("cloudos_v1", "tty_name")
export declare function tty_name(fd: u32, buffer: usize, capacity: usize, lengthOut: usize): u32;

@external("cloudos_v1", "path_chdir")
export declare function path_chdir(dirfd: u32, path: usize, length: usize): u32;
@external("cloudos_v1", "path_getcwd")
export declare function path_getcwd(buffer: usize, capacity: usize, lengthOut: usize): u32;
@external("cloudos_v1", "path_stat")
export declare function path_stat(dirfd: u32, flags: u32, path: usize, length: usize, out: usize): u32;
@external("cloudos_v1", "path_chmod")
export declare function path_chmod(dirfd: u32, flags: u32, path: usize, length: usize, mode: u32): u32;
@external("cloudos_v1", "path_access")
export declare function path_access(dirfd: u32, path: usize, length: usize, mode: u32): u32;
@external("cloudos_v1", "path_realpath")
export declare function path_realpath(
  dirfd: u32,
  path: usize,
  length: usize,
  buffer: usize,
  capacity: usize,
  lengthOut: usize,
): u32;
@external("cloudos_v1", "path_statfs")
export declare function path_statfs(dirfd: u32, path: usize, length: usize, out: usize): u32;
@external("cloudos_v1", "fs_sync")
export declare function fs_sync(): u32;
@external("cloudos_v1", "fs_mount")
export declare function fs_mount(spec: usize, specLength: usize, target: usize, targetLength: usize): u32;
@external("cloudos_v1", "fs_umount")
export declare function fs_umount(target: usize, length: usize): u32;

@external("cloudos_v1", "sys_uname")
export declare function sys_uname(buffer: usize, capacity: usize, lengthOut: usize): u32;
@external("cloudos_v1", "host_post")
export declare function host_post(text: usize, length: usize): u32;
@external("cloudos_v1", "host_connect")
export declare function host_connect(text: usize, length: usize, flags: u32, fdsOut: usize): u32;

@external("cloudos_v1", "job_create")
export declare function job_create(parent: u32, out: usize): u32;
@external("cloudos_v1", "job_set")
export declare function job_set(job: u32, which: u32, value: u32): u32;
@external("cloudos_v1", "job_info")
export declare function job_info(job: u32, out: usize): u32;
@external("cloudos_v1", "job_freeze")
export declare function job_freeze(job: u32): u32;
@external("cloudos_v1", "job_thaw")
export declare function job_thaw(job: u32): u32;
@external("cloudos_v1", "job_kill")
export declare function job_kill(job: u32): u32;
@external("cloudos_v1", "sched_set")
export declare function sched_set(pid: i32, schedulingClass: u32, value: i32): u32;
@external("cloudos_v1", "sched_affinity")
export declare function sched_affinity(pid: i32, mode: u32, mask: usize): u32;
@external("cloudos_v1", "sched_info")
export declare function sched_info(pid: i32, out: usize): u32;

@external("cloudos_v1", "handle_close")
export declare function handle_close(handle: u32): u32;
@external("cloudos_v1", "handle_dup")
export declare function handle_dup(handle: u32, rights: u32, out: usize): u32;
@external("cloudos_v1", "handle_revoke")
export declare function handle_revoke(handle: u32): u32;
@external("cloudos_v1", "handle_info")
export declare function handle_info(handle: u32, out: usize): u32;
@external("cloudos_v1", "bootstrap_put")
export declare function bootstrap_put(name: usize, handle: u32, rights: u32): u32;
@external("cloudos_v1", "bootstrap_get")
export declare function bootstrap_get(name: usize, out: usize): u32;
@external("cloudos_v1", "call_mask")
export declare function call_mask(bits: usize, length: u32, action: u32): u32;
@external("cloudos_v1", "channel_create")
export declare function channel_create(out: usize): u32;
@external("cloudos_v1", "channel_mint")
export declare function channel_mint(handle: u32, badge: u64, rights: u32, out: usize): u32;
@external("cloudos_v1", "channel_write")
export declare function channel_write(handle: u32, bytes: usize, length: u32, handles: usize, count: u32, deadline: u64): u32;
@external("cloudos_v1", "channel_read")
export declare function channel_read(
  handle: u32, buffer: usize, capacity: u32, handles: usize, handleCapacity: u32, info: usize, deadline: u64,
): u32;
@external("cloudos_v1", "channel_call")
export declare function channel_call(handle: u32, call: usize): u32;
@external("cloudos_v1", "channel_reply")
export declare function channel_reply(handle: u32, ticket: u32, bytes: usize, length: u32, handles: usize, count: u32): u32;
@external("cloudos_v1", "channel_reply_wait")
export declare function channel_reply_wait(handle: u32, call: usize): u32;
@external("cloudos_v1", "event_create")
export declare function event_create(out: usize): u32;
@external("cloudos_v1", "object_signal")
export declare function object_signal(handle: u32, clear: u32, set: u32): u32;
@external("cloudos_v1", "object_wait")
export declare function object_wait(handle: u32, signals: u32, deadline: u64, out: usize): u32;
@external("cloudos_v1", "futex_wait")
export declare function futex_wait(vmo: u32, offset: u64, expected: u32, deadline: u64): u32;
@external("cloudos_v1", "futex_wake")
export declare function futex_wake(vmo: u32, offset: u64, most: u32, countOut: usize): u32;
@external("cloudos_v1", "timer_create")
export declare function timer_create(out: usize): u32;
@external("cloudos_v1", "timer_set")
export declare function timer_set(handle: u32, deadline: u64, period: u64): u32;
@external("cloudos_v1", "timer_cancel")
export declare function timer_cancel(handle: u32): u32;
@external("cloudos_v1", "port_create")
export declare function port_create(out: usize): u32;
@external("cloudos_v1", "port_bind")
export declare function port_bind(port: u32, handle: u32, signals: u32, key: u64): u32;
@external("cloudos_v1", "port_unbind")
export declare function port_unbind(port: u32, key: u64): u32;
@external("cloudos_v1", "port_queue")
export declare function port_queue(port: u32, key: u64, data: u64): u32;
@external("cloudos_v1", "port_wait")
export declare function port_wait(port: u32, deadline: u64, packets: usize, most: u32, countOut: usize): u32;
@external("cloudos_v1", "proc_open")
export declare function proc_open(pid: u32, out: usize): u32;
@external("cloudos_v1", "trace_read")
export declare function trace_read(trace: u32, records: usize, most: u32, out: usize): u32;

@external("cloudos_v1", "vmo_create")
export declare function vmo_create(size: u64, flags: u32, out: usize): u32;
@external("cloudos_v1", "vmo_clone")
export declare function vmo_clone(vmo: u32, offset: u64, size: u64, flags: u32, out: usize): u32;
@external("cloudos_v1", "vmo_read")
export declare function vmo_read(vmo: u32, offset: u64, to: usize, length: u32): u32;
@external("cloudos_v1", "vmo_write")
export declare function vmo_write(vmo: u32, offset: u64, from: usize, length: u32): u32;
@external("cloudos_v1", "vmo_size")
export declare function vmo_size(vmo: u32, out: usize): u32;
@external("cloudos_v1", "vmo_resize")
export declare function vmo_resize(vmo: u32, size: u64): u32;
@external("cloudos_v1", "vmo_op")
export declare function vmo_op(vmo: u32, op: u32, offset: u64, length: u64): u32;
@external("cloudos_v1", "vmo_info")
export declare function vmo_info(vmo: u32, out: usize): u32;
@external("cloudos_v1", "vmo_map")
export declare function vmo_map(vmo: u32, offset: u64, at: usize, length: u32, protection: u32): u32;
@external("cloudos_v1", "vmo_msync")
export declare function vmo_msync(at: usize, length: u32): u32;
@external("cloudos_v1", "vmo_unmap")
export declare function vmo_unmap(at: usize): u32;
@external("cloudos_v1", "fd_vmo")
export declare function fd_vmo(fd: i32, out: usize): u32;
@external("cloudos_v1", "vmo_create_paged")
export declare function vmo_create_paged(pager: u32, size: u64, key: u64, flags: u32, out: usize): u32;
@external("cloudos_v1", "pager_create")
export declare function pager_create(out: usize): u32;
@external("cloudos_v1", "pager_wait")
export declare function pager_wait(pager: u32, deadline: u64, out: usize): u32;
@external("cloudos_v1", "pager_supply")
export declare function pager_supply(pager: u32, key: u64, offset: u64, length: u64, source: u32, from: u64): u32;
@external("cloudos_v1", "pager_fail")
export declare function pager_fail(pager: u32, key: u64, offset: u64, length: u64, errno: u32): u32;
@external("cloudos_v1", "pager_writeback_begin")
export declare function pager_writeback_begin(pager: u32, key: u64, offset: u64, out: usize): u32;
@external("cloudos_v1", "pager_writeback_end")
export declare function pager_writeback_end(pager: u32, key: u64, offset: u64, length: u64, errno: u32): u32;
