/**
 * Our machine against plain v86 (its own scheduling and built-in 9P file system), both restored from the same busybox state, in two pages of one
 * browser, turn by turn. Commands are typed on the console; what an empty one takes is subtracted. Ours mounts a directory of the OS's disk.
 */
import type { BrowserContext, Page } from "playwright-core";
import type { MachineRuntime } from "../packages/runtime/src/machine/machine-runtime.ts";
import { openPlainMachine } from "./lib/plain-machine-peer.ts";
import { against, type Emit, summarise } from "./lib/result.ts";

const RUNS = 7;
const SMALL_FILES = 200;
const BIG_MIB = 16;
const COMMAND_TIMEOUT_MS = 60_000;
/** The same on both sides, as the runtime mounts it. */
const MOUNT =
  "umount /mnt/host 2>/dev/null; mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,access=client host9p /mnt/host";
const MAKE = `mkdir -p /mnt/host/s; cd /mnt/host/s; i=0; while [ $i -lt ${SMALL_FILES} ]; do echo $i > $i; i=$((i+1)); done; cd /; dd if=/dev/zero of=/mnt/host/big bs=128k count=${BIG_MIB * 8} 2>/dev/null`;
const DROP = "sync; echo 3 > /proc/sys/vm/drop_caches";
/** Every file: stat, then open, read and close. */
const STAT_READ = "cd /mnt/host/s; stat -c %s * >/dev/null; cat * >/dev/null; cd /";
const READ = "dd if=/mnt/host/big of=/dev/null bs=128k 2>/dev/null";
const CPU =
  "i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done; awk 'BEGIN{for(i=0;i<25000;i++)s+=i%7*i}'; head -c 2097152 /dev/zero | md5sum >/dev/null";

declare const machines: { readonly runtime: MachineRuntime };

/** `page`: the OS with busybox running as "io". */
export async function comparePlain(context: BrowserContext, page: Page, siteUrl: string, emit: Emit): Promise<void> {
  const plain = await openPlainMachine(context, siteUrl);
  const sides = [page, plain] as const;
  for (const side of sides) for (const command of [MOUNT, MAKE]) await run(side, command);
  // The JIT has seen everything once.
  for (const side of sides) for (const command of [STAT_READ, READ, CPU]) await run(side, command);
  const measure = async (command: string): Promise<readonly [number[], number[]]> => {
    const samples: [number[], number[]] = [[], []];
    for (let turn = 0; turn < RUNS; turn++) {
      for (const [index, side] of sides.entries()) {
        await run(side, DROP);
        samples[index as 0 | 1].push(await run(side, command));
      }
    }
    return samples;
  };
  const empty = (await measure(":")).map((ms) => Math.min(...ms)) as [number, number];
  const compare = (
    metric: string,
    unit: string,
    [ours, theirs]: readonly [number[], number[]],
    of: (ms: number) => number,
  ) =>
    emit(
      against(
        summarise(
          "vm",
          metric,
          unit,
          ours.map((ms) => of(ms - empty[0])),
        ),
        "plain v86",
        theirs.map((ms) => of(ms - empty[1])),
      ),
    );
  compare("ninep_small_files_us", "us", await measure(STAT_READ), (ms) => (ms * 1000) / SMALL_FILES);
  compare("ninep_read_mib_s", "MiB/s", await measure(READ), (ms) => (BIG_MIB * 1000) / ms);
  const [ours, theirs] = await measure(CPU);
  compare("guest_cpu_ms", "ms", [ours, theirs], (ms) => ms);
  // Time of ours over theirs, turn by turn: above 1 is slower.
  const ratios = ours.map((ms, turn) => (ms - empty[0]) / ((theirs[turn] as number) - empty[1]));
  emit(against(summarise("vm", "guest_cpu_ratio", "x", ratios), "plain v86", [1]));
  await plain.close();
}

let commands = 0;

/** Milliseconds from typing a command until the guest says it has ended. */
async function run(page: Page, command: string): Promise<number> {
  await page.bringToFront();
  return page.evaluate(typed, { command, id: ++commands, timeoutMs: COMMAND_TIMEOUT_MS });
}

/** In the page. */
async function typed(job: { command: string; id: number; timeoutMs: number }): Promise<number> {
  const { console: terminal } = await machines.runtime.live("io");
  const decoder = new TextDecoder();
  let text = "";
  const begin = performance.now();
  return new Promise<number>((resolve, reject) => {
    const end = (finish: () => void) => {
      clearTimeout(timer);
      detach();
      finish();
    };
    const timer = setTimeout(
      () => end(() => reject(new Error(`"${job.command}" does not end: ${text}`))),
      job.timeoutMs,
    );
    const detach = terminal.attach((bytes) => {
      text += decoder.decode(bytes, { stream: true });
      const status = new RegExp(`end-${job.id}-(\\d+)`).exec(text)?.[1];
      if (status === "0") end(() => resolve(performance.now() - begin));
      else if (status !== undefined) end(() => reject(new Error(`"${job.command}" failed: ${text}`)));
    }, false);
    // What is typed comes back too: only the guest's own line has the number behind the dash.
    void terminal.write(new TextEncoder().encode(`${job.command}; echo end-$((${job.id}))-$?\n`));
  });
}
