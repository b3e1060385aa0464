/**
 * Runs a program on a machine in this process: `node e2e/machine/run.ts [--up] [--cores N] [--log] -- PROGRAM [ARG...]`.
 * Standard input, output and error are the program's, and so is the exit status (128 + n for signal n).
 */
import { parseArgs } from "node:util";
import { FileError } from "@cloudos/abi";
import { bootNodeMachine } from "./node.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    up: { type: "boolean", default: false },
    cores: { type: "string" },
    log: { type: "boolean", default: false },
    memory: { type: "string" },
  },
});

const machine = await bootNodeMachine({
  mode: values.up ? "up" : "smp",
  ...(values.cores === undefined ? {} : { cores: Number(values.cores) }),
  onLog: (line) => {
    if (values.log) console.error(`[${(line.atUs / 1000).toFixed(1)} ms] ${line.text}`);
  },
  onNotice: (notice) => console.error(notice.text),
  onCrash: (crash) => fail(crash.text),
}).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));

const write = (stream: NodeJS.WriteStream) => (chunk: Uint8Array) =>
  new Promise<void>((resolve) => {
    stream.write(chunk, () => resolve());
  });

try {
  const child = await machine.spawn({
    argv: positionals,
    ...(values.memory === undefined ? {} : { memoryMiB: Number(values.memory) }),
    onStdout: write(process.stdout),
    onStderr: write(process.stderr),
  });
  void feed(child);
  const status = await child.exited;
  process.exitCode = status.kind === "exited" ? status.code : 128 + status.signal;
} catch (error) {
  if (!(error instanceof FileError)) throw error;
  console.error(error.message);
  process.exitCode = 127;
}
await machine.shutdown();
process.exit();

function fail(text: string): never {
  console.error(text);
  process.exit(125);
}

async function feed(child: { writeStdin(data: Uint8Array): Promise<void>; closeStdin(): Promise<void> }) {
  for await (const chunk of process.stdin) await child.writeStdin(chunk as Uint8Array);
  await child.closeStdin();
}
