/** The exports of kernel.wasm: KernelExports (packages/abi) and the system calls p1_*, u_*, c1_*. */
export { abi_version, boot, core_init } from "./boot";
export { core_deadline_us, core_next, fiber_exited, fiber_module, fiber_process, os_resume, os_suspend, preempt } from "./sched/loop";
export { fiber_bind, fiber_layout, fiber_load_failed, fiber_notice, process_memory_limit } from "./sched/load";
export { host_job_kill, host_kill, host_spawn, ring_create, ring_free, tty_create, tty_hangup } from "./host/host";
export { vfs_attach, vfs_complete, vfs_next, vfs_set_root } from "./fs/service";
export {
  vnode_clean_size, vnode_dirty_next, vnode_drop, vnode_find, vnode_invalidate, vnode_mtime_ns, vnode_node, vnode_page, region_page,
  vnode_set_clean_size, vnode_size, vnode_take_dirty, vnode_written,
} from "./fs/write-back";
export { p1_fd_close, p1_fd_pread, p1_fd_pwrite, p1_fd_read, p1_fd_write } from "./wasi/io";
export {
  p1_args_get, p1_args_sizes_get, p1_environ_get, p1_environ_sizes_get, p1_proc_exit, p1_proc_raise, p1_random_get, p1_sched_yield,
} from "./wasi/proc";
export { p1_clock_res_get, p1_clock_time_get } from "./wasi/clock";
export { p1_poll_oneoff, u_poll_oneoff } from "./wasi/poll";
export {
  p1_sock_accept, p1_sock_recv, p1_sock_send, p1_sock_shutdown, we_sock_accept, we_sock_bind, we_sock_connect, we_sock_getaddrinfo,
  we_sock_getlocaladdr, we_sock_getpeeraddr, we_sock_listen, we_sock_open, we_sock_setsockopt,
} from "./wasi/sock";
export { mem_info, proc_args, proc_cwd, proc_fd, proc_info, proc_next, proc_root } from "./proc/report";
export { c1_host_connect } from "./sys/connect";
export { c1_host_post, c1_sys_uname, event_done } from "./sys/system";
export { c1_proc_spawn } from "./sys/spawn";
export { c1_proc_wait } from "./sys/wait";
export {
  c1_job_create, c1_job_freeze, c1_job_info, c1_job_kill, c1_job_set, c1_job_thaw, job_next, job_read,
} from "./sys/job";
export { c1_sched_affinity, c1_sched_info, c1_sched_set, proc_sched } from "./sys/sched";
export { c1_proc_kill, c1_sig_action, c1_sig_mask, c1_sig_take } from "./sys/kill";
export {
  c1_proc_getpgid, c1_proc_getpid, c1_proc_getppid, c1_proc_getsid, c1_proc_limit, c1_proc_nice, c1_proc_setpgid, c1_proc_setsid,
} from "./sys/identity";
export { c1_fd_cloexec, c1_fd_dup, c1_fd_dup2, c1_fd_getfd, c1_fd_pipe, p1_fd_renumber } from "./sys/descriptors";
export { c1_channel_mint, c1_handle_close, c1_handle_dup, c1_handle_info, c1_handle_revoke } from "./cap/handle-calls";
export {
  c1_channel_call, c1_channel_create, c1_channel_read, c1_channel_reply, c1_channel_reply_wait, c1_channel_write,
} from "./ipc/channel-calls";
export { c1_event_create, c1_object_signal } from "./ipc/event";
export { c1_port_bind, c1_port_create, c1_port_queue, c1_port_unbind, c1_port_wait } from "./ipc/port";
export { c1_futex_wait, c1_futex_wake } from "./ipc/futex";
export { c1_object_wait } from "./ipc/signals";
export { c1_timer_cancel, c1_timer_create, c1_timer_set } from "./ipc/timer";
export { c1_proc_open } from "./ipc/process";
export { agent_attach } from "./ipc/agent";
export { c1_bootstrap_get, c1_bootstrap_put, c1_call_mask, call_allowed, process_masked } from "./cap/bootstrap";
export { c1_trace_read, trace_open } from "./cap/trace";
export {
  c1_tty_get, c1_tty_getpgrp, c1_tty_name, c1_tty_set, c1_tty_set_winsize, c1_tty_setpgrp, c1_tty_winsize,
} from "./tty/control";
export {
  p1_fd_advise, p1_fd_allocate, p1_fd_datasync, p1_fd_filestat_set_size, p1_fd_readdir, p1_fd_seek, p1_fd_sync, p1_fd_tell, u_fd_seek,
} from "./wasi/files";
export {
  c1_fd_stat, p1_fd_fdstat_get, p1_fd_fdstat_set_flags, p1_fd_fdstat_set_rights, p1_fd_filestat_get, p1_fd_filestat_set_times,
  p1_fd_prestat_dir_name, p1_fd_prestat_get, u_fd_filestat_get,
} from "./wasi/fdstat";
export {
  p1_path_create_directory, p1_path_filestat_get, p1_path_filestat_set_times, p1_path_link, p1_path_open, p1_path_readlink,
  p1_path_remove_directory, p1_path_rename, p1_path_symlink, p1_path_unlink_file, u_path_filestat_get,
} from "./wasi/paths";
export {
  c1_fs_mount, c1_fs_sync, c1_fs_umount, c1_path_access, c1_path_chdir, c1_path_chmod, c1_path_getcwd, c1_path_realpath, c1_path_stat,
  c1_path_statfs,
} from "./sys/files";
export {
  c1_fd_vmo, c1_vmo_clone, c1_vmo_create, c1_vmo_info, c1_vmo_op, c1_vmo_read, c1_vmo_resize, c1_vmo_size, c1_vmo_write,
} from "./sys/vmo";
export {
  c1_pager_create, c1_pager_fail, c1_pager_supply, c1_pager_wait, c1_pager_writeback_begin, c1_pager_writeback_end, c1_vmo_create_paged,
} from "./sys/pager";
export { c1_vmo_map, c1_vmo_msync, c1_vmo_unmap } from "./window/calls";
export { proc_regions } from "./window/report";
