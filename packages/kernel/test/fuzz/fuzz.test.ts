import { expect, test } from "vitest";
import { freshSeed } from "./random.ts";
import { describe, watched } from "./watch.ts";

const long = process.env.CLOUDOS_TEST_LONG === "1";
/** Calls of one session: after that many a new machine says more than an old one. */
const CALLS = long ? 200_000 : 40_000;
const SESSIONS = long ? 52 : 6;
const SHAPES = [
  { cores: 1 },
  { cores: 2 },
  { cores: 4 },
  // So little memory that calls fail in the middle.
  { cores: 2, maxPages: 96 },
];

test(`random system calls, ${SESSIONS * CALLS} of them: no trap, no panic, no hang, nothing left over`, async () => {
  const first = freshSeed();
  console.log(`fuzz: seeds ${first} to ${first + SESSIONS - 1} (CLOUDOS_SEED=${first} repeats them)`);
  let next = 0;
  let made = 0;
  const lane = async () => {
    while (next < SESSIONS) {
      const options = { seed: first + next, calls: CALLS, ...SHAPES[next % SHAPES.length]! };
      next++;
      const report = await watched(options);
      expect(report.after, describe(options)).toEqual(report.before);
      made += report.calls;
    }
  };
  await Promise.all([lane(), lane()]);
  expect(made).toBeGreaterThanOrEqual(SESSIONS * CALLS);
});
