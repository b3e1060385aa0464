import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";

/**
 * Flags for a headless Chromium that talks to nobody but us. `--no-sandbox`: Chromium's own sandbox needs user namespaces
 * that containers and root do not have; the pages are ours.
 */
export const CHROMIUM_FLAGS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const CANDIDATES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
];

/**
 * Path of a Chromium: `CLOUDOS_CHROMIUM`, one that is installed, or one that this call installs - Debian's package when
 * root on Debian, Playwright's own elsewhere. Throws with the reason when none of these works.
 */
export function findOrInstallChromium(): string {
  const chosen = process.env.CLOUDOS_CHROMIUM;
  if (chosen !== undefined && chosen !== "") {
    if (!existsSync(chosen))
      throw new Error(`Cannot find Chromium: CLOUDOS_CHROMIUM is "${chosen}", which does not exist`);
    return chosen;
  }
  const installed = [...CANDIDATES, chromium.executablePath()].find((path) => existsSync(path));
  if (installed !== undefined) return installed;
  if (process.getuid?.() === 0 && isDebian()) {
    process.stderr.write("Installing Debian's chromium package...\n");
    const options = {
      stdio: ["ignore", "ignore", "inherit"] as const,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    };
    execFileSync("apt-get", ["update", "-qq"], { ...options, stdio: [...options.stdio] });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
      ...options,
      stdio: [...options.stdio],
    });
    if (existsSync("/usr/bin/chromium")) return "/usr/bin/chromium";
  }
  process.stderr.write("Installing Playwright's Chromium...\n");
  const cli = join(dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")), "cli.js");
  execFileSync(process.execPath, [cli, "install", "chromium"], { stdio: ["ignore", "ignore", "inherit"] });
  return chromium.executablePath();
}

function isDebian(): boolean {
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
