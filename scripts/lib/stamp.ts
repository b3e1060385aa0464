import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Hash over the names and contents of files and folders (build output and dependencies left out). */
export function hashOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  const visit = (path: string) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (name !== "node_modules" && name !== "build" && name !== "dist" && name !== "test") visit(join(path, name));
      }
    } else hash.update(path).update("\0").update(readFileSync(path)).update("\0");
  };
  for (const path of paths) visit(path);
  return hash.digest("hex");
}

/** Runs `step` unless `inputs` are as they were when it last succeeded and all `outputs` are there. Resolves to whether it ran. */
export async function stamped(
  stampFile: string,
  inputs: readonly string[],
  outputs: readonly string[],
  step: () => Promise<void> | void,
): Promise<boolean> {
  const now = hashOf(inputs);
  const fresh =
    existsSync(stampFile) && readFileSync(stampFile, "utf8") === now && outputs.every((output) => existsSync(output));
  if (fresh) return false;
  await step();
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, now);
  return true;
}
