/**
 * Sockets: none yet. preview1's four, and as `we_*` those of WasmEdge, which programs built for it import whether they use them
 * or not. Its sock_accept has another signature than preview1's, so it needs a prefix of its own.
 */
import { ENOTSUP } from "../../../abi/src/errno";

export function p1_sock_accept(fd: u32, flags: u32, out: u32): i32 {
  return ENOTSUP;
}
export function p1_sock_recv(fd: u32, iovs: u32, count: u32, flags: u32, lengthOut: u32, flagsOut: u32): i32 {
  return ENOTSUP;
}
export function p1_sock_send(fd: u32, iovs: u32, count: u32, flags: u32, lengthOut: u32): i32 {
  return ENOTSUP;
}
export function p1_sock_shutdown(fd: u32, how: u32): i32 {
  return ENOTSUP;
}
export function we_sock_open(family: u32, type: u32, out: u32): i32 {
  return ENOTSUP;
}
export function we_sock_bind(fd: u32, address: u32, port: u32): i32 {
  return ENOTSUP;
}
export function we_sock_listen(fd: u32, backlog: u32): i32 {
  return ENOTSUP;
}
export function we_sock_connect(fd: u32, address: u32, port: u32): i32 {
  return ENOTSUP;
}
export function we_sock_setsockopt(fd: u32, level: u32, name: u32, value: u32, length: u32): i32 {
  return ENOTSUP;
}
export function we_sock_getlocaladdr(fd: u32, address: u32, type: u32, port: u32): i32 {
  return ENOTSUP;
}
export function we_sock_getpeeraddr(fd: u32, address: u32, type: u32, port: u32): i32 {
  return ENOTSUP;
}
export function we_sock_getaddrinfo(
  node: u32, nodeLength: u32, service: u32, serviceLength: u32, hints: u32, result: u32, most: u32, out: u32,
): i32 {
  return ENOTSUP;
}
export function we_sock_accept(fd: u32, out: u32): i32 {
  return ENOTSUP;
}
