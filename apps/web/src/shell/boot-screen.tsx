import { useEffect, useRef } from "react";
import type { Phase, Session } from "../state/session.ts";
import { Logo } from "./logo.tsx";

type BootPhase = Extract<Phase, { name: "booting" | "failed" }>;

/** The kernel's log while it boots; the reason and a way on when it cannot. */
export function BootScreen({ session, phase }: { session: Session; phase: BootPhase }) {
  const end = useRef<HTMLDivElement>(null);
  const lines = session.log.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls whenever a line was added
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [lines]);
  return (
    <main className="boot">
      <h1 className="boot-title">
        <Logo size={36} /> CloudOS
      </h1>
      <div className="boot-log" role="log" aria-label="Boot log">
        {session.log.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever appended
          <div key={index} className={`log-line log-${line.level}`}>
            <span className="log-time">{(line.atUs / 1000).toFixed(1).padStart(7)} ms</span> {line.text}
          </div>
        ))}
        <div ref={end} />
      </div>
      {phase.name === "booting" ? (
        <p className="boot-status" role="status">
          <span className="spinner" aria-hidden="true" /> Booting…
        </p>
      ) : (
        <BootFailure phase={phase} />
      )}
    </main>
  );
}

function BootFailure({ phase }: { phase: Extract<Phase, { name: "failed" }> }) {
  const framed = window.self !== window.top;
  return (
    <section className="panel panel-error" role="alert">
      <h2>CloudOS did not boot</h2>
      <p>{phase.message}</p>
      {ADVICE[phase.code] === undefined ? null : <p className="muted">{ADVICE[phase.code]}</p>}
      <div className="panel-actions">
        <button type="button" className="button button-primary" onClick={() => location.reload()}>
          Try again
        </button>
        {framed ? (
          <a className="button" href={location.href} target="_blank" rel="noreferrer">
            Open in its own tab
          </a>
        ) : null}
        {phase.code === "disk-busy" || phase.code === "disk-failed" ? (
          <a className="button" href="?disk=memory">
            Start without the disk
          </a>
        ) : null}
      </div>
      <p className="muted">
        Code: <code>{phase.code}</code>
      </p>
    </section>
  );
}

/** What the person can do about each code. */
const ADVICE: Readonly<Record<string, string | undefined>> = {
  "no-jspi": "It needs a browser with WebAssembly stack switching: Chrome or Edge 137, Firefox 153, or newer.",
  "no-wasm-features": "It needs a current browser with WebAssembly threads and shared memory.",
  "disk-busy":
    "Another tab has this disk open. Close it, or start without the disk: files are then gone when the tab closes.",
  "disk-failed":
    "Private windows and full disks are common reasons. Starting without the disk keeps files in memory only.",
  "download-failed": "Check the connection and try again.",
};
