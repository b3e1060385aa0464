/** A package and what it needs beyond the `debian` image, unpacked and configured, as one overlay layer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PackageLayer, VM_IMAGE_VERSION, type VmImage } from "@cloudos/abi";
import { addTar, TreeImage } from "../../packages/fs-cloudfs/src/chunkfs/node/index.ts";
import { prepareRoot } from "../debian/base.ts";
import { debianInitrd, debianStatusFile, HARDWARE } from "../debian/recipe.ts";
import type { Builder } from "./builder.ts";
import { configure } from "./configure.ts";
import { addControlFiles, addPackages, statusOf } from "./debian-tree.ts";
import { compilePython } from "./python.ts";
import { cachedLayer, storeLayer } from "./root.ts";

/**
 * Runs the maintainer scripts, as an installation would, with nothing started. A script that fails here is one that wants a running system; the
 * package's files are there all the same.
 */
export const CONFIGURE = `
export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d
# Modules are compiled already, or are when first used.
mkdir -p /run/configure; for name in py3compile pycompile; do printf '#!/bin/sh\\n' > /run/configure/$name; chmod +x /run/configure/$name; done
PATH=/run/configure:$PATH dpkg --configure -a --force-confnew < /dev/null || echo "Some packages are not configured"
ldconfig
rm -f /usr/sbin/policy-rc.d /var/lib/dpkg/*-old
`;

export async function buildPackageLayer(
  builder: Builder,
  debian: VmImage,
  name: string,
  verbose: boolean,
): Promise<PackageLayer> {
  const { apt, store } = builder;
  const baseStatus = debianStatusFile(builder);
  const packages = apt.fetchClosure([name], baseStatus);
  const inputs = [
    ...debian.layers.map(({ id }) => id),
    ...packages.map((pkg) => `${pkg.name} ${pkg.version}`),
    CONFIGURE,
  ];
  const path = `packages/${name}.tree`;
  const layer = await cachedLayer(store, path, inputs, async () => {
    const tree = new TreeImage();
    if (packages.length === 0) return storeLayer(store, tree, name, path);
    prepareRoot(tree);
    await addPackages(tree, packages);
    addControlFiles(tree, packages);
    compilePython(tree, ["usr/lib/python3"], join(builder.scratch, "python"));
    tree.file("var/lib/dpkg/status", `${readFileSync(baseStatus, "utf8")}\n${statusOf(packages, "unpacked")}`);
    const draft = await storeLayer(store, tree, `${name}-draft`, "scratch/package.tree");
    const options = { hardware: { ...HARDWARE, memoryMiB: 512 }, seconds: 1800, verbose };
    await addTar(tree, await configure(builder, debianInitrd(builder), [...debian.layers, draft], CONFIGURE, options));
    return storeLayer(store, tree, name, path);
  });
  return { version: VM_IMAGE_VERSION, name, base: debian.name, layer, packages: builder.describe(packages) };
}
