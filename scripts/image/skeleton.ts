import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Text files of the image that no package brings: path -> content. */
export function skeleton(root: string): Readonly<Record<string, string>> {
  return {
    "/usr/share/licenses/cloudos/LICENSE": readFileSync(join(root, "LICENSE"), "utf8"),
  };
}
