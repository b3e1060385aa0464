import { useEffect, useRef, useSyncExternalStore } from "react";
import type { LaunchOptions } from "../state/launch-options.ts";
import { BootScreen } from "./boot-screen.tsx";
import { CrashPanel } from "./crash-panel.tsx";
import { Desk } from "./desk.tsx";
import { Workstation } from "./workstation.ts";

/** The page: boot screen, then the desk with its terminals; the crash panel when the kernel is gone. */
export function App({ options }: { options: LaunchOptions }) {
  const workstation = useWorkstation(options);
  const session = useSyncExternalStore(workstation.subscribe, workstation.snapshot);
  switch (session.phase.name) {
    case "booting":
    case "failed":
      return <BootScreen session={session} phase={session.phase} />;
    case "running":
      return <Desk workstation={workstation} session={session} phase={session.phase} />;
    case "crashed":
      return <CrashPanel crash={session.phase.crash} log={session.log} disk={options.disk} />;
  }
}

/** One machine per page load, also under StrictMode's double mount. */
function useWorkstation(options: LaunchOptions): Workstation {
  const ref = useRef<Workstation | null>(null);
  ref.current ??= new Workstation(options);
  const workstation = ref.current;
  useEffect(() => {
    void workstation.start();
  }, [workstation]);
  return workstation;
}
