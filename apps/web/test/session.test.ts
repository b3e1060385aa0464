import { describe, expect, test } from "vitest";
import { type Action, initialSession, reduce, type Session } from "../src/state/session.ts";

function after(...actions: readonly Action[]): Session {
  return actions.reduce(reduce, initialSession);
}

const crash = (code: number) => ({ type: "crashed", crash: { code, text: "", core: 0, process: 0 } }) as const;

describe("session", () => {
  test("opening a tab selects it; closing the selected one selects its neighbour", () => {
    const three = after({ type: "tab-opened", id: 1 }, { type: "tab-opened", id: 2 }, { type: "tab-opened", id: 3 });
    expect(three.activeTab).toBe(3);
    const middle = reduce(reduce(three, { type: "tab-selected", id: 2 }), { type: "tab-closed", id: 2 });
    expect(middle.tabs.map((tab) => tab.id)).toEqual([1, 3]);
    expect(middle.activeTab).toBe(3);
    const last = reduce(reduce(middle, { type: "tab-closed", id: 3 }), { type: "tab-closed", id: 1 });
    expect(last.activeTab).toBeNull();
  });

  test("closing another tab keeps the selection", () => {
    const two = after({ type: "tab-opened", id: 1 }, { type: "tab-opened", id: 2 }, { type: "tab-closed", id: 1 });
    expect(two.activeTab).toBe(2);
  });

  test("the first crash is kept: later ones are its echo", () => {
    const session = after(crash(7), crash(8));
    expect(session.phase).toMatchObject({ name: "crashed", crash: { code: 7 } });
  });

  test("a notice replaces an older one of its kind", () => {
    const session = after(
      { type: "notice", notice: { code: "disk-full", text: "old" } },
      { type: "notice", notice: { code: "disk-full", text: "new" } },
    );
    expect(session.notices).toEqual([{ code: "disk-full", text: "new" }]);
    expect(reduce(session, { type: "dismiss-notice", code: "disk-full" }).notices).toEqual([]);
  });

  test("the log keeps its newest lines", () => {
    const lines = Array.from(
      { length: 600 },
      (_, i) => ({ type: "log", line: { level: "info", atUs: i, text: String(i) } }) as const,
    );
    const session = after(...lines);
    expect(session.log.length).toBe(500);
    expect(session.log.at(-1)?.text).toBe("599");
  });
});
