/** The exports of kernel.wasm: KernelExports (packages/abi) and the system calls p1_*, u_*, c1_*. */
export { abi_version, boot, core_init } from "./boot";
export { core_deadline_us, core_next, fiber_exited, fiber_module, fiber_process, preempt } from "./sched/loop";
export { fiber_bind, fiber_load_failed, fiber_notice, process_memory_limit } from "./sched/load";
export { host_kill, host_spawn, ring_create, ring_free } from "./host/host";
export { p1_fd_close, p1_fd_pread, p1_fd_pwrite, p1_fd_read, p1_fd_write } from "./wasi/io";
export {
  p1_args_get, p1_args_sizes_get, p1_environ_get, p1_environ_sizes_get, p1_proc_exit, p1_proc_raise, p1_random_get, p1_sched_yield,
} from "./wasi/proc";
export { c1_proc_spawn } from "./sys/spawn";
