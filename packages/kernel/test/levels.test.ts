import { expect, test } from "vitest";
import { compilePure } from "./pure.ts";

const make = await compilePure(["levels.ts"], 4);
const QUEUE = 1024;
const node = (index: number) => 4096 + index * 16;
const LEVELS = 8;

test.each([7, 8, 9])("eight lists behave like eight arrays (seed %i)", (seed) => {
  const { call } = make();
  const model: number[][] = Array.from({ length: LEVELS }, () => []);
  let state = seed;
  const rnd = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const free = Array.from({ length: 64 }, (_, index) => node(index));
  const take = () => (model.find((list) => list.length > 0) ?? []).shift() ?? 0;
  for (let step = 0; step < 20_000; step++) {
    const kind = rnd(10);
    if (kind < 5 && free.length > 0) {
      const [at] = free.splice(rnd(free.length), 1) as [number];
      const level = rnd(LEVELS);
      const front = rnd(2);
      call.levelsPut!(QUEUE, level, at, front);
      if (front) model[level]!.unshift(at);
      else model[level]!.push(at);
    } else if (kind < 8) {
      const expected = take();
      expect(call.levelsTake!(QUEUE)).toBe(expected);
      if (expected !== 0) free.push(expected);
    } else if (kind === 8) {
      const at = node(rnd(64));
      const list = model.find((candidates) => candidates.includes(at));
      expect(call.levelsRemove!(QUEUE, at)).toBe(list === undefined ? 0 : 1);
      if (list !== undefined) free.push(...list.splice(list.indexOf(at), 1));
    } else if (rnd(20) === 0) {
      call.levelsRaise!(QUEUE);
      const all = model.flat();
      for (const list of model) list.length = 0;
      model[0]!.push(...all);
    }
  }
  for (let expected = take(); expected !== 0; expected = take()) expect(call.levelsTake!(QUEUE)).toBe(expected);
  expect(call.levelsTake!(QUEUE)).toBe(0);
});

test("quanta grow downward, and one nice level is a quarter", () => {
  const { call } = make();
  const quanta = Array.from({ length: LEVELS }, (_, level) => call.levelQuantumUs!(level, 0));
  for (let level = 1; level < LEVELS; level++) expect(quanta[level]).toBeGreaterThan(quanta[level - 1]!);
  expect(call.levelQuantumUs!(7, 5)! / call.levelQuantumUs!(7, 4)!).toBeCloseTo(0.8, 10);
  expect(call.levelQuantumUs!(7, -1)! / call.levelQuantumUs!(7, 0)!).toBeCloseTo(1.25, 10);
  // No quantum is so long that a boost period passes in it.
  expect(call.levelQuantumUs!(7, -20)).toBeLessThanOrEqual(200_000);
  expect([0, 3, 4, 19].map((nice) => call.levelBase!(nice))).toEqual([0, 0, 1, 4]);
});
