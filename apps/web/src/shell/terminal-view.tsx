import { useEffect, useRef, useState } from "react";
import type { Tab } from "../state/session.ts";
import { KeyBar } from "./key-bar.tsx";
import { SearchBar } from "./search-bar.tsx";
import { TerminalSurface } from "./terminal-surface.ts";
import type { Workstation } from "./workstation.ts";

interface TerminalViewProps {
  readonly workstation: Workstation;
  readonly tab: Tab;
  readonly active: boolean;
  readonly searching: boolean;
  readonly onSearchClose: () => void;
}

/** One terminal: xterm.js on the machine's tty. Hidden tabs keep their state. */
export function TerminalView({ workstation, tab, active, searching, onSearchClose }: TerminalViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const [surface, setSurface] = useState<TerminalSurface | null>(null);

  useEffect(() => {
    if (place.current === null) return;
    const made = new TerminalSurface(place.current, {
      onTitle: (title) => workstation.dispatch({ type: "tab-titled", id: tab.id, title }),
    });
    setSurface(made);
    workstation.terminal(tab.id, made.columns, made.rows).then(
      (terminal) => made.attach(terminal),
      () => undefined, // Shown as the tab's ending.
    );
    return () => made.dispose();
  }, [workstation, tab.id]);

  useEffect(() => {
    if (active && !searching) surface?.focus();
  }, [active, searching, surface]);

  return (
    <section
      id={`terminal-${tab.id}`}
      role="tabpanel"
      aria-labelledby={`tab-${tab.id}`}
      className={`pane${active ? "" : " pane-hidden"}`}
    >
      {searching && surface !== null ? <SearchBar surface={surface} onClose={onSearchClose} /> : null}
      <div ref={place} className="terminal-place" />
      {tab.state === "ended" ? (
        <p className="ending" role="status">
          <span>{tab.ending}</span>
          <button type="button" className="button" onClick={() => workstation.closeTab(tab.id)}>
            Close
          </button>
          <button
            type="button"
            className="button button-primary"
            onClick={() => {
              workstation.closeTab(tab.id);
              workstation.openTab();
            }}
          >
            New terminal
          </button>
        </p>
      ) : null}
      {active && surface !== null ? <KeyBar surface={surface} /> : null}
    </section>
  );
}
