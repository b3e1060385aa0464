/** Debian's stock i386 kernel and the modules a machine needs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Apt, DebianPackage } from "./apt.ts";
import type { CpioEntry } from "./cpio.ts";

export interface Kernel {
  readonly package: DebianPackage;
  /** "6.1.0-50-686". */
  readonly release: string;
  readonly image: Uint8Array<ArrayBuffer>;
  readonly modules: string;
}

/** The 686 kernel without PAE: the emulator is faster without. */
export function fetchKernel(apt: Apt): Kernel {
  const name = apt.firstDependency("linux-image-686");
  const [pkg] = apt.fetch([name]) as [DebianPackage];
  const root = apt.unpack(pkg);
  const release = name.replace("linux-image-", "");
  const image = new Uint8Array(readFileSync(join(root, "boot", `vmlinuz-${release}`)));
  return { package: pkg, release, image, modules: join(root, "lib/modules", release) };
}

/** Modules (by name) with all they depend on, in load order, as entries of an initial RAM disk. */
export function modulesFor(kernel: Kernel, names: readonly string[]): { entries: CpioEntry[]; order: string[] } {
  const files = new Map<string, string>();
  const walk = (directory: string) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory()) walk(join(directory, entry.name));
      else if (entry.name.endsWith(".ko"))
        files.set(canonical(basename(entry.name, ".ko")), join(directory, entry.name));
    }
  };
  walk(join(kernel.modules, "kernel"));
  const builtin = existsSync(join(kernel.modules, "modules.builtin"))
    ? new Set(
        readFileSync(join(kernel.modules, "modules.builtin"), "utf8")
          .split("\n")
          .map((line) => canonical(basename(line, ".ko"))),
      )
    : new Set<string>();
  const order: string[] = [];
  const entries: CpioEntry[] = [];
  const add = (name: string) => {
    const key = canonical(name);
    if (order.includes(key) || builtin.has(key)) return;
    const file = files.get(key);
    if (file === undefined) throw new Error(`Cannot find kernel module ${name} in ${kernel.release}`);
    const data = new Uint8Array(readFileSync(file));
    for (const dependency of dependencies(data)) add(dependency);
    order.push(key);
    entries.push({ type: "file", path: `lib/modules/${key}.ko`, mode: 0o644, data });
  };
  for (const name of names) add(name);
  return { entries, order };
}

function canonical(name: string): string {
  return name.replaceAll("-", "_");
}

/** The "depends=" string in the module's .modinfo section. */
function dependencies(module: Uint8Array): readonly string[] {
  const text = Buffer.from(module.buffer, module.byteOffset, module.length).toString("latin1");
  const match = /\0depends=([^\0]*)\0/.exec(text);
  return match?.[1] ? match[1].split(",") : [];
}
