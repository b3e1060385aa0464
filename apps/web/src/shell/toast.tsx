import { useEffect } from "react";
import type { Session } from "../state/session.ts";

const SHOWN_MS = 5000;

export function Toast({ toast, onGone }: { toast: Session["toast"]; onGone: () => void }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the clock starts anew for each toast, not for each render
  useEffect(() => {
    if (toast === null) return;
    const timer = setTimeout(onGone, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div className="toast-place" role="status" aria-live="polite">
      {toast === null ? null : <p className={`toast toast-${toast.kind}`}>{toast.text}</p>}
    </div>
  );
}
