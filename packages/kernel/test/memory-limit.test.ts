import { ENOMEM, KLOG_BASE, KLOG_O_DATA, VMO_OP_COMMIT, VMO_OP_DECOMMIT } from "@cloudos/abi";
import { expect, test } from "vitest";
import { ChildDriver, Parent } from "./child-driver.ts";
import { OUT } from "./fs-driver.ts";
import { Host } from "./host.ts";
import { leakGate } from "./leak/gate.ts";
import { charged, clone, close, create, createJob, info, op, pattern, read, write } from "./vmo-driver.ts";

const watch = leakGate();

const PAGE = 4096;
/** The linear memory of a driver, and the unit of limits. */
const MEMORY = 2 * 65536;

async function start(pages: number) {
  const host = watch(new Host());
  const parent = await Parent.start(host);
  const job = await createJob(parent.driver, pages);
  return { host, parent, job };
}
const klog = (host: Host) => {
  const bytes = host.bytes.slice(KLOG_BASE + KLOG_O_DATA, KLOG_BASE + KLOG_O_DATA + 4096);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
};

test("a job is charged for linear memories and pages of VMOs, also shared ones, and gets all back", async () => {
  const { parent, job } = await start(100);
  const child = await ChildDriver.spawn(parent, [], job);
  const { driver } = parent;
  expect(await charged(driver, job)).toBe(MEMORY);
  const vmo = await create(child, 64 * PAGE);
  await write(child, vmo, 0, pattern(5 * PAGE));
  expect(await charged(driver, job)).toBe(MEMORY + 5 * PAGE);
  const copy = await clone(child, vmo, 0, 64 * PAGE);
  expect(await charged(driver, job)).toBe(MEMORY + 10 * PAGE);
  // The copy was paid for when it was shared.
  await write(child, copy, 0, pattern(PAGE));
  expect(await charged(driver, job)).toBe(MEMORY + 10 * PAGE);
  await op(child, vmo, VMO_OP_DECOMMIT, 0, 2 * PAGE);
  expect(await charged(driver, job)).toBe(MEMORY + 8 * PAGE);
  await close(child, copy);
  expect(await charged(driver, job)).toBe(MEMORY + 3 * PAGE);
  expect(await driver.call("cloudos_v1.proc_kill", child.pid, 9)).toBe(0);
  expect(await charged(driver, job)).toBe(0);
});

test("at its limit a job's VMOs get ENOMEM, and nothing has changed", async () => {
  const { parent, job } = await start(3);
  const child = await ChildDriver.spawn(parent, [], job);
  const vmo = await create(child, 64 * PAGE);
  expect(await op(child, vmo, VMO_OP_COMMIT, 0, 17 * PAGE)).toBe(ENOMEM);
  expect((await info(child, vmo)).present).toBe(0);
  expect(await op(child, vmo, VMO_OP_COMMIT, 0, 9 * PAGE)).toBe(0);
  expect(await clone(child, vmo, 0, 64 * PAGE)).toBe(-ENOMEM);
  expect(await write(child, vmo, 8 * PAGE, pattern(9 * PAGE))).toBe(ENOMEM);
  expect(await read(child, vmo, 8 * PAGE, PAGE)).toEqual(new Uint8Array(PAGE));
  expect(await charged(parent.driver, job)).toBe(MEMORY + 9 * PAGE);
  // Others are not concerned.
  const other = await create(parent.driver, 64 * PAGE);
  expect(await op(parent.driver, other, VMO_OP_COMMIT, 0, 64 * PAGE)).toBe(0);
});

test("a job that outgrows its limit loses its largest process, with a word on its descriptor 2 and in the log", async () => {
  const { host, parent, job } = await start(5);
  const { driver } = parent;
  const small = await ChildDriver.spawn(parent, [], job);
  expect(await driver.call("cloudos_v1.fd_pipe", OUT, 1)).toBe(0);
  const [errors, stderr] = [driver.u32(OUT), driver.u32(OUT + 4)];
  const large = await ChildDriver.spawn(parent, [], job, stderr);
  const vmo = await create(large, 64 * PAGE);
  expect(await op(large, vmo, VMO_OP_COMMIT, 0, 10 * PAGE)).toBe(0);
  // The third one's linear memory is too much.
  const third = await ChildDriver.spawn(parent, [], job);
  expect(await driver.call("cloudos_v1.proc_kill", large.pid, 0)).toBe(0);
  const words = await driver.read(errors, 100);
  expect(new TextDecoder().decode(words as Uint8Array)).toBe("Killed: its job is out of memory\n");
  expect(klog(host)).toContain(`out of memory: ${large.pid} ${(MEMORY + 10 * PAGE) / 1024}\n`);
  expect(await charged(driver, job)).toBe(2 * MEMORY);
  for (const survivor of [small, third]) expect(await create(survivor, PAGE)).toBeGreaterThan(0);
});
