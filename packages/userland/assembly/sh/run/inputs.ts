import { EINTR } from "../../../../abi/src/errno";
import { fromMemory } from "../../lib/bytes";
import { readInto } from "../../lib/io";
import { NEWLINE } from "../chars";
import { Input } from "../parse/source";
import { TextBuilder } from "../text";
import { echoLine } from "./script";
import { handleSignals } from "./signals";

const BYTE = memory.data(8);
const BLOCK_SIZE: i32 = 16384;

/** A script on a descriptor of the shell's own, line by line. */
export class FileInput extends Input {
  private text: string = "";
  private at: i32 = 0;
  private ended: bool = false;

  constructor(private fd: i32) {
    super();
  }

  read(): string | null {
    let end = this.text.indexOf("\n", this.at);
    while (end < 0 && !this.ended) {
      this.fill();
      end = this.text.indexOf("\n", this.at);
    }
    const start = this.at;
    this.at = end < 0 ? this.text.length : end + 1;
    return start == this.at ? null : echoLine(this.text.substring(start, this.at));
  }

  private fill(): void {
    const block = heap.alloc(BLOCK_SIZE);
    let count = readInto(this.fd, block, BLOCK_SIZE);
    while (count == -EINTR) count = readInto(this.fd, block, BLOCK_SIZE);
    if (count <= 0) this.ended = true;
    else this.text = this.text.substring(this.at) + fromMemory(block, count);
    if (count > 0) this.at = 0;
    heap.free(block);
  }
}

/** Commands on standard input, never read past a line: what follows belongs to the commands (POSIX sh, STDIN). */
export class StandardInput extends Input {
  read(): string | null {
    const line = new TextBuilder();
    while (true) {
      const count = readInto(0, BYTE, 1);
      if (count == -EINTR) {
        handleSignals();
        continue;
      }
      if (count <= 0) break;
      const c = load<u8>(BYTE);
      line.push(c);
      if (c == NEWLINE) break;
    }
    return line.length == 0 ? null : echoLine(line.toString());
  }
}
