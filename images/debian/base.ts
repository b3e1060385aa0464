/** What the scripts of the base packages would have set up, and what makes the root file system a machine's. */
import type { TreeImage } from "../../packages/fs-cloudfs/src/chunkfs/node/index.ts";
import { textOf } from "../lib/debian-tree.ts";

export const BASE_PACKAGES = [
  ...[
    "base-files",
    "base-passwd",
    "bash",
    "coreutils",
    "dash",
    "debianutils",
    "diffutils",
    "dpkg",
    "findutils",
    "grep",
    "gzip",
  ],
  ...[
    "hostname",
    "init-system-helpers",
    "libc-bin",
    "login",
    "mawk",
    "mount",
    "ncurses-base",
    "ncurses-bin",
    "passwd",
    "perl",
  ],
  ...[
    "procps",
    "sed",
    "tar",
    "util-linux",
    "apt",
    "ca-certificates",
    "curl",
    "file",
    "git",
    "iproute2",
    "iputils-ping",
    "less",
  ],
  ...["netbase", "openssl", "psmisc", "python3", "readline-common", "vim-tiny", "xz-utils", "bzip2", "usr-is-merged"],
];

/** Before any package: the merged /usr, so that their files land in one place. */
export function prepareRoot(tree: TreeImage): void {
  for (const name of ["bin", "sbin", "lib"]) {
    tree.directory(`usr/${name}`);
    tree.symlink(name, `usr/${name}`);
  }
}

/** After the packages. `sources` is the text of apt's sources.list. */
export function finishRoot(tree: TreeImage, status: string, sources: string): void {
  const copy = (from: string, to: string, mode = 0o644) => {
    const node = tree.find(from);
    if (node !== undefined) tree.file(to, node.content, { mode });
  };
  for (const name of ["passwd", "group"]) copy(`usr/share/base-passwd/${name}.master`, `etc/${name}`);
  const accounts = (textOf(tree, "etc/passwd") ?? "").replace("root:*:", "root:x:");
  tree.file("etc/passwd", accounts.replaceAll(":*:", ":x:"));
  const names = accounts.split("\n").flatMap((line) => line.split(":")[0] || []);
  tree.file("etc/shadow", names.map((name) => `${name}:*:19000:0:99999:7:::\n`).join(""), {
    mode: 0o640,
    uid: 0,
    gid: 42,
  });
  for (const name of ["profile", "dot.bashrc", "dot.profile", "nsswitch.conf"]) {
    const to = name.startsWith("dot") ? `root/${name.slice(3)}` : `etc/${name}`;
    copy(`usr/share/base-files/${name}`, to);
  }
  if (tree.find("etc/nsswitch.conf") === undefined)
    tree.file("etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\n");
  copy("usr/share/libc-bin/nsswitch.conf", "etc/nsswitch.conf");
  tree.directory("root", { mode: 0o700 });
  tree.file("root/.bashrc", "PS1='\\u@\\h:\\w\\$ '\nalias ls='ls --color=auto'\nalias ll='ls -l'\n");
  for (const path of [
    "proc",
    "sys",
    "dev",
    "run",
    "mnt",
    "home",
    "opt",
    "srv",
    "var/tmp",
    "var/log",
    "var/cache/apt/archives/partial",
  ])
    tree.directory(path);
  tree.directory("tmp", { mode: 0o1777 });
  tree.directory("var/tmp", { mode: 0o1777 });
  tree.symlink("var/run", "/run");
  tree.symlink("var/lock", "/run/lock");
  tree.file("etc/hostname", "debian\n");
  tree.file("etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\tdebian\n");
  tree.file("etc/fstab", "");
  tree.file("etc/resolv.conf", "");
  tree.file("etc/machine-id", "");
  tree.symlink("etc/mtab", "/proc/self/mounts");
  tree.file("etc/apt/sources.list", sources);
  tree.file("etc/apt/apt.conf.d/90cloudos", 'APT::Sandbox::User "root";\nAPT::Install-Recommends "false";\n');
  tree.directory("var/lib/apt/lists/partial");
  tree.file("var/lib/dpkg/status", status);
  tree.file("var/lib/dpkg/available", "");
  for (const name of ["updates", "triggers", "alternatives"]) tree.directory(`var/lib/dpkg/${name}`);
  for (const [link, [name, target]] of Object.entries(ALTERNATIVES)) {
    if (tree.find(target) === undefined) continue;
    tree.symlink(link, `/etc/alternatives/${name}`);
    tree.symlink(`etc/alternatives/${name}`, `/${target}`);
  }
  certificates(tree);
}

const ALTERNATIVES: Readonly<Record<string, readonly [string, string]>> = {
  "usr/bin/awk": ["awk", "usr/bin/mawk"],
  "usr/bin/vi": ["vi", "usr/bin/vim.tiny"],
  "usr/bin/editor": ["editor", "usr/bin/vim.tiny"],
  "usr/bin/pager": ["pager", "usr/bin/less"],
};

/** /etc/ssl/certs/ca-certificates.crt: all of them in one file. */
function certificates(tree: TreeImage): void {
  const mozilla = tree.find("usr/share/ca-certificates/mozilla");
  if (mozilla === undefined) return;
  const all = [...mozilla.entries.keys()]
    .sort()
    .map((name) => textOf(tree, `usr/share/ca-certificates/mozilla/${name}`) ?? "");
  tree.file("etc/ssl/certs/ca-certificates.crt", all.join(""));
}
