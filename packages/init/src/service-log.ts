import type { ServiceLogLine } from "@cloudos/abi/service";

/** Lines kept of each service; /var/log has the rest. */
const LINES = 1000;
const LINE_LENGTH = 4096;

/** The last lines of one service. */
export class ServiceLog {
  readonly #lines: ServiceLogLine[] = [];

  get lines(): readonly ServiceLogLine[] {
    return [...this.#lines];
  }

  add(line: ServiceLogLine): ServiceLogLine {
    const kept = line.text.length > LINE_LENGTH ? { ...line, text: `${line.text.slice(0, LINE_LENGTH)}…` } : line;
    this.#lines.push(kept);
    if (this.#lines.length > LINES) this.#lines.splice(0, this.#lines.length - LINES);
    return kept;
  }
}

/** Cuts a byte stream into lines; `end` gives what is left without a newline. */
export class LineCutter {
  readonly #decoder = new TextDecoder();
  readonly #take: (line: string) => void;
  #rest = "";

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  push(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
    // A program that never ends its line must not fill memory.
    if (this.#rest.length > LINE_LENGTH) this.end();
  }

  end(): void {
    if (this.#rest !== "") this.#take(this.#rest);
    this.#rest = "";
  }
}
