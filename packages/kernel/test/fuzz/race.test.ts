import { expect, test } from "vitest";
import { race } from "./race.ts";
import { freshSeed } from "./random.ts";
import { describe } from "./watch.ts";

const long = process.env.CLOUDOS_TEST_LONG === "1";
const CALLS = long ? 400_000 : 15_000;
const SHAPES = [{ cores: 2 }, { cores: 4 }, { cores: 3, maxPages: 96 }];

test.each(SHAPES)("random system calls from cores that really run at once: %o", async (shape) => {
  const options = { seed: freshSeed(), calls: CALLS, ...shape };
  console.log(`race: ${describe(options)}`);
  const report = await race(options);
  expect(report.after, describe(options)).toEqual(report.before);
  expect(report.calls).toBeGreaterThanOrEqual(CALLS);
});
