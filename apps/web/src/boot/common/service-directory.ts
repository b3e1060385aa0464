import { FileError, type HostFiles, type HostProcess, type SpawnOptions } from "@cloudos/abi";
import { type Init, parseServiceFile } from "@cloudos/init";
import { ProgramUnit } from "./program-unit.ts";

export const SERVICES_DIRECTORY = "/etc/services.d";
const SUFFIX = ".conf";

/**
 * Declares the services of /etc/services.d to init; those that run already keep what they were declared with until they are
 * stopped. Returns what is wrong, a sentence each: a file that cannot be read takes no other with it.
 */
export async function declareServices(
  init: Init,
  files: HostFiles,
  spawn: (options: SpawnOptions) => Promise<HostProcess>,
): Promise<readonly string[]> {
  const problems: string[] = [];
  let names: readonly string[];
  try {
    names = (await files.readdir(SERVICES_DIRECTORY)).map(({ name }) => name).filter((name) => name.endsWith(SUFFIX));
  } catch (error) {
    // A disk without the directory has no services.
    if (error instanceof FileError) return [];
    throw error;
  }
  for (const file of [...names].sort()) {
    const path = `${SERVICES_DIRECTORY}/${file}`;
    try {
      const text = new TextDecoder().decode(await files.readFile(path));
      const parsed = parseServiceFile(file.slice(0, -SUFFIX.length), text);
      if (!parsed.ok) {
        problems.push(`${path}${parsed.line === 0 ? "" : `:${parsed.line}`}: ${parsed.message}`);
        continue;
      }
      const known = init.list().find(({ spec }) => spec.name === parsed.file.spec.name);
      if (known?.spec.essential) problems.push(`${path}: "${known.spec.name}" is the name of a service of the machine`);
      else if (!known || known.identity === undefined) init.add(new ProgramUnit(parsed.file, spawn));
    } catch (error) {
      problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}
