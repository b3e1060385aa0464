/** `npm start`: builds what is missing or stale, serves the production site, prints its address. */
import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { isolationHeaders } from "../packages/abi/src/isolation.ts";
import { type Site, serveSite } from "../packages/cli/src/site-server.ts";

const root = join(import.meta.dirname, "..");
const FIRST_PORT = 8080;
const PORTS_TRIED = 20;

execFileSync(process.execPath, [join(root, "scripts/build.ts")], { cwd: root, stdio: "inherit" });
const site = await serveOnFreePort();
console.log(`\n  CloudOS is at ${site.url}\n`);
// Machine images take minutes the first time: the page is up meanwhile, and its catalogue shows how far they are.
spawn(process.execPath, [join(root, "images/build.ts"), "--missing"], { cwd: root, stdio: "inherit" });

/** The port asked for in PORT, or the first free one from 8080 on. */
async function serveOnFreePort(): Promise<Site> {
  const asked = process.env.PORT;
  const first = asked === undefined ? FIRST_PORT : Number(asked);
  const last = asked === undefined ? FIRST_PORT + PORTS_TRIED : first;
  for (let port = first; ; port++) {
    try {
      return await serveSite({
        directory: join(root, "dist"),
        port,
        host: process.env.HOST ?? "127.0.0.1",
        headers: isolationHeaders,
        images: join(root, "build/images"),
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || port >= last) throw error;
    }
  }
}
