/** The page behind `cloudos exec`: boots a machine and runs the jobs the command hands it. */
import type { Machine } from "@cloudos/abi";
import { BootError, bootMachine } from "../boot/index.ts";
import { MachineCenter } from "../machines/machine-center.ts";
import { messageOf } from "../state/describe.ts";
import { HostLink } from "./host-link.ts";
import { type Running, runJob } from "./run-job.ts";

const link = new HostLink(new URLSearchParams(location.search).get("token") ?? "");
let running: Running | null = null;

// The command passes signals on through this.
Object.assign(globalThis, { cloudosKill: (signal: number) => running?.kill(signal) });

const osUrl = new URL("./os/", document.baseURI).href;
let machines: MachineCenter | null = null;
const machine = await boot();
if (machine !== null) {
  machines = new MachineCenter({
    machine,
    osUrl,
    onChange: () => undefined,
    onNotice: (text) => void link.log(text),
    onScreen: () => undefined,
  });
  for (let job = await link.next(); job !== null; job = await link.next()) {
    const exit = await runJob(machine, machines, link, job, (process) => {
      running = process;
    });
    running = null;
    await link.exit(job.id, exit);
  }
  await machine.shutdown();
  await link.done();
}

async function boot(): Promise<Machine | null> {
  const config = await link.config();
  try {
    const booted = await bootMachine({
      mode: config.mode,
      ...(config.cores === null ? {} : { cores: config.cores }),
      disk: config.disk,
      osUrl,
      // Programs of the OS have the `vm` command here as well.
      onConnect: (connection) => (machines === null ? connection.close() : machines.connect(connection)),
      onCrash: (crash) => void link.booted({ ok: false, code: "kernel-failed", message: crash.text }),
      onNotice: (notice) => {
        if (notice.code !== "up-mode") void link.log(`cloudos: ${notice.text}`);
      },
    });
    await link.booted({ ok: true, mode: booted.mode, cores: booted.cores });
    return booted;
  } catch (error) {
    const code = error instanceof BootError ? error.code : "unknown";
    await link.booted({ ok: false, code, message: messageOf(error) });
    return null;
  }
}
