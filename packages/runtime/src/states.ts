/** The life of an environment, as a pure function of what was asked and what happened. */
import { RuntimeError } from "./runtime-error.ts";

export type EnvironmentState =
  | { readonly name: "created" }
  /** Images load, the machine boots or is restored. */
  | { readonly name: "starting" }
  | { readonly name: "running" }
  | { readonly name: "suspending" }
  /** At rest, with a saved state to go on from. */
  | { readonly name: "suspended" }
  | { readonly name: "stopping" }
  /** At rest; the next start boots anew. */
  | { readonly name: "stopped" }
  /** It ended by itself, or could not start. `reason` is a sentence. */
  | { readonly name: "failed"; readonly reason: string };

export type EnvironmentEvent =
  | { readonly type: "start" }
  | { readonly type: "started" }
  | { readonly type: "suspend" }
  | { readonly type: "suspended" }
  /** Saving failed: the machine goes on. */
  | { readonly type: "suspend-failed" }
  | { readonly type: "stop" }
  | { readonly type: "stopped" }
  /** The machine is gone. `reason` null: as it should be (powered off). */
  | { readonly type: "ended"; readonly reason: string | null };

type StateName = EnvironmentState["name"];

const ALLOWED: Readonly<Record<Exclude<EnvironmentEvent["type"], "ended">, readonly StateName[]>> = {
  start: ["created", "stopped", "suspended", "failed"],
  started: ["starting"],
  suspend: ["running"],
  suspended: ["suspending"],
  "suspend-failed": ["suspending"],
  stop: ["starting", "running", "suspending"],
  stopped: ["stopping"],
};

/** Throws RuntimeError "state" for what cannot be in `state`. */
export function transition(environment: string, state: EnvironmentState, event: EnvironmentEvent): EnvironmentState {
  if (event.type === "ended") {
    // Late news of a machine that is at rest already.
    if (!isLive(state)) return state;
    if (event.reason === null || state.name === "stopping") return { name: "stopped" };
    return { name: "failed", reason: event.reason };
  }
  if (!ALLOWED[event.type].includes(state.name)) {
    throw new RuntimeError("state", `Cannot ${event.type} "${environment}": it is ${state.name}`);
  }
  switch (event.type) {
    case "start":
      return { name: "starting" };
    case "started":
    case "suspend-failed":
      return { name: "running" };
    case "suspend":
      return { name: "suspending" };
    case "suspended":
      return { name: "suspended" };
    case "stop":
      return { name: "stopping" };
    case "stopped":
      return { name: "stopped" };
  }
}

/** Whether something runs that would have to be ended. */
export function isLive(state: EnvironmentState): boolean {
  return ["starting", "running", "suspending", "stopping"].includes(state.name);
}
