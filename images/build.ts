/**
 * Builds machine images into `build/images`:
 *
 *   npm run images                  all images
 *   npm run images busybox debian   these
 *   npm run images -- --package nodejs --package gcc
 *   --missing                       only what is not there
 *   --verbose                       the machines' consoles and logs on standard error
 *
 * `build/images/index.json` says what there is while it happens. Where images cannot be built (no apt, no mirror, no compiler), it says why, and
 * the status is 0: the OS runs without them.
 */
import { join } from "node:path";
import type { VmImage } from "@cloudos/abi";
import { buildBusybox } from "./busybox/recipe.ts";
import { buildDebian } from "./debian/recipe.ts";
import { buildDesktop } from "./desktop/recipe.ts";
import { firmware } from "./firmware.ts";
import { NotHere } from "./lib/apt.ts";
import { Builder } from "./lib/builder.ts";
import { Catalogue } from "./lib/catalogue.ts";
import { buildPackageLayer } from "./lib/package-layer.ts";

const recipes: Readonly<Record<string, (builder: Builder, verbose: boolean) => Promise<VmImage>>> = {
  busybox: buildBusybox,
  debian: buildDebian,
  desktop: (builder, verbose) => buildDesktop(builder, verbose, requireDebian()),
};

const names: string[] = [];
const packages: string[] = [];
const flags = new Set<string>();
for (const args = process.argv.slice(2); args.length > 0; ) {
  const arg = args.shift() as string;
  if (arg === "--package") packages.push(args.shift() ?? "");
  else if (arg.startsWith("--")) flags.add(arg);
  else names.push(arg);
}
const unknown = names.find((name) => recipes[name] === undefined);
if (unknown !== undefined) {
  console.error(`No image "${unknown}": there are ${Object.keys(recipes).join(", ")}`);
  process.exit(1);
}
if (names.length === 0 && packages.length === 0) names.push(...Object.keys(recipes));

const verbose = flags.has("--verbose");
const catalogue = new Catalogue(join(import.meta.dirname, "../build/images"));
const wanted = flags.has("--missing") ? names.filter((name) => catalogue.image(name) === undefined) : names;
try {
  if (wanted.length > 0 || packages.length > 0) {
    catalogue.state(wanted, "building", "Fetching package lists");
    const builder = new Builder();
    builder.store.writeManifest("firmware/manifest.json", firmware(builder));
    for (const name of wanted) await timed(`image ${name}`, () => buildImage(builder, name));
    for (const name of packages) await timed(`package ${name}`, () => buildLayer(builder, name));
  }
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  catalogue.state(wanted, "not-built", reason);
  if (!(error instanceof NotHere)) throw error;
  console.log(`Images are not built here: ${reason}`);
} finally {
  catalogue.write();
}
process.exit(0);

async function buildImage(builder: Builder, name: string): Promise<void> {
  catalogue.state([name], "building", "Building");
  builder.store.writeManifest(
    `${name}/manifest.json`,
    await (recipes[name] as (typeof recipes)[string])(builder, verbose),
  );
}

async function buildLayer(builder: Builder, name: string): Promise<void> {
  const debian = catalogue.image("debian");
  if (debian === undefined)
    throw new Error(`Cannot build package ${name}: the image "debian" comes first (npm run images debian)`);
  builder.store.writeManifest(
    `packages/${name}.json`,
    await buildPackageLayer(builder, requireDebian(), name, verbose),
  );
}

function requireDebian(): VmImage {
  const debian = catalogue.image("debian");
  if (debian === undefined) throw new Error('The image "debian" comes first: npm run images debian');
  return debian;
}

async function timed(what: string, build: () => Promise<void>): Promise<void> {
  const begin = performance.now();
  await build();
  catalogue.write();
  console.log(`built ${what} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}
