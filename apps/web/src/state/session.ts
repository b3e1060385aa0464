import type { BootErrorCode, Crash, LogLine, MachineMode, Notice } from "@cloudos/abi";
import type { EnvironmentInfo } from "@cloudos/runtime";

/** What the person is looking at. One value, changed only by `reduce`. */
export type Phase =
  | { readonly name: "booting" }
  | { readonly name: "running"; readonly mode: MachineMode; readonly cores: number; readonly bootMs: number }
  | { readonly name: "failed"; readonly code: BootErrorCode | "unknown"; readonly message: string }
  | { readonly name: "crashed"; readonly crash: Crash };

export interface Tab {
  readonly id: number;
  readonly title: string;
  /** Shows this machine's screen; null: a terminal. */
  readonly screen: string | null;
  readonly state: "starting" | "live" | "ended";
  /** Why it ended, for the line under the last output. */
  readonly ending: string | null;
}

export interface Session {
  readonly phase: Phase;
  readonly log: readonly LogLine[];
  readonly tabs: readonly Tab[];
  readonly activeTab: number | null;
  readonly notices: readonly Notice[];
  /** The x86 machines, running or not. */
  readonly machines: readonly EnvironmentInfo[];
  readonly toast: { readonly kind: "info" | "error"; readonly text: string } | null;
}

export type Action =
  | { readonly type: "log"; readonly line: LogLine }
  | { readonly type: "booted"; readonly mode: MachineMode; readonly cores: number; readonly bootMs: number }
  | { readonly type: "boot-failed"; readonly code: BootErrorCode | "unknown"; readonly message: string }
  | { readonly type: "crashed"; readonly crash: Crash }
  | { readonly type: "notice"; readonly notice: Notice }
  | { readonly type: "dismiss-notice"; readonly code: Notice["code"] }
  | { readonly type: "tab-opened"; readonly id: number; readonly screen?: string; readonly title?: string }
  | { readonly type: "tab-live"; readonly id: number }
  | { readonly type: "tab-titled"; readonly id: number; readonly title: string }
  | { readonly type: "tab-ended"; readonly id: number; readonly ending: string }
  | { readonly type: "tab-closed"; readonly id: number }
  | { readonly type: "tab-selected"; readonly id: number }
  | { readonly type: "machines"; readonly machines: readonly EnvironmentInfo[] }
  | { readonly type: "toast"; readonly kind: "info" | "error"; readonly text: string }
  | { readonly type: "toast-gone" };

/** Lines kept for the boot screen and the crash report. */
const LOG_LINES = 500;

export const initialSession: Session = {
  phase: { name: "booting" },
  log: [],
  tabs: [],
  activeTab: null,
  notices: [],
  machines: [],
  toast: null,
};

export function reduce(session: Session, action: Action): Session {
  switch (action.type) {
    case "log":
      return { ...session, log: [...session.log.slice(-(LOG_LINES - 1)), action.line] };
    case "booted":
      return { ...session, phase: { name: "running", mode: action.mode, cores: action.cores, bootMs: action.bootMs } };
    case "boot-failed":
      return { ...session, phase: { name: "failed", code: action.code, message: action.message } };
    case "crashed":
      // The first crash is the cause; later ones are its echo.
      return session.phase.name === "crashed"
        ? session
        : { ...session, phase: { name: "crashed", crash: action.crash } };
    case "notice":
      return { ...session, notices: [...session.notices.filter((n) => n.code !== action.notice.code), action.notice] };
    case "dismiss-notice":
      return { ...session, notices: session.notices.filter((n) => n.code !== action.code) };
    case "tab-opened": {
      const screen = action.screen ?? null;
      const tab: Tab = {
        id: action.id,
        title: action.title ?? screen ?? "sh",
        screen,
        state: screen === null ? "starting" : "live",
        ending: null,
      };
      return { ...session, tabs: [...session.tabs, tab], activeTab: action.id };
    }
    case "tab-live":
      return withTab(session, action.id, { state: "live" });
    case "tab-titled":
      return withTab(session, action.id, { title: action.title });
    case "tab-ended":
      return withTab(session, action.id, { state: "ended", ending: action.ending });
    case "tab-closed":
      return closeTab(session, action.id);
    case "tab-selected":
      return { ...session, activeTab: action.id };
    case "machines":
      return { ...session, machines: action.machines };
    case "toast":
      return { ...session, toast: { kind: action.kind, text: action.text } };
    case "toast-gone":
      return { ...session, toast: null };
  }
}

function withTab(session: Session, id: number, change: Partial<Tab>): Session {
  return { ...session, tabs: session.tabs.map((tab) => (tab.id === id ? { ...tab, ...change } : tab)) };
}

function closeTab(session: Session, id: number): Session {
  const index = session.tabs.findIndex((tab) => tab.id === id);
  const tabs = session.tabs.filter((tab) => tab.id !== id);
  if (session.activeTab !== id) return { ...session, tabs };
  const neighbour = tabs[Math.min(index, tabs.length - 1)];
  return { ...session, tabs, activeTab: neighbour?.id ?? null };
}
