import { expect, test } from "vitest";
import { freshSeed, Random } from "../fuzz/random.ts";
import { Histories } from "./history.ts";
import type { Operation } from "./operations.ts";
import { minimise, possible, print, Stage, type World } from "./replay.ts";

const long = process.env.CLOUDOS_TEST_LONG === "1";
const HISTORIES = long ? 600 : 40;
const STEPS = long ? 800 : 300;
const CORES = [1, 2, 4];
/** Steps between two looks at all handles and the contents of all VMOs. */
const AUDIT = 50;

/** Plays a history as it is made up, and reports the shortest that still shows the difference. */
async function compare(seed: number, world: World): Promise<number> {
  const stage = await Stage.set(world);
  const histories = new Histories(new Random(seed), stage.model);
  const history: Operation[] = [];
  const play = async (operation: Operation) => {
    if (!possible(stage.model, operation)) return;
    history.push(operation);
    const difference = await stage.step(operation);
    if (difference === undefined) return;
    const fewest = await minimise(world, history);
    throw new Error(
      `Seed ${seed}, ${world.cores} cores: ${difference}\nThe shortest history that differs:\n${print(fewest)}`,
    );
  };
  for (let step = 1; step <= STEPS; step++) {
    const operation = histories.next();
    if (operation === undefined) break;
    await play(operation);
    if (step % AUDIT === 0) for (const look of histories.audit()) await play(look);
  }
  expect(await stage.close(), `seed ${seed}`).toEqual(stage.before);
  return history.length;
}

test(`kernel and model agree on ${HISTORIES} random histories of handles, channels, events and VMOs`, async () => {
  const first = freshSeed();
  console.log(`model: seeds ${first} to ${first + HISTORIES - 1} (CLOUDOS_SEED=${first} repeats them)`);
  let steps = 0;
  for (let i = 0; i < HISTORIES; i++)
    steps += await compare(first + i, { processes: 4, cores: CORES[i % CORES.length]! });
  console.log(`model: ${steps} steps compared`);
  expect(steps).toBeGreaterThan(HISTORIES * 20);
});
