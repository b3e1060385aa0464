/**
 * The apt client in a configuration of its own: architecture i386, its own sources, lists, cache and dpkg status, all below `build/images/apt`. Needs
 * no root and touches nothing of the machine. The mirror is $DEBIAN_MIRROR or the machine's own.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const SUITE = "bookworm";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const LISTS_FRESH_MS = 24 * 3600 * 1000;

/** What a .deb says about itself. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** Source package and version: where its sources are to be had. */
  readonly source: string;
  readonly sourceVersion: string;
  readonly file: string;
}

/** Why images cannot be built here. */
export class NotHere extends Error {}

export class Apt {
  readonly #root: string;

  /** Throws NotHere without apt, dpkg-deb or a Debian mirror. */
  constructor(root: string) {
    this.#root = root;
    for (const tool of ["apt-get", "dpkg-deb"]) {
      if (!(process.env.PATH ?? "").split(":").some((directory) => existsSync(join(directory, tool))))
        throw new NotHere(
          `${tool} is not installed: images are built on a Debian system (or any with apt and a Debian mirror)`,
        );
    }
    for (const directory of ["state/lists/partial", "cache/archives/partial", "etc/parts", "extracted"])
      mkdirSync(join(root, directory), { recursive: true });
    if (!existsSync(this.#path("empty-status"))) writeFileSync(this.#path("empty-status"), "");
    writeFileSync(this.#path("etc/sources.list"), sources());
    writeFileSync(
      this.#path("apt.conf"),
      `Dir "${root}";
Dir::State "${root}/state";
Dir::State::status "${root}/empty-status";
Dir::Cache "${root}/cache";
Dir::Etc "${root}/etc";
Dir::Etc::sourcelist "${root}/etc/sources.list";
Dir::Etc::sourceparts "${root}/etc/parts";
Dir::Etc::preferencesparts "${root}/etc/parts";
Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";
APT::Architecture "i386";
#clear APT::Architectures;
APT::Architectures { "i386"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
`,
    );
  }

  /** What a guest's apt uses: the same mirror. */
  get sourcesList(): string {
    return readFileSync(this.#path("etc/sources.list"), "utf8");
  }

  /** Fetches the package lists unless they are fresh. */
  update(): void {
    const stamp = this.#path("updated");
    const mirror = readFileSync(this.#path("etc/sources.list"), "utf8");
    const fresh =
      existsSync(stamp) &&
      readFileSync(stamp, "utf8") === mirror &&
      Date.now() - statSync(stamp).mtimeMs < LISTS_FRESH_MS;
    if (fresh) return;
    try {
      this.#apt(["update"]);
    } catch {
      // A mirror in the middle of its own update has lists that do not match; the others are there, and that shows below.
    }
    if (!readdirSync(this.#path("state/lists")).some((name) => name.includes("Packages")))
      throw new NotHere("No Debian mirror answers: set DEBIAN_MIRROR to one");
    writeFileSync(stamp, mirror);
  }

  /**
   * Downloads the packages and all they depend on that `status` (a dpkg status file; default: nothing) does not have, in the order apt would
   * unpack them. Already downloaded ones are taken from the cache.
   */
  fetchClosure(names: readonly string[], status?: string): readonly DebianPackage[] {
    const options = status === undefined ? [] : ["-o", `Dir::State::status=${status}`];
    const install = [...options, "install", "-y", "--no-install-recommends", ...names];
    // Lines "Inst NAME (VERSION SUITE [ARCHITECTURE])", in order.
    const plan = this.#apt(["--simulate", ...install]);
    const files = [...plan.matchAll(/^Inst (\S+) (?:\[\S+\] )?\((\S+) .*\[(\S+)\]\)/gm)].map(
      ([, name, version, architecture]) => `${name}_${(version as string).replaceAll(":", "%3a")}_${architecture}.deb`,
    );
    const archives = this.#path("cache/archives");
    if (files.some((file) => !existsSync(join(archives, file)))) this.#apt(["--download-only", ...install]);
    return files.map((file) => describe(join(archives, file)));
  }

  /** Downloads just these packages. */
  fetch(names: readonly string[]): readonly DebianPackage[] {
    const directory = this.#path("cache/archives");
    return names.map((name) => {
      const policy = this.#run("apt-cache", ["show", "--no-all-versions", name]);
      const version = /^Version: (.*)$/m.exec(policy)?.[1];
      if (version === undefined) throw new Error(`Cannot fetch ${name}: the mirror has no such package`);
      const prefix = `${name}_${version.replaceAll(":", "%3a")}_`;
      const have = () => readdirSync(directory).find((file) => file.startsWith(prefix) && file.endsWith(".deb"));
      if (have() === undefined) this.#apt(["download", name], directory);
      const file = have();
      if (file === undefined) throw new Error(`Cannot fetch ${name}: apt downloaded nothing`);
      return describe(join(directory, file));
    });
  }

  /** The one package a name like "linux-image-686" depends on first. */
  firstDependency(name: string): string {
    const match = /^ {2}Depends: (\S+)$/m.exec(this.#run("apt-cache", ["depends", name]));
    if (match === null) throw new Error(`Cannot resolve ${name}: the mirror has no such package`);
    return match[1] as string;
  }

  /** Unpacks a package (without its maintainer scripts) and returns where; kept for next time. */
  unpack(pkg: DebianPackage): string {
    const target = join(this.#path("extracted"), basename(pkg.file, ".deb"));
    if (!existsSync(target)) {
      const partial = `${target}.partial`;
      execFileSync("rm", ["-rf", partial]);
      execFileSync("dpkg-deb", ["-x", pkg.file, partial]);
      execFileSync("mv", [partial, target]);
    }
    return target;
  }

  #apt(args: readonly string[], cwd = this.#root): string {
    try {
      return this.#run("apt-get", ["-qq", ...args], cwd);
    } catch (error) {
      // A mirror that does not answer is a property of the place, not of the recipes.
      const text = String((error as { stderr?: unknown }).stderr ?? error).trim();
      throw new NotHere(`apt-get ${args[0]} failed: ${text.split("\n").slice(-3).join(" ")}`);
    }
  }
  #run(command: string, args: readonly string[], cwd = this.#root): string {
    return execFileSync(command, args as string[], {
      cwd,
      encoding: "utf8",
      env: { ...process.env, APT_CONFIG: this.#path("apt.conf"), DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 2 ** 28,
    });
  }
  #path(...parts: string[]): string {
    return join(this.#root, ...parts);
  }
}

function describe(file: string): DebianPackage {
  const fields = execFileSync("dpkg-deb", ["-f", file, "Package", "Version", "Source"], { encoding: "utf8" });
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(fields)?.[1];
  const name = field("Package") as string;
  const version = field("Version") as string;
  const [source = name, sourceVersion] = (field("Source") ?? name).split(/[ ()]+/);
  return { name, version, source, sourceVersion: sourceVersion || version.replace(/\+b\d+$/, ""), file };
}

/** One-line sources for the suite and its updates on the chosen mirror. */
function sources(): string {
  const own = process.env.DEBIAN_MIRROR;
  const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : "";
  const lines = (uri: string, suite: string) => `deb ${signed}${uri} ${suite} main\n`;
  if (own !== undefined) return lines(own, SUITE) + lines(own, `${SUITE}-updates`);
  const found = machineSources();
  if (found.length === 0) throw new NotHere("This system's apt has no Debian mirror: set DEBIAN_MIRROR to one");
  return found.map(([uri, suite]) => lines(uri, suite)).join("");
}

/** URI and suite of the machine's own sources that carry the suite; security and updates included. */
function machineSources(): readonly (readonly [string, string])[] {
  const parts = "/etc/apt/sources.list.d";
  const files = [
    "/etc/apt/sources.list",
    ...(existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []),
  ];
  const found: (readonly [string, string])[] = [];
  for (const file of files) {
    if (!existsSync(file)) continue;
    const text = readFileSync(file, "utf8");
    const entries = file.endsWith(".sources")
      ? text.split(/\n\s*\n/).flatMap((stanza) => {
          const field = (name: string) => new RegExp(`^${name}: *(.*)$`, "m").exec(stanza)?.[1]?.split(/\s+/) ?? [];
          return field("URIs").flatMap((uri) => field("Suites").map((suite) => [uri, suite] as const));
        })
      : [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/gm)].map(
          (match) => [match[1] as string, match[2] as string] as const,
        );
    found.push(...entries.filter(([uri, suite]) => /\/debian(-security)?\/?$/.test(uri) && suite.startsWith(SUITE)));
  }
  return found;
}
