import type { Terminal as MachineTerminal } from "@cloudos/abi";
import { ClipboardAddon } from "@xterm/addon-clipboard";
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { WebglAddon } from "@xterm/addon-webgl";
import { Terminal } from "@xterm/xterm";
import { restCursor } from "./cursor-rest.ts";
import { terminalTheme } from "./terminal-theme.ts";

export interface SurfaceEvents {
  readonly onTitle: (title: string) => void;
}

/** xterm.js in an element, fitted to it, joined to a terminal of the machine. */
export class TerminalSurface {
  readonly #xterm: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #observer: ResizeObserver;
  readonly #cursor: { dispose(): void };
  readonly #encoder = new TextEncoder();
  #machine: MachineTerminal | null = null;
  /** A soft "Ctrl" from the key bar applies to the next key. */
  #controlPending = false;
  #onControlUsed: (() => void) | null = null;
  #disposed = false;

  constructor(place: HTMLElement, events: SurfaceEvents) {
    this.#xterm = new Terminal({
      allowProposedApi: true, // unicode11 registers through it
      cursorBlink: true,
      fontFamily: '"JetBrains Mono", "Fira Code", ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace',
      fontSize: matchMedia("(max-width: 480px)").matches ? 12 : 14,
      lineHeight: 1.15,
      scrollback: 10_000,
      screenReaderMode: false,
      theme: terminalTheme,
    });
    this.#xterm.loadAddon(this.#fit);
    this.#xterm.loadAddon(this.#search);
    this.#xterm.loadAddon(new WebLinksAddon());
    this.#xterm.loadAddon(new ClipboardAddon());
    this.#xterm.loadAddon(new Unicode11Addon());
    this.#xterm.unicode.activeVersion = "11";
    this.#xterm.open(place);
    this.#loadWebgl();
    this.#refit();
    this.#cursor = restCursor(this.#xterm);
    this.#observer = new ResizeObserver(() => this.#refit());
    this.#observer.observe(place);
    this.#xterm.onData((text) => this.send(text));
    this.#xterm.onBinary((text) => this.#write(Uint8Array.from(text, (c) => c.charCodeAt(0))));
    this.#xterm.onTitleChange(events.onTitle);
    this.#xterm.onResize(({ cols, rows }) => this.#machine?.resize(cols, rows));
    this.#exposeForTests(place);
  }

  get columns(): number {
    return this.#xterm.cols;
  }
  get rows(): number {
    return this.#xterm.rows;
  }

  attach(machine: MachineTerminal): void {
    if (this.#disposed) return;
    this.#machine = machine;
    machine.onData((chunk) => new Promise<void>((resolve) => this.#xterm.write(chunk, resolve)));
    machine.resize(this.#xterm.cols, this.#xterm.rows);
  }

  /** Types `text` (from the keyboard or the key bar). */
  send(text: string): void {
    const first = text.charCodeAt(0);
    if (this.#controlPending && text.length === 1 && first >= 64 && first < 128) {
      this.#write(Uint8Array.of(first & 31));
      this.#releaseControl();
      return;
    }
    this.#write(this.#encoder.encode(text));
  }

  holdControl(onUsed: () => void): void {
    this.#controlPending = true;
    this.#onControlUsed = onUsed;
  }
  #releaseControl(): void {
    this.#controlPending = false;
    this.#onControlUsed?.();
    this.#onControlUsed = null;
  }

  /** Sequences for cursor keys depend on what the program asked for (DECCKM). */
  get applicationCursor(): boolean {
    return this.#xterm.modes.applicationCursorKeysMode;
  }

  find(text: string, direction: "next" | "previous"): boolean {
    const options = { decorations: { matchOverviewRuler: "#facc15", activeMatchColorOverviewRuler: "#5eead4" } };
    return direction === "next" ? this.#search.findNext(text, options) : this.#search.findPrevious(text, options);
  }
  clearFind(): void {
    this.#search.clearDecorations();
  }

  focus(): void {
    this.#xterm.focus();
  }

  dispose(): void {
    this.#disposed = true;
    this.#observer.disconnect();
    this.#cursor.dispose();
    this.#xterm.dispose();
  }

  #write(data: Uint8Array): void {
    void this.#machine?.write(data);
  }

  #refit(): void {
    const size = this.#fit.proposeDimensions();
    // A hidden tab measures nothing; keep its size.
    if (size === undefined || !Number.isFinite(size.cols) || size.cols < 2 || size.rows < 1) return;
    this.#xterm.resize(size.cols, size.rows);
  }

  /** The GPU renderer, or xterm's DOM renderer where there is no WebGL 2 or the context is lost. */
  #loadWebgl(): void {
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => webgl.dispose());
      this.#xterm.loadAddon(webgl);
    } catch {
      // DOM renderer.
    }
  }

  /** The GPU renderer leaves no text in the document: tests and assistive scripts read the buffer here. */
  #exposeForTests(place: HTMLElement): void {
    Object.assign(place, {
      readScreen: (): string => {
        const buffer = this.#xterm.buffer.active;
        const lines: string[] = [];
        for (let y = 0; y < buffer.length; y++) {
          const line = buffer.getLine(y);
          if (line === undefined) continue;
          const text = line.translateToString(true);
          if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
          else lines.push(text);
        }
        return lines.join("\n").trimEnd();
      },
    });
  }
}
