/** Where lines go: standard output, or a file named by `w`. A missing final newline is kept missing. */
import { Writer, stdout } from "../io";
import { close, openWrite } from "../fs";

export class Output {
  private writer: Writer;
  private owesNewline: bool = false;
  unbuffered: bool = false;

  constructor(
    public name: string,
    private fd: i32,
  ) {
    this.writer = fd == 1 ? stdout : new Writer(fd);
  }

  /** A line, with its end byte when it had one. */
  line(from: usize, length: i32, terminated: bool, separator: i32): void {
    this.settle(separator);
    this.writer.writeMemory(from, length);
    if (terminated) this.writer.writeByte(separator);
    else this.owesNewline = true;
    if (this.unbuffered || this.fd != 1) this.writer.flush();
  }

  /** Text as it is. */
  text(text: string, separator: i32): void {
    this.settle(separator);
    this.writer.write(text);
    if (this.unbuffered || this.fd != 1) this.writer.flush();
  }

  bytes(from: usize, length: i32, separator: i32): void {
    this.settle(separator);
    this.writer.writeMemory(from, length);
  }

  /** Something follows: an unterminated line gets its end now. */
  private settle(separator: i32): void {
    if (!this.owesNewline) return;
    this.writer.writeByte(separator);
    this.owesNewline = false;
  }

  flush(): i32 {
    return this.writer.flush();
  }

  close(): void {
    this.flush();
    if (this.fd > 2) close(this.fd);
  }
}

/** Files named by `w`, opened (and emptied) once. */
const outputs: Array<Output> = [];
export const standardOutput: Output = new Output("/dev/stdout", 1);

/** The output called `name`; null with `outputError` set when it cannot be opened. */
export function outputNamed(name: string): Output | null {
  if (name == "/dev/stdout") return standardOutput;
  for (let i = 0; i < outputs.length; i++) if (outputs[i].name == name) return outputs[i];
  const fd = name == "/dev/stderr" ? 2 : openWrite(name);
  if (fd < 0) {
    outputError = -fd;
    return null;
  }
  const output = new Output(name, fd);
  outputs.push(output);
  return output;
}
export let outputError: i32 = 0;
