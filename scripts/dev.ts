/** `npm run dev`: the OS built once, the shell served by Vite with hot reload. Kernel or userland changed: run it again. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createServer } from "vite";

const root = join(import.meta.dirname, "..");
execFileSync(process.execPath, [join(root, "scripts/build.ts"), "--os"], { cwd: root, stdio: "inherit" });
const server = await createServer({ configFile: join(root, "vite.config.ts") });
await server.listen();
server.printUrls();
