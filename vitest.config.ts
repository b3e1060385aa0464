import { defineConfig } from "vitest/config";

/** The long forms (soak, exhaustive crash points, fuzz) run with `npm run test:long`. */
const long = process.env.CLOUDOS_TEST_LONG === "1";

export default defineConfig({
  test: {
    // A hung machine must end the run, not hold it; these bound hangs and judge no speed.
    testTimeout: long ? 1_800_000 : 120_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    // Two cores: more workers than that only make each other late.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "packages/*/test/**/*.test.ts",
            "packages/*/src/**/*.test.ts",
            "apps/*/test/**/*.test.ts",
            "scripts/**/*.test.ts",
          ],
          pool: "forks",
        },
      },
      {
        extends: true,
        test: { name: "machine", include: ["e2e/machine/**/*.test.ts"], pool: "forks" },
      },
      {
        extends: true,
        test: { name: "browser", include: ["e2e/browser/**/*.test.ts"], pool: "forks", fileParallelism: false },
      },
    ],
  },
});
