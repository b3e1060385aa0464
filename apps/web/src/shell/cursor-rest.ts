import type { IDisposable, Terminal } from "@xterm/xterm";

/** Blinks of a cursor that nobody answers. */
const BLINK_MS = 4000;

/**
 * The cursor blinks while someone types and a little longer, then stands still: each blink wakes the browser's compositor, and a
 * machine at its prompt is to use no processor time.
 */
export function restCursor(terminal: Terminal): IDisposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const blink = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      terminal.options.cursorBlink = false;
    }, BLINK_MS);
    if (terminal.options.cursorBlink !== true) terminal.options.cursorBlink = true;
  };
  blink();
  const typing = terminal.onKey(blink);
  return {
    dispose: () => {
      clearTimeout(timer);
      typing.dispose();
    },
  };
}
