// One line from the terminal, with the keys of emacs.
import { displayWidth } from "../../lib/utf8";
import { writeError } from "../output";
import { StandardInput } from "../run/inputs";
import { clearInterrupt, interruptingSignal, takeSignals } from "../run/signals";
import { Completion, complete } from "./complete";
import { historyEntries } from "./history";
import { Key, keyText, readKey } from "./keys";
import { LineBuffer } from "./line-buffer";
import { columns, enterRawMode, leaveRawMode } from "./raw-mode";
import { Screen } from "./screen";
import { Search } from "./search";

export enum Outcome {
  Line,
  End,
  Interrupted,
}

const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l";
const BELL = "\x07";
const CLEAR_SCREEN = "\x1b[H\x1b[2J";
const COLUMN_GAP: i32 = 2;

export class LineEditor {
  outcome: Outcome = Outcome.Line;
  private line: LineBuffer = new LineBuffer();
  private screen: Screen = new Screen();
  private prompt: string = "";
  /** Place in the history; its length stands for the new line. */
  private place: i32 = 0;
  /** The new line while the history is shown instead. */
  private draft: string = "";
  private tabs: i32 = 0;

  /** Search prompts have another length: what is drawn says nothing about the next line. */
  private redrawAll(): void {
    this.screen.forget();
    this.redraw();
  }

  /** Reads a line after showing `prompt`; how it ended is in `outcome`. */
  read(prompt: string): string {
    if (!enterRawMode()) return this.readPlainly(prompt);
    this.prompt = prompt;
    this.line.set("");
    this.place = historyEntries().length;
    this.draft = "";
    this.screen.reset(columns());
    writeError(PASTE_ON);
    this.screen.startLine();
    this.redraw();
    while (!this.handle(readKey())) {}
    writeError(PASTE_OFF);
    leaveRawMode();
    return this.line.text;
  }

  /** Standard input is no terminal: only prompt. */
  private readPlainly(prompt: string): string {
    writeError(prompt);
    const line = new StandardInput().read();
    this.outcome = line === null ? Outcome.End : Outcome.Line;
    if (line === null) return "";
    return line.endsWith("\n") ? line.substring(0, line.length - 1) : line;
  }

  private redraw(): void {
    this.screen.draw(this.prompt, this.line.text, this.line.cursor);
  }

  private end(outcome: Outcome, note: string = ""): bool {
    this.outcome = outcome;
    this.screen.finish(this.prompt, this.line.text, note);
    return true;
  }

  /** Acts on a key; true when the line is complete. */
  private handle(key: Key): bool {
    if (key != Key.Tab) this.tabs = 0;
    if (key < Key.KillToEnd || key > Key.KillWordRight) this.line.endKills();
    switch (key) {
      case Key.Enter:
        return this.end(Outcome.Line);
      case Key.Closed:
        return this.end(Outcome.End);
      case Key.Interrupt:
        return this.interrupt();
      case Key.EndOfFile:
        if (this.line.text.length == 0) return this.end(Outcome.End);
        this.line.erase(this.line.cursor, this.line.after(this.line.cursor));
        break;
      case Key.Search:
        return this.search();
      case Key.Resize:
        if (this.signalled()) return this.interrupt();
        break;
      case Key.Tab:
        this.tab();
        break;
      case Key.Clear:
        writeError(CLEAR_SCREEN);
        this.screen.reset(columns());
        break;
      case Key.Up:
        this.recall(this.place - 1);
        break;
      case Key.Down:
        this.recall(this.place + 1);
        break;
      case Key.FirstHistory:
        this.recall(0);
        break;
      case Key.LastHistory:
        this.recall(historyEntries().length);
        break;
      case Key.LastArgument:
        this.lastArgument();
        break;
      default:
        this.edit(key);
    }
    this.redraw();
    return false;
  }

