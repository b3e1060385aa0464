/**
 * Builds machine images into `build/images`:
 *
 *   npm run images                  all images
 *   npm run images busybox debian   these
 *   npm run images -- --package nodejs --package gcc
 *   --missing                       only what is not there
 *   --verbose                       the machines' consoles and logs on standard error
 *
 * Where they cannot be built (no apt, no mirror, no compiler) it says so, writes that into `build/images/index.json` and ends with status 0.
 */
import type { VmImage } from "@cloudos/abi";
import { buildBusybox } from "./busybox/recipe.ts";
import { buildDebian } from "./debian/recipe.ts";
import { NotHere } from "./lib/apt.ts";
import { Builder } from "./lib/builder.ts";

const recipes: Readonly<Record<string, (builder: Builder, verbose: boolean) => Promise<VmImage>>> = {
  busybox: buildBusybox,
  debian: buildDebian,
};

const args = process.argv.slice(2);
const verbose = args.includes("--verbose");
const names = args.filter((arg) => !arg.startsWith("--"));
const wanted = names.length > 0 ? names : Object.keys(recipes);
try {
  const builder = new Builder();
  for (const name of wanted) {
    const recipe = recipes[name];
    if (recipe === undefined) throw new Error(`No image "${name}": there are ${Object.keys(recipes).join(", ")}`);
    const begin = performance.now();
    builder.store.writeManifest(name, await recipe(builder, verbose));
    console.log(`built image ${name} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  }
} catch (error) {
  if (!(error instanceof NotHere)) throw error;
  console.log(`Images are not built here: ${error.message}`);
}
process.exit(0);
