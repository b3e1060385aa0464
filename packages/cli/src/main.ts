import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseExec, UsageError } from "./arguments.ts";
import { exec } from "./exec.ts";
import { EXIT_NOT_BOOTED } from "./exit-code.ts";
import { USAGE } from "./usage.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");

process.exit(await main(process.argv.slice(2)));

async function main([verb, ...args]: readonly string[]): Promise<number> {
  if (verb === "--help" || verb === "help" || args.slice(0, Math.max(0, args.indexOf("--"))).includes("--help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    if (verb !== "exec") throw new UsageError(verb === undefined ? "No command given" : `Unknown command "${verb}"`);
    const command = parseExec(args);
    return await exec(command, builtSite());
  } catch (error) {
    process.stderr.write(`cloudos: ${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof UsageError) process.stderr.write("Try: cloudos --help\n");
    return EXIT_NOT_BOOTED;
  }
}

/** The site, built first when there is none. */
function builtSite(): string {
  const site = join(root, "dist");
  if (!existsSync(join(site, "exec.html"))) {
    process.stderr.write("cloudos: building the site first\n");
    execFileSync(process.execPath, [join(root, "scripts/build.ts")], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return site;
}
