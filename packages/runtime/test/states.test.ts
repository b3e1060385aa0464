import { describe, expect, it } from "vitest";
import { type EnvironmentEvent, type EnvironmentState, isLive, transition } from "../src/states.ts";

const STATES: readonly EnvironmentState[] = [
  { name: "created" },
  { name: "starting" },
  { name: "running" },
  { name: "suspending" },
  { name: "suspended" },
  { name: "stopping" },
  { name: "stopped" },
  { name: "failed", reason: "it crashed" },
];

describe("the life of an environment", () => {
  it("goes from creation to suspension and back", () => {
    const events: EnvironmentEvent["type"][] = [
      "start",
      "started",
      "suspend",
      "suspended",
      "start",
      "started",
      "stop",
      "stopped",
    ];
    let state: EnvironmentState = { name: "created" };
    const seen = events.map((type) => {
      state = transition("box", state, { type } as EnvironmentEvent);
      return state.name;
    });
    expect(seen).toEqual([
      ...["starting", "running", "suspending", "suspended", "starting", "running", "stopping", "stopped"],
    ]);
  });

  it("ends in failure with a reason when the machine dies, from every live state but stopping", () => {
    for (const state of STATES) {
      const next = transition("box", state, { type: "ended", reason: "its kernel panicked" });
      if (!isLive(state)) expect(next).toBe(state);
      else if (state.name === "stopping") expect(next).toEqual({ name: "stopped" });
      else expect(next).toEqual({ name: "failed", reason: "its kernel panicked" });
    }
  });

  it("allows in each state what makes sense there, and says so otherwise", () => {
    const types = ["start", "started", "suspend", "suspended", "suspend-failed", "stop", "stopped"] as const;
    const allowed = STATES.map((state) =>
      types.filter((type) => {
        try {
          transition("box", state, { type });
          return true;
        } catch (error) {
          expect(error).toMatchObject({ code: "state", message: `Cannot ${type} "box": it is ${state.name}` });
          return false;
        }
      }),
    );
    expect(allowed).toEqual([
      ["start"],
      ["started", "stop"],
      ["suspend", "stop"],
      ["suspended", "suspend-failed", "stop"],
      ["start"],
      ["stopped"],
      ["start"],
      ["start"],
    ]);
  });
});
