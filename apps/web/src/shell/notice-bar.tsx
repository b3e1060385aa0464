import type { Notice } from "@cloudos/abi";

/** What the person should know about this session: UP mode, a disk that is not theirs to write, a restarted service. */
export function NoticeBar({
  notices,
  onDismiss,
}: {
  notices: readonly Notice[];
  onDismiss: (code: Notice["code"]) => void;
}) {
  const shown = notices.filter((notice) => notice.code !== "up-mode"); // The status bar says it, quietly.
  if (shown.length === 0) return null;
  return (
    <div className="notices" role="status">
      {shown.map((notice) => (
        <p key={notice.code} className="notice">
          <span>{notice.text}</span>
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => onDismiss(notice.code)}>
            ×
          </button>
        </p>
      ))}
    </div>
  );
}
