/** Fails when an import crosses packages in a direction docs/ARCHITECTURE.md does not allow. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

const root = join(import.meta.dirname, "..");

/** Who may import whom. Everyone may import npm packages and itself; `abi` is for all. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "packages/abi": [],
  "packages/kernel": ["packages/hal-wasm"], // its HAL interface, compiled into the same module, and the gate in tests
  "packages/hal-wasm": [],
  "packages/init": [],
  "packages/fs-cloudfs": [],
  "packages/runtime": [],
  "packages/userland": [],
  "packages/programs": [],
  "packages/cli": [],
  "apps/web": [
    "packages/kernel",
    "packages/hal-wasm",
    "packages/init",
    "packages/fs-cloudfs",
    "packages/userland",
    "packages/programs",
    "packages/runtime",
    "packages/cli",
  ],
};

const problems: string[] = [];
for (const owner of Object.keys(allowed)) {
  for (const file of sources(join(root, owner))) {
    for (const target of imports(file)) {
      const to = ownerOf(target, file);
      if (to === null || to === owner || to === "packages/abi") continue;
      if (allowed[owner]?.includes(to)) continue;
      // Build scripts and tests stand outside the product: they may use the pieces they build or check.
      if (/(^|\/)(test|build[^/]*\.ts)/.test(relative(join(root, owner), file))) continue;
      problems.push(`${relative(root, file)}: ${owner} may not import ${to}`);
    }
  }
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log("Dependency directions hold");

function* sources(directory: string): Generator<string> {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (name === "node_modules") continue;
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}

function imports(file: string): readonly string[] {
  return [...readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

/** The package an import lands in; null for npm packages and Node's own modules. */
function ownerOf(target: string, file: string): string | null {
  const scoped = /^@cloudos\/([^/]+)/.exec(target);
  if (scoped !== null) return scoped[1] === "web" ? "apps/web" : `packages/${scoped[1]}`;
  if (!target.startsWith(".")) return null;
  const path = relative(root, resolve(file, "..", target)).split(sep);
  return path[0] === "packages" || path[0] === "apps" ? `${path[0]}/${path[1]}` : `${path[0]}`;
}
