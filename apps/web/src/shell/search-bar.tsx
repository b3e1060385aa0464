import { useEffect, useRef, useState } from "react";
import type { TerminalSurface } from "./terminal-surface.ts";

/** Find in the scrollback: Enter next, Shift+Enter previous, Escape closes. */
export function SearchBar({ surface, onClose }: { surface: TerminalSurface; onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [found, setFound] = useState(true);
  useEffect(() => {
    input.current?.focus();
    return () => surface.clearFind();
  }, [surface]);

  const find = (query: string, direction: "next" | "previous") =>
    setFound(query === "" || surface.find(query, direction));
  return (
    <search className="search">
      <input
        ref={input}
        type="search"
        aria-label="Search this terminal"
        placeholder="Search"
        value={text}
        aria-invalid={!found}
        onChange={(event) => {
          setText(event.target.value);
          find(event.target.value, "next");
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") find(text, event.shiftKey ? "previous" : "next");
          else if (event.key === "Escape") onClose();
        }}
      />
      <span className="search-state" role="status">
        {found ? "" : "Not found"}
      </span>
      <button type="button" className="icon-button" aria-label="Previous match" onClick={() => find(text, "previous")}>
        ↑
      </button>
      <button type="button" className="icon-button" aria-label="Next match" onClick={() => find(text, "next")}>
        ↓
      </button>
      <button type="button" className="icon-button" aria-label="Close search" onClick={onClose}>
        ×
      </button>
    </search>
  );
}
