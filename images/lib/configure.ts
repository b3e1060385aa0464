/** Lets a guest change a root file system for good: what it writes over some layers comes back as an archive. */
import type { ImageLayer, MachineHardware } from "@cloudos/abi";
import type { Builder } from "./builder.ts";
import { Guest } from "./guest.ts";
import { MICROVM_COMMAND_LINE } from "./initrd.ts";
import { serveRoot } from "./root.ts";

/** Where a guest keeps what is its own or of the moment. */
const NOT_KEPT = [
  "run",
  "tmp",
  "dev",
  "proc",
  "sys",
  "var/cache/ldconfig",
  "var/cache/apt",
  "var/log",
  "var/cache/debconf",
  "var/tmp",
];

/** Runs `script` (of /bin/sh) as root. Resolves to an uncompressed tar archive; deleted files are character devices 0:0 in it. */
export async function configure(
  builder: Builder,
  initrd: Uint8Array<ArrayBuffer>,
  layers: readonly ImageLayer[],
  script: string,
  options: { readonly hardware: MachineHardware; readonly seconds: number; readonly verbose: boolean },
): Promise<Uint8Array> {
  const root = await serveRoot(builder.store, layers);
  const guest = await Guest.start({
    emulator: builder.emulator,
    hardware: options.hardware,
    boot: {
      kind: "kernel",
      kernel: builder.kernel.image.slice().buffer,
      initrd: initrd.slice().buffer,
      commandLine: `${MICROVM_COMMAND_LINE} cloudos.upper=tmpfs`,
      display: null,
    },
    nineP: (request) => root.server.handle(request),
    verbose: options.verbose,
  });
  try {
    await guest.until("shell prompt", 900, () => guest.console.includes("# "));
    await guest.hello(120);
    const { status, stdout, stderr } = await guest.exec(["/bin/sh", "-c", script], options.seconds);
    if (options.verbose) process.stderr.write(stdout + stderr);
    if (status !== 0)
      throw new Error(
        `Cannot configure ${layers.map(({ name }) => name).join(" + ")}: ${stdout.slice(-2000)}${stderr.slice(-2000)}`,
      );
    const excludes = NOT_KEPT.map((path) => `--exclude=./${path}`);
    return await guest.readOutput(
      ["tar", "-C", "/run/upper", ...excludes, "--xattrs-exclude=*", "-c", "."],
      options.seconds,
    );
  } finally {
    guest.machine.stop();
  }
}
