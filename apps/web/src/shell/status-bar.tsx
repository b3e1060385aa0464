import type { DiskOptions } from "@cloudos/abi";
import type { Phase } from "../state/session.ts";

const DISKS: Readonly<Record<DiskOptions["kind"], string>> = {
  indexeddb: "files kept in this browser",
  opfs: "files kept in this browser",
  memory: "files in memory only",
};

interface StatusBarProps {
  readonly phase: Extract<Phase, { name: "running" }>;
  readonly disk: DiskOptions;
}

export function StatusBar({ phase, disk }: StatusBarProps) {
  const cores = `${phase.cores} ${phase.cores === 1 ? "core" : "cores"}`;
  return (
    <footer className="status">
      {phase.mode === "smp" ? (
        <span title="Every core is a worker over one shared memory">{cores}</span>
      ) : (
        <span title="This page is not cross-origin isolated, so memory cannot be shared between workers">
          one core (not isolated)
        </span>
      )}
      <span>{DISKS[disk.kind]}</span>
      <span className="status-boot">booted in {Math.round(phase.bootMs)} ms</span>
    </footer>
  );
}
