import { useCallback, useEffect, useState } from "react";
import { HardwarePanel } from "../devices/hardware-panel.tsx";
import { copyIn, type DroppedFile, filesOfDrop } from "../files/drop.ts";
import { MachinesPanel } from "../machines/machines-panel.tsx";
import { ScreenView } from "../machines/screen-view.tsx";
import { messageOf } from "../state/describe.ts";
import type { Phase, Session } from "../state/session.ts";
import { NoticeBar } from "./notice-bar.tsx";
import { StatusBar } from "./status-bar.tsx";
import { TabBar } from "./tab-bar.tsx";
import { TerminalView } from "./terminal-view.tsx";
import { Toast } from "./toast.tsx";
import type { Workstation } from "./workstation.ts";

/** Where dropped files go: the home of the default user. */
const DROP_DIRECTORY = "/home/user";

interface DeskProps {
  readonly workstation: Workstation;
  readonly session: Session;
  readonly phase: Extract<Phase, { name: "running" }>;
}

/** The running machine: tabs, terminals, notices, files dropped in. */
export function Desk({ workstation, session, phase }: DeskProps) {
  const [dragging, setDragging] = useState(false);
  const [searching, setSearching] = useState(false);
  const [listing, setListing] = useState(false);
  const { machines } = workstation;
  const take = useCallback(
    (files: Promise<readonly DroppedFile[]>) => void takeFiles(workstation, files),
    [workstation],
  );
  useDeskKeys(workstation, session, () => setSearching(true));

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop target; the "Add files" button is its keyboard way
    <div
      className="desk"
      onDragOver={(event) => {
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={(event) => {
        if (event.currentTarget.contains(event.relatedTarget as Node | null)) return;
        setDragging(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setDragging(false);
        take(filesOfDrop(event.dataTransfer));
      }}
    >
      <TabBar
        workstation={workstation}
        session={session}
        onSearch={() => setSearching(true)}
        onFiles={take}
        onMachines={() => setListing((open) => !open)}
        listing={listing}
      />
      <NoticeBar
        notices={session.notices}
        onDismiss={(code) => workstation.dispatch({ type: "dismiss-notice", code })}
      />
      <main className="panes">
        {session.tabs.length === 0 ? (
          <div className="empty">
            <p>No terminal is open.</p>
            <button type="button" className="button button-primary" onClick={() => workstation.openTab()}>
              Open a terminal
            </button>
          </div>
        ) : null}
        {session.tabs.map((tab) =>
          tab.screen !== null && machines !== null ? (
            <ScreenView
              key={tab.id}
              machines={machines}
              name={tab.screen}
              tab={tab.id}
              active={tab.id === session.activeTab}
              onError={(text) => workstation.toast("error", text)}
            />
          ) : (
            <TerminalView
              key={tab.id}
              workstation={workstation}
              tab={tab}
              active={tab.id === session.activeTab}
              searching={searching && tab.id === session.activeTab}
              onSearchClose={() => setSearching(false)}
            />
          ),
        )}
        {listing && machines !== null ? (
          <MachinesPanel
            center={machines}
            machines={session.machines}
            onCommand={(command) => {
              setListing(false);
              workstation.openTab(command);
            }}
            onScreen={(name) => {
              setListing(false);
              workstation.openScreen(name);
            }}
            onError={(text) => workstation.toast("error", text)}
            onClose={() => setListing(false)}
          />
        ) : null}
      </main>
      <HardwarePanel machine={workstation.machine} />
      <StatusBar phase={phase} disk={workstation.options.disk} />
      {dragging ? <div className="drop-hint">Drop files to copy them to {DROP_DIRECTORY}</div> : null}
      <Toast toast={session.toast} onGone={() => workstation.dispatch({ type: "toast-gone" })} />
    </div>
  );
}

async function takeFiles(workstation: Workstation, pending: Promise<readonly DroppedFile[]>): Promise<void> {
  try {
    const files = await pending;
    if (files.length === 0) return;
    workstation.toast("info", `Copying ${files.length === 1 ? files[0]?.path : `${files.length} files`}…`);
    await copyIn(workstation.machine.files, DROP_DIRECTORY, files);
    workstation.toast(
      "info",
      `${files.length === 1 ? files[0]?.path : `${files.length} files`} copied to ${DROP_DIRECTORY}`,
    );
  } catch (error) {
    workstation.toast("error", messageOf(error));
  }
}

/** Ctrl+Shift+T new tab, Ctrl+Shift+W close, Ctrl+Shift+F search, Ctrl+Shift+PageUp/PageDown neighbours. */
function useDeskKeys(workstation: Workstation, session: Session, onSearch: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!event.ctrlKey || !event.shiftKey) return;
      const { tabs, activeTab } = session;
      const index = tabs.findIndex((tab) => tab.id === activeTab);
      const step = event.code === "PageUp" ? -1 : event.code === "PageDown" ? 1 : 0;
      if (event.code === "KeyT") workstation.openTab();
      else if (event.code === "KeyW" && activeTab !== null) workstation.closeTab(activeTab);
      else if (event.code === "KeyF") onSearch();
      else if (step !== 0 && tabs.length > 0) {
        const next = tabs[(index + step + tabs.length) % tabs.length];
        if (next !== undefined) workstation.dispatch({ type: "tab-selected", id: next.id });
      } else return;
      event.preventDefault();
      event.stopPropagation();
    };
    // Capture: the terminal would otherwise send these keys to the program.
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, [workstation, session, onSearch]);
}
