import type { Crash, DiskOptions, LogLine } from "@cloudos/abi";
import { useState } from "react";
import { saveDisk } from "../boot/save-disk.ts";
import { saveToComputer } from "../files/download.ts";
import { formatBytes, messageOf } from "../state/describe.ts";

type Saving = { readonly name: "idle" | "saving" } | { readonly name: "saved" | "failed"; readonly text: string };

/** The kernel is gone: what it said, and the two things left to do. */
export function CrashPanel({ crash, log, disk }: { crash: Crash; log: readonly LogLine[]; disk: DiskOptions }) {
  const [saving, setSaving] = useState<Saving>({ name: "idle" });
  const save = async () => {
    setSaving({ name: "saving" });
    try {
      const archive = await saveDisk(disk);
      saveToComputer("cloudos-files.zip", archive);
      setSaving({ name: "saved", text: `Saved ${formatBytes(archive.size)} as cloudos-files.zip` });
    } catch (error) {
      setSaving({ name: "failed", text: messageOf(error) });
    }
  };
  return (
    <main className="boot">
      <section className="panel panel-error" role="alert">
        <h1>The kernel stopped</h1>
        <pre className="epitaph">{crash.text}</pre>
        <p className="muted">
          Code {crash.code}, core {crash.core}, process {crash.process}. Files are as of the last sync.
        </p>
        <div className="panel-actions">
          <button type="button" className="button button-primary" onClick={() => location.reload()}>
            Reboot
          </button>
          {disk.kind === "memory" ? null : (
            <button type="button" className="button" disabled={saving.name === "saving"} onClick={() => void save()}>
              {saving.name === "saving" ? "Saving…" : "Save my files"}
            </button>
          )}
        </div>
        <p role="status">{"text" in saving ? saving.text : ""}</p>
      </section>
      <details className="boot-log">
        <summary>Kernel log</summary>
        {log.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the log no longer grows
          <div key={index} className={`log-line log-${line.level}`}>
            <span className="log-time">{(line.atUs / 1000).toFixed(1).padStart(7)} ms</span> {line.text}
          </div>
        ))}
      </details>
    </main>
  );
}
