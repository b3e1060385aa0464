import { historyEntries } from "./history";

/** Incremental search backwards through the history (^R). */
export class Search {
  query: string = "";
  /** Index of the entry shown, or the number of entries when there is none yet. */
  private at: i32 = historyEntries().length;
  failed: bool = false;

  /** The entry shown, "" before the first hit. */
  match(): string {
    const entries = historyEntries();
    return this.at < entries.length ? entries[this.at] : "";
  }

  /** Cursor position in the entry: where the query begins. */
  position(): i32 {
    return max(this.match().indexOf(this.query), 0);
  }

  private find(from: i32): void {
    const entries = historyEntries();
    for (let i = min(from, entries.length - 1); i >= 0; i--) {
      if (entries[i].indexOf(this.query) < 0) continue;
      this.at = i;
      this.failed = false;
      return;
    }
    this.failed = true;
  }

  extend(text: string): void {
    this.query += text;
    this.find(this.at);
  }

  shrink(): void {
    if (this.query.length == 0) return;
    let end = this.query.length - 1;
    while (end > 0 && (this.query.charCodeAt(end) & 0xc0) == 0x80) end--;
    this.query = this.query.substring(0, end);
    this.find(historyEntries().length - 1);
  }

  again(): void {
    if (this.query.length > 0) this.find(this.at - 1);
  }

  prompt(): string {
    return (this.failed ? "(failed reverse-i-search)`" : "(reverse-i-search)`") + this.query + "': ";
  }
}
