import { BACKSLASH, EOF, NEWLINE, SPACE, TAB } from "../chars";

/** Where program text comes from, a piece at a time. */
export abstract class Input {
  /** The parser is inside a command: an interactive input prompts with PS2. */
  continued: bool = false;
  /** The next piece, newline included, or null at the end. */
  abstract read(): string | null;
}

export class TextInput extends Input {
  private spent: bool = false;
  constructor(private text: string) {
    super();
  }
  read(): string | null {
    if (this.spent) return null;
    this.spent = true;
    return this.text;
  }
}

/** A text being read: the input itself at the bottom, alias values above it. */
class Frame {
  position: i32 = 0;
  constructor(
    public text: string,
    /** Name of the alias, "" for the input. */
    public alias: string,
  ) {}
}

/** Characters with pushback, line numbers and a stack of alias values. */
export abstract class Source {
  line: i32 = 1;
  private base: Frame;
  private frames: Frame[] = [];
  private top: Frame;
  private exhausted: bool = false;
  /** An alias value that ends in a blank is over: the next word is looked up too. */
  protected aliasFollows: bool = false;

  constructor(protected input: Input) {
    const base = new Frame("", "");
    this.base = base;
    this.top = base;
  }

  protected next(): i32 {
    while (true) {
      const frame = this.top;
      if (frame.position < frame.text.length) {
        const c = frame.text.charCodeAt(frame.position++);
        if (c == NEWLINE && frame == this.base) this.line++;
        return c;
      }
      if (frame != this.base) {
        this.popAlias();
        continue;
      }
      if (this.exhausted) {
        frame.position++;
        return EOF;
      }
      const more = this.input.read();
      if (more === null) {
        this.exhausted = true;
        continue;
      }
      frame.text = more;
      frame.position = 0;
    }
  }

  /** Undoes the last `next`. */
  protected back(): void {
    const frame = this.top;
    frame.position--;
    if (frame == this.base && frame.position < frame.text.length && frame.text.charCodeAt(frame.position) == NEWLINE) {
      this.line--;
    }
  }

  /** `next` with line continuations removed. */
  protected nextJoined(): i32 {
    while (true) {
      const c = this.next();
      if (c != BACKSLASH) return c;
      if (this.next() != NEWLINE) {
        this.back();
        return BACKSLASH;
      }
    }
  }

  protected pushAlias(name: string, value: string): void {
    this.top = new Frame(value, name);
    this.frames.push(this.top);
  }

  private popAlias(): void {
    const frame = this.frames.pop();
    this.top = this.frames.length > 0 ? this.frames[this.frames.length - 1] : this.base;
    const size = frame.text.length;
    if (size == 0) return;
    const last = frame.text.charCodeAt(size - 1);
    if (last == SPACE || last == TAB) this.aliasFollows = true;
  }

  protected aliasInUse(name: string): bool {
    for (let i = 0; i < this.frames.length; i++) if (this.frames[i].alias == name) return true;
    return false;
  }

  /** Skips what is left of the current piece (an interactive line in error). */
  protected discardLine(): void {
    this.frames = [];
    this.top = this.base;
    this.base.position = this.base.text.length;
  }
}
