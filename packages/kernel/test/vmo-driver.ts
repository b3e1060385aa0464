/** VMO calls of a Driver, with values instead of pointers. */
import { JOB_MEMORY, JOB_SELF, VMO_INFO_SIZE } from "@cloudos/abi";
import { DATA, type Driver, OUT } from "./fs-driver.ts";

export interface VmoInfo {
  readonly size: number;
  readonly present: number;
  readonly dirty: number;
  readonly key: number;
  readonly flags: number;
  readonly references: number;
}

/** Handle value, or -errno. */
async function made(driver: Driver, errno: Promise<number>): Promise<number> {
  const failed = await errno;
  return failed === 0 ? driver.u32() : -failed;
}

export const create = (driver: Driver, size: number, flags = 0) =>
  made(driver, driver.call("cloudos_v1.vmo_create", BigInt(size), flags, OUT));
export const clone = (driver: Driver, vmo: number, offset: number, size: number, flags = 0) =>
  made(driver, driver.call("cloudos_v1.vmo_clone", vmo, BigInt(offset), BigInt(size), flags, OUT));
export const createPager = (driver: Driver) => made(driver, driver.call("cloudos_v1.pager_create", OUT));
export const createPaged = (driver: Driver, pager: number, size: number, key: number, flags = 0) =>
  made(driver, driver.call("cloudos_v1.vmo_create_paged", pager, BigInt(size), BigInt(key), flags, OUT));
export const fileVmo = (driver: Driver, fd: number) => made(driver, driver.call("cloudos_v1.fd_vmo", fd, OUT));

export function write(driver: Driver, vmo: number, offset: number, data: Uint8Array): Promise<number> {
  driver.bytes.set(data, DATA);
  return driver.call("cloudos_v1.vmo_write", vmo, BigInt(offset), DATA, data.length);
}
/** Bytes, or the errno. */
export async function read(driver: Driver, vmo: number, offset: number, length: number): Promise<Uint8Array | number> {
  driver.bytes.fill(0xee, DATA, DATA + length);
  const errno = await driver.call("cloudos_v1.vmo_read", vmo, BigInt(offset), DATA, length);
  return errno === 0 ? driver.bytes.slice(DATA, DATA + length) : errno;
}
export const op = (driver: Driver, vmo: number, which: number, offset: number, length: number) =>
  driver.call("cloudos_v1.vmo_op", vmo, which, BigInt(offset), BigInt(length));
export const resize = (driver: Driver, vmo: number, size: number) =>
  driver.call("cloudos_v1.vmo_resize", vmo, BigInt(size));
export async function info(driver: Driver, vmo: number): Promise<VmoInfo> {
  driver.bytes.fill(0xee, OUT, OUT + VMO_INFO_SIZE);
  const errno = await driver.call("cloudos_v1.vmo_info", vmo, OUT);
  if (errno !== 0) throw new Error(`vmo_info: errno ${errno}`);
  return {
    size: driver.u64(OUT),
    present: driver.u64(OUT + 8),
    dirty: driver.u64(OUT + 16),
    key: driver.u64(OUT + 24),
    flags: driver.u32(OUT + 32),
    references: driver.u32(OUT + 36),
  };
}
/** A job inside the caller's with a limit in 64 KiB pages. */
export async function createJob(driver: Driver, memoryPages: number): Promise<number> {
  const job = await made(driver, driver.call("cloudos_v1.job_create", JOB_SELF, OUT));
  const errno = await driver.call("cloudos_v1.job_set", job, JOB_MEMORY, memoryPages);
  if (errno !== 0) throw new Error(`job_set: errno ${errno}`);
  return job;
}
/** Bytes charged to a job. */
export async function charged(driver: Driver, job: number): Promise<number> {
  const errno = await driver.call("cloudos_v1.job_info", job, OUT);
  if (errno !== 0) throw new Error(`job_info: errno ${errno}`);
  return driver.u64(OUT + 32);
}
/** Closes by handle value: the low bits are the descriptor. */
export const close = (driver: Driver, vmo: number) => driver.close(vmo & 0xfff);

export const pattern = (length: number, seed = 1) =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) * 13 + seed) & 255);
