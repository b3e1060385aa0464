import { expect, test } from "vitest";
import { compilePure } from "./pure.ts";

const make = await compilePure(["timer-wheel.ts"], 32);
const WHEEL = 1024;
const NODES = 8192;
const NODE_SIZE = 32;

/** A wheel, and beside it a list that is sorted at every look. */
function wheelAndModel() {
  const { call, view } = make();
  const armed = new Map<number, number>();
  const node = (index: number) => NODES + index * NODE_SIZE;
  return {
    armed,
    arm(index: number, deadlineUs: number) {
      if (armed.has(index)) call.wheelRemove!(WHEEL, node(index));
      call.wheelInsert!(WHEEL, node(index), deadlineUs);
      armed.set(index, deadlineUs);
    },
    cancel(index: number) {
      expect(call.wheelRemove!(WHEEL, node(index))).toBe(armed.delete(index) ? 1 : 0);
    },
    next: () => call.wheelNext!(WHEEL),
    /** Everything due at `nowUs`, in the order in which the wheel gives it, checked against the model. */
    take(nowUs: number): number[] {
      const taken: number[] = [];
      for (let at = call.wheelTake!(WHEEL, nowUs); at !== 0; at = call.wheelTake!(WHEEL, nowUs)) {
        const index = (at - NODES) / NODE_SIZE;
        expect(view.getFloat64(at, true)).toBe(armed.get(index));
        taken.push(index);
      }
      const due = [...armed].filter(([, deadline]) => deadline <= nowUs).map(([index]) => index);
      expect(new Set(taken)).toEqual(new Set(due));
      const deadlines = taken.map((index) => armed.get(index)!);
      expect(deadlines).toEqual(deadlines.toSorted((a, b) => a - b));
      for (const index of taken) armed.delete(index);
      return taken;
    },
  };
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

// Delays of 10^9.9 us stay within the wheel's span of 4.8 hours, those of 10^11 do not.
test.each([
  [1, 9.9],
  [2, 9.9],
  [3, 9.9],
  [4, 11],
  [5, 11],
])("like a sorted list, whatever is armed, cancelled and how time jumps (seed %i, 10^%d us)", (seed, magnitude) => {
  const rnd = random(seed);
  const wheel = wheelAndModel();
  let now = 1e6 * rnd();
  for (let step = 0; step < 4000; step++) {
    const index = Math.floor(rnd() * 300);
    const kind = rnd();
    if (kind < 0.55) wheel.arm(index, now + 10 ** (rnd() * magnitude) - 50);
    else if (kind < 0.75) wheel.cancel(index);
    else {
      const next = wheel.next();
      const earliest = Math.min(Number.POSITIVE_INFINITY, ...wheel.armed.values());
      expect(next).toBeLessThanOrEqual(earliest);
      // Exact within the wheel's span: nobody wakes for nothing.
      if (magnitude < 10) expect(next).toBe(earliest);
      now = rnd() < 0.5 && Number.isFinite(next) ? next : now + 10 ** (rnd() * 10);
      wheel.take(now);
    }
  }
  wheel.take(now + 1e12);
  expect(wheel.armed.size).toBe(0);
  expect(wheel.next()).toBe(Number.POSITIVE_INFINITY);
});

test("10,000 timers at one instant come out, all of them, and none before", () => {
  const wheel = wheelAndModel();
  for (let index = 0; index < 10_000; index++) wheel.arm(index, 5e6);
  expect(wheel.next()).toBe(5e6);
  expect(wheel.take(5e6 - 1)).toEqual([]);
  expect(wheel.take(5e6)).toHaveLength(10_000);
});

test("within a millisecond the exact deadline decides", () => {
  const wheel = wheelAndModel();
  for (const [index, deadline] of [900.5, 100.25, 500, 100.75, 1].entries()) wheel.arm(index, deadline + 1e6);
  expect(wheel.take(1e6 + 100.25)).toEqual([4, 1]);
  expect(wheel.next()).toBe(1e6 + 100.75);
  expect(wheel.take(1e6 + 1000)).toEqual([3, 2, 0]);
});

test("a clock that goes backwards loses nothing and fires nothing early", () => {
  const wheel = wheelAndModel();
  wheel.arm(0, 10e6);
  expect(wheel.take(9e6)).toEqual([]);
  wheel.arm(1, 5e6); // Past already.
  expect(wheel.take(4e6)).toEqual([]);
  expect(wheel.next()).toBe(5e6);
  expect(wheel.take(5e6)).toEqual([1]);
  expect(wheel.take(10e6)).toEqual([0]);
});

test("after a day without a look everything due comes at once, in order", () => {
  const wheel = wheelAndModel();
  for (let index = 0; index < 500; index++) wheel.arm(index, 1000 + index * 170e6);
  expect(wheel.take(86400e6)).toHaveLength(500 + Math.min(0, Math.floor(86400e6 / 170e6) - 500));
});
