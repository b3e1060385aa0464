import { type KeyboardEvent, useRef } from "react";
import type { DroppedFile } from "../files/drop.ts";
import type { Session } from "../state/session.ts";
import { Logo } from "./logo.tsx";
import type { Workstation } from "./workstation.ts";

interface TabBarProps {
  readonly workstation: Workstation;
  readonly session: Session;
  readonly onSearch: () => void;
  readonly onMachines: () => void;
  /** The list of machines is open. */
  readonly listing: boolean;
  readonly onFiles: (files: Promise<readonly DroppedFile[]>) => void;
}

export function TabBar({ workstation, session, onSearch, onFiles, onMachines, listing }: TabBarProps) {
  const picker = useRef<HTMLInputElement>(null);
  const select = (id: number) => workstation.dispatch({ type: "tab-selected", id });

  /** Arrow keys move along the tabs (WAI-ARIA tabs pattern). */
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0) return;
    const index = session.tabs.findIndex((tab) => tab.id === session.activeTab);
    const next = session.tabs[(index + step + session.tabs.length) % session.tabs.length];
    if (next === undefined) return;
    select(next.id);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
    event.preventDefault();
  };

  return (
    <header className="bar">
      <span className="brand">
        <Logo size={22} />
        <span className="brand-name">CloudOS</span>
      </span>
      <div className="tabs" role="tablist" aria-label="Terminals" onKeyDown={onKeyDown}>
        {session.tabs.map((tab, index) => (
          <div key={tab.id} className={`tab${tab.id === session.activeTab ? " tab-active" : ""}`}>
            <button
              type="button"
              role="tab"
              id={`tab-${tab.id}`}
              aria-selected={tab.id === session.activeTab}
              aria-controls={`terminal-${tab.id}`}
              tabIndex={tab.id === session.activeTab ? 0 : -1}
              className="tab-name"
              onClick={() => select(tab.id)}
            >
              <span className={`tab-dot tab-dot-${tab.state}`} aria-hidden="true" />
              {index + 1}: {tab.title}
              {tab.state === "ended" ? <span className="visually-hidden"> (ended)</span> : null}
            </button>
            <button
              type="button"
              className="tab-close"
              aria-label={`Close terminal ${index + 1}`}
              onClick={() => workstation.closeTab(tab.id)}
            >
              ×
            </button>
          </div>
        ))}
        <button
          type="button"
          className="icon-button"
          aria-label="New terminal"
          title="New terminal (Ctrl+Shift+T)"
          onClick={() => workstation.openTab()}
        >
          +
        </button>
      </div>
      <div className="bar-actions">
        <button
          type="button"
          className="icon-button"
          aria-label="Machines"
          aria-expanded={listing}
          title="Virtual machines"
          onClick={onMachines}
        >
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path
              d="M2 3h12v8H2zM6 14h4M8 11v3"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Search"
          title="Search (Ctrl+Shift+F)"
          onClick={onSearch}
        >
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
            <path d="M10.5 10.5L14 14" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
          </svg>
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Add files"
          title="Add files (or drop them anywhere)"
          onClick={() => picker.current?.click()}
        >
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path
              d="M8 11V3M4.5 6L8 2.5 11.5 6M2.5 10.5v3h11v-3"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
        </button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          data-testid="file-picker"
          onChange={(event) => {
            const files = [...(event.target.files ?? [])].map((file) => ({ path: file.name, file }));
            event.target.value = "";
            onFiles(Promise.resolve(files));
          }}
        />
      </div>
    </header>
  );
}
