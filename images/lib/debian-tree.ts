/** A directory tree from Debian packages, without running their scripts: contents, the dpkg database, and what is left out. */
import { execFileSync } from "node:child_process";
import { FILETYPE_REGULAR_FILE } from "../../packages/abi/src/wasi.ts";
import { addTar, type TreeImage } from "../../packages/fs-cloudfs/src/chunkfs/node/index.ts";
import { readTar } from "../../packages/fs-cloudfs/src/chunkfs/node/tar.ts";
import type { DebianPackage } from "./apt.ts";

/** Not in images: people have it on the web, and it would be half of the bytes. Licences stay. */
const LEFT_OUT = [
  /^usr\/share\/(man|info|locale|lintian|linda|bug|doc-base|gtk-doc|help|i18n\/locales)\//,
  /^usr\/share\/doc\/.*\/(?!copyright$)[^/]*$/,
];

export async function addPackages(
  tree: TreeImage,
  packages: readonly DebianPackage[],
  leftOut: readonly RegExp[] = [],
): Promise<void> {
  for (const pkg of packages) {
    const archive = execFileSync("dpkg-deb", ["--fsys-tarfile", pkg.file], { maxBuffer: 2 ** 30 });
    const listed: string[] = ["/."];
    await addTar(tree, archive, {
      filter: (path) => {
        listed.push(`/${path}`);
        return ![...LEFT_OUT, ...leftOut].some((pattern) => pattern.test(path));
      },
    });
    tree.file(`var/lib/dpkg/info/${infoName(pkg)}.list`, `${listed.join("\n")}\n`);
  }
}

/** Their maintainer scripts and the like, for `dpkg --configure`. */
export function addControlFiles(tree: TreeImage, packages: readonly DebianPackage[]): void {
  for (const pkg of packages) {
    const archive = execFileSync("dpkg-deb", ["--ctrl-tarfile", pkg.file], { maxBuffer: 2 ** 26 });
    for (const { path, type, content, mode } of readTar(archive)) {
      const name = path.replace(/^\.\//, "");
      if (type !== FILETYPE_REGULAR_FILE || name === "control" || name === "md5sums") continue;
      tree.file(`var/lib/dpkg/info/${infoName(pkg)}.${name}`, content.slice(), { mode });
    }
  }
}

/** The stanzas of /var/lib/dpkg/status for these packages. */
export function statusOf(packages: readonly DebianPackage[], state: "installed" | "unpacked" = "installed"): string {
  return packages
    .map((pkg) => {
      const control = execFileSync("dpkg-deb", ["-f", pkg.file], { encoding: "utf8" }).trimEnd();
      return `${control.replace(/^(Package: .*)$/m, `$1\nStatus: install ok ${state}`)}\n`;
    })
    .join("\n");
}

/** Packages that may be installed for several architectures at once have it in their file names. */
function infoName(pkg: DebianPackage): string {
  const multi = execFileSync("dpkg-deb", ["-f", pkg.file, "Multi-Arch"], { encoding: "utf8" }).trim();
  return multi === "same" ? `${pkg.name}:i386` : pkg.name;
}

/** Text of a file in the tree; undefined when there is none. */
export function textOf(tree: TreeImage, path: string): string | undefined {
  const content = tree.find(path)?.content;
  return content instanceof Uint8Array ? new TextDecoder().decode(content) : undefined;
}
