/** Compiles the guest agent: a static i386 program against musl from Debian, with the system's C compiler or Debian's. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Apt, type DebianPackage, NotHere } from "./apt.ts";

export interface Agent {
  readonly program: Uint8Array;
  /** Linked into it. */
  readonly packages: readonly DebianPackage[];
}

export function buildAgent(apt: Apt, sources: string, scratch: string): Agent {
  const packages = apt.fetch(["musl-dev", "linux-libc-dev", "libgcc-12-dev"]);
  const [musl, linux, gcc] = packages.map((pkg) => apt.unpack(pkg)) as [string, string, string];
  const muslLib = join(musl, "usr/lib/i386-linux-musl");
  const gccLib = join(gcc, "usr/lib/gcc/i686-linux-gnu/12");
  const include = [
    join(musl, "usr/include/i386-linux-musl"),
    join(gccLib, "include"),
    join(linux, "usr/include"),
    join(linux, "usr/include/i386-linux-gnu"),
  ];
  mkdirSync(scratch, { recursive: true });
  const output = join(scratch, "agent");
  const files = readdirSync(sources)
    .filter((name) => name.endsWith(".c"))
    .sort();
  execFileSync(
    compiler(),
    [
      ...["-m32", "-march=i686", "-Os", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-ffunction-sections", "-fno-pie"],
      ...["-fno-stack-protector", "-nostdinc", ...include.flatMap((path) => ["-isystem", path])],
      ...["-static", "-no-pie", "-nostdlib", "-Wl,--gc-sections,--build-id=none", "-s", "-o", output],
      ...[join(muslLib, "crt1.o"), join(muslLib, "crti.o"), ...files.map((name) => join(sources, name))],
      ...["-Wl,--start-group", join(muslLib, "libc.a"), join(gccLib, "libgcc.a"), join(gccLib, "libgcc_eh.a")],
      ...["-Wl,--end-group", join(muslLib, "crtn.o")],
    ],
    { stdio: "inherit" },
  );
  return {
    program: new Uint8Array(readFileSync(output)),
    packages: packages.filter((pkg) => pkg.name !== "linux-libc-dev"),
  };
}

function compiler(): string {
  for (const name of [process.env.CC, "gcc", "i686-linux-gnu-gcc", "cc"]) {
    if (name === undefined) continue;
    const probe = spawnSync(name, ["-m32", "-E", "-x", "c", "/dev/null"], { stdio: "ignore" });
    if (probe.status === 0) return name;
  }
  throw new NotHere("No C compiler for i386 (apt install gcc): the guest agent cannot be built");
}
