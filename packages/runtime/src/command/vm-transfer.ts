/** vm export, import: saved states as files. */

import { RuntimeError } from "../runtime-error.ts";
import { readSnapshotHeader } from "../snapshot/read-snapshot.ts";
import { bytesText, parseOptions } from "./command-line.ts";
import { operands, type Subcommand } from "./vm-command.ts";

export const runExport: Subcommand = async ({ session, runtime, files }, args) => {
  const [name, file] = operands(parseOptions(args, { long: {} }).operands, "NAME", "FILE");
  const bytes = await runtime.export(name);
  await files.writeFile(absolute(session.request.cwd, file), bytes);
  await session.stdout(`${file}: ${bytesText(bytes.length)}\n`);
  return 0;
};

export const runImport: Subcommand = async ({ session, runtime, files }, args) => {
  const [file, name] = operands(parseOptions(args, { long: {} }).operands, "FILE", "NEW");
  const bytes = await files.readFile(absolute(session.request.cwd, file));
  const header = await readSnapshotHeader([bytes]);
  if (header.image === null) {
    throw new RuntimeError("snapshot", `Cannot import "${file}": it does not say which image it is of`);
  }
  await runtime.adopt(name, { name, image: header.image.name, memoryMiB: header.memoryMiB }, bytes);
  return 0;
};

/** `path` as seen from `cwd`. */
export function absolute(cwd: string, path: string): string {
  return path.startsWith("/") ? path : `${cwd === "/" ? "" : cwd}/${path}`;
}
