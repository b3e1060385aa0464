import { useState } from "react";
import type { TerminalSurface } from "./terminal-surface.ts";

interface SoftKey {
  readonly label: string;
  readonly name: string;
  /** Bytes sent; cursor keys differ in application mode (DECCKM). */
  readonly send: string;
  readonly application?: string;
}

const KEYS: readonly SoftKey[] = [
  { label: "Esc", name: "Escape", send: "\x1b" },
  { label: "Tab", name: "Tab", send: "\t" },
  { label: "←", name: "Left", send: "\x1b[D", application: "\x1bOD" },
  { label: "↑", name: "Up", send: "\x1b[A", application: "\x1bOA" },
  { label: "↓", name: "Down", send: "\x1b[B", application: "\x1bOB" },
  { label: "→", name: "Right", send: "\x1b[C", application: "\x1bOC" },
  { label: "|", name: "Pipe", send: "|" },
  { label: "/", name: "Slash", send: "/" },
  { label: "-", name: "Dash", send: "-" },
];

/** Keys a touch keyboard lacks. Shown on coarse pointers only (CSS). */
export function KeyBar({ surface }: { surface: TerminalSurface }) {
  const [control, setControl] = useState(false);
  return (
    <div className="key-bar" role="toolbar" aria-label="Extra keys">
      <button
        type="button"
        className="key"
        aria-pressed={control}
        // Keep the soft keyboard up: a button that takes focus would close it.
        onPointerDown={(event) => event.preventDefault()}
        onClick={() => {
          setControl(true);
          surface.holdControl(() => setControl(false));
          surface.focus();
        }}
      >
        Ctrl
      </button>
      {KEYS.map((key) => (
        <button
          key={key.name}
          type="button"
          className="key"
          aria-label={key.name}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => {
            surface.send(surface.applicationCursor ? (key.application ?? key.send) : key.send);
            surface.focus();
          }}
        >
          {key.label}
        </button>
      ))}
    </div>
  );
}
