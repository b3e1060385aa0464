import { type ExecExit, type ExecJob, FileError, type Machine, readPack } from "@cloudos/abi";
import { GuestMachine } from "../machines/guest-machine.ts";
import type { MachineCenter } from "../machines/machine-center.ts";
import { messageOf } from "../state/describe.ts";
import type { HostLink } from "./host-link.ts";
import { clearMount, fillMount, packMount } from "./mounts.ts";

const SIGKILL = 9;
const EIO = 29;

/** The job's process, for signals the command passes on. */
export type Running = { kill(signal: number): Promise<void> };

/** Runs one job with fresh mounts and reports its end. Never rejects for what the job does. */
export async function runJob(
  machine: Machine,
  machines: MachineCenter,
  link: HostLink,
  job: ExecJob,
  onRunning: (running: Running) => void,
): Promise<ExecExit> {
  const singles: boolean[] = [];
  let guest: GuestMachine | null = null;
  try {
    if (job.environment !== null) guest = await GuestMachine.create(machines, job.environment, `exec-${job.id}`);
    for (const [index, mount] of job.mounts.entries()) {
      const pack = await link.mount(job.id, index);
      singles.push(isSingleFile(pack));
      await fillMount(machine.files, mount.guest, pack);
    }
    const exit = await runProcess((options) => (guest ?? machine).spawn(options), link, job, onRunning);
    if (job.syncBack) {
      for (const [index, mount] of job.mounts.entries()) {
        await link.putMount(job.id, index, await packMount(machine.files, mount.guest));
      }
    }
    return exit;
  } catch (error) {
    const errno = error instanceof FileError ? error.errno : EIO;
    return { kind: "not-started", errno, message: messageOf(error), ms: 0 };
  } finally {
    await guest?.remove();
    for (const [index, single] of singles.entries()) {
      const guest = job.mounts[index]?.guest;
      // A mount that a dying background process still keeps busy stays; the next job's mount covers it.
      if (guest !== undefined)
        await clearMount(machine.files, guest, single).catch((error) => link.log(messageOf(error)));
    }
  }
}

function isSingleFile(pack: Uint8Array): boolean {
  const items = readPack(pack);
  return items.length === 1 && items[0]?.entry.path === "";
}

async function runProcess(
  spawn: Machine["spawn"],
  link: HostLink,
  job: ExecJob,
  onRunning: (running: Running) => void,
): Promise<ExecExit> {
  const begin = performance.now();
  const process = await spawn({
    argv: job.argv,
    env: job.env,
    ...(job.cwd === null ? {} : { cwd: job.cwd }),
    ...(job.preopens === null ? {} : { preopens: job.preopens }),
    ...(job.memoryMiB === null ? {} : { memoryMiB: job.memoryMiB }),
    onStdout: (chunk) => link.output(job.id, 1, chunk),
    onStderr: (chunk) => link.output(job.id, 2, chunk),
  });
  onRunning(process);
  void feedStdin(link, job, process);
  let timedOut = false;
  const timer =
    job.timeoutMs === null
      ? null
      : setTimeout(() => {
          timedOut = true;
          void process.kill(SIGKILL);
        }, job.timeoutMs);
  const status = await process.exited;
  if (timer !== null) clearTimeout(timer);
  // A job is over when its program is: what it left running must not slow down or see the next one. Mostly there is nothing.
  await process.kill(SIGKILL).catch(() => undefined);
  const ms = performance.now() - begin;
  return timedOut ? { kind: "timed-out", ms } : { kind: "ended", status, ms };
}

interface StdinTaker {
  writeStdin(data: Uint8Array): Promise<void>;
  closeStdin(): Promise<void>;
}

/** Ends quietly when the program stops reading: that is its right. */
async function feedStdin(link: HostLink, job: ExecJob, taker: StdinTaker): Promise<void> {
  try {
    if (job.stdin) {
      const reader = (await link.stdin(job.id)).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        await taker.writeStdin(value);
      }
    }
    await taker.closeStdin();
  } catch {
    // The program ended first.
  }
}