  private edit(key: Key): void {
    const line = this.line;
    switch (key) {
      case Key.Text:
      case Key.Paste:
        line.insert(keyText);
        break;
      case Key.Backspace:
        line.erase(line.before(line.cursor), line.cursor);
        break;
      case Key.Delete:
        line.erase(line.cursor, line.after(line.cursor));
        break;
      case Key.Left:
        line.cursor = line.before(line.cursor);
        break;
      case Key.Right:
        line.cursor = line.after(line.cursor);
        break;
      case Key.Home:
        line.cursor = 0;
        break;
      case Key.End:
        line.cursor = line.text.length;
        break;
      case Key.WordLeft:
        line.cursor = line.wordStart();
        break;
      case Key.WordRight:
        line.cursor = line.wordEnd();
        break;
      case Key.KillToEnd:
        line.kill(line.cursor, line.text.length);
        break;
      case Key.KillToStart:
        line.kill(0, line.cursor);
        break;
      case Key.KillWordLeft:
        line.kill(line.blankStart(), line.cursor);
        break;
      case Key.KillWordRight:
        line.kill(line.cursor, line.wordEnd());
        break;
      case Key.Yank:
        line.yank();
        break;
      case Key.Transpose:
        line.transpose();
        break;
    }
  }

  private interrupt(): bool {
    clearInterrupt();
    return this.end(Outcome.Interrupted, "^C");
  }

  /** A read was interrupted: the window may have changed, or somebody sent SIGINT. */
  private signalled(): bool {
    takeSignals();
    this.screen.width = columns();
    this.screen.forget();
    return interruptingSignal() == 2;
  }

  private recall(to: i32): void {
    const entries = historyEntries();
    if (to < 0 || to > entries.length || to == this.place) return;
    if (this.place == entries.length) this.draft = this.line.text;
    this.place = to;
    this.line.set(to == entries.length ? this.draft : entries[to]);
  }

  private lastArgument(): void {
    const entries = historyEntries();
    if (entries.length == 0) return;
    const words = entries[entries.length - 1].trimEnd().split(" ");
    this.line.insert(words[words.length - 1]);
  }

  /** ^R: keys refine the search until one means something else, which then acts on the entry found. */
  private search(): bool {
    const search = new Search();
    const before = this.line.text;
    while (true) {
      this.screen.forget();
      this.screen.draw(search.prompt(), search.match(), search.position());
      const key = readKey();
      if (key == Key.Text) search.extend(keyText);
      else if (key == Key.Backspace) search.shrink();
      else if (key == Key.Search) search.again();
      else if (key == Key.Escape || key == Key.Interrupt) {
        this.line.set(before);
        break;
      } else if (key == Key.Resize) this.signalled();
      else {
        this.line.set(search.match());
        this.line.cursor = search.position();
        this.screen.forget();
        return this.handle(key);
      }
    }
    this.redrawAll();
    return false;
  }

  private tab(): void {
    const found = complete(this.line.text, this.line.cursor);
    if (found.insertion.length > 0) {
      this.line.erase(found.start, this.line.cursor);
      this.line.insert(found.insertion);
    }
    if (found.candidates.length <= 1) {
      if (found.candidates.length == 0) writeError(BELL);
      this.tabs = 0;
      return;
    }
    if (found.extended) this.tabs = 0;
    else if (++this.tabs >= 2) this.list(found);
    else writeError(BELL);
  }

  /** Shows what a word may become, in columns. */
  private list(found: Completion): void {
    let widest = 0;
    const names = found.candidates;
    for (let i = 0; i < names.length; i++) widest = max(widest, displayWidth(names[i]));
    const across = max(this.screen.width / (widest + COLUMN_GAP), 1);
    const rows = (names.length + across - 1) / across;
    this.screen.finish(this.prompt, this.line.text, "");
    let text = "";
    for (let row = 0; row < rows; row++) {
      for (let i = row; i < names.length; i += rows) {
        text += names[i];
        if (i + rows < names.length) text += " ".repeat(widest + COLUMN_GAP - displayWidth(names[i]));
      }
      text += "\r\n";
    }
    writeError(text);
  }
}
