/**
 * Builds everything into `build/` and the site into `dist/`. A step whose inputs are unchanged is skipped.
 *
 *   node scripts/build.ts            all
 *   node scripts/build.ts --os       without the site (what the Node machine needs)
 *   node scripts/build.ts --images   the images of x86 machines that tests need as well
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { stamped } from "./lib/stamp.ts";

const root = join(import.meta.dirname, "..");
const at = (...parts: string[]) => join(root, ...parts);
const run = (script: string, args: readonly string[] = []) =>
  execFileSync(process.execPath, [at(script), ...args], { cwd: root, stdio: "inherit" });

interface Step {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly script: string;
  readonly args?: readonly string[];
}

const abi = at("packages/abi/src");
const lock = at("package-lock.json");

const osSteps: readonly Step[] = [
  {
    name: "kernel",
    inputs: [
      abi,
      at("packages/kernel/assembly"),
      at("packages/hal-wasm/assembly"),
      at("packages/kernel/build.ts"),
      lock,
    ],
    outputs: [at("build/kernel/kernel.wasm"), at("build/kernel/posix.wasm")],
    script: "packages/kernel/build.ts",
  },
  {
    name: "gate",
    inputs: [abi, at("packages/hal-wasm/src/gate"), at("packages/hal-wasm/build-gate.ts"), lock],
    outputs: [at("build/gate/gate.wasm")],
    script: "packages/hal-wasm/build-gate.ts",
  },
  {
    name: "userland",
    inputs: [abi, at("packages/userland/assembly"), at("packages/userland/build.ts"), lock],
    outputs: [at("build/userland/sh.wasm"), at("build/userland/cat.wasm")],
    script: "packages/userland/build.ts",
  },
  {
    name: "programs",
    inputs: [abi, at("packages/programs"), at("packages/hal-wasm/src/rewriter"), lock],
    outputs: [at("build/programs/index.json")],
    script: "packages/programs/build.ts",
  },
  {
    name: "image",
    inputs: [
      abi,
      at("build/userland"),
      at("build/programs/index.json"),
      at("packages/hal-wasm/src/rewriter"),
      at("scripts/image"),
      at("LICENSE"),
    ],
    outputs: [at("build/image/manifest.json")],
    script: "scripts/image/build.ts",
  },
];

const siteStep: Step = {
  name: "site",
  inputs: [
    abi,
    at("apps/web"),
    at("packages/hal-wasm/src"),
    at("packages/init/src"),
    at("packages/fs-cloudfs/src"),
    at("packages/runtime/src"),
    at("vite.config.ts"),
    at("scripts/site"),
    at("build/kernel"),
    at("build/gate"),
    at("build/image/manifest.json"),
    lock,
  ],
  outputs: [at("dist/index.html"), at("dist/os/image/manifest.json")],
  script: "scripts/site/build.ts",
};

/** Two images are enough to test machines; `npm run images` builds all. Where they cannot be built it says so, and the tests say so too. */
const imagesStep: Step = {
  name: "images",
  inputs: [
    at("images"),
    at("packages/hal-wasm/src/machine"),
    at("packages/fs-cloudfs/src/chunkfs"),
    at("packages/fs-cloudfs/src/ninep"),
    at("packages/fs-cloudfs/src/overlay"),
    at("packages/abi/src/vm-image.ts"),
    at("packages/abi/src/guest-agent.ts"),
    at("node_modules/v86/package.json"),
  ],
  outputs: [at("build/images/index.json")],
  script: "images/build.ts",
  args: ["busybox", "debian"],
};

const steps = [
  ...osSteps,
  ...(process.argv.includes("--os") ? [] : [siteStep]),
  ...(process.argv.includes("--images") ? [imagesStep] : []),
];
for (const step of steps) {
  const begin = performance.now();
  const ran = await stamped(
    at("build/stamps", step.name),
    step.inputs,
    step.outputs,
    () => void run(step.script, step.args),
  );
  if (ran) console.log(`built ${step.name} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}
