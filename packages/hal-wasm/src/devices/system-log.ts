import type { Device, DeviceNode, DeviceSession, Driver, LogLine } from "@cloudos/abi";

/** Lines kept for those who open the log later. */
const KEPT = 500;
/** Linux's levels (syslog(2)). */
const LEVEL: Readonly<Record<LogLine["level"], number>> = { error: 3, warn: 4, info: 6, debug: 7 };

export const SYSTEM_LOG_NODE: DeviceNode = {
  path: "/log",
  compatible: ["cloudos,log"],
  status: "okay",
  permission: "none",
  properties: {},
};

interface Reader {
  readonly session: DeviceSession;
  lost: number;
}

/**
 * The log of kernel, board and services as /dev/kmsg, in the format of Linux's: "level,sequence,microseconds,-;text". Every open
 * reads what is kept and then what comes. A reader that does not keep up is told how many lines it lost.
 */
export class SystemLog implements Driver {
  readonly name = "system-log";
  readonly compatible = SYSTEM_LOG_NODE.compatible;
  readonly #kept: string[] = [];
  readonly #readers = new Set<Reader>();
  readonly #encoder = new TextEncoder();
  #sequence = 0;

  add({ level, atUs, text }: LogLine): void {
    const plain = text.replaceAll("\n", " ");
    const line = `${LEVEL[level]},${this.#sequence++},${Math.floor(atUs)},-;${plain}\n`;
    this.#kept.push(line);
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const reader of this.#readers) this.#offer(reader, line);
  }

  async probe(): Promise<Device> {
    return {
      files: [
        {
          name: "kmsg",
          kind: "source",
          open: (session) => {
            const reader: Reader = { session, lost: 0 };
            // What is kept may be more than the program's buffer holds: it is written as room comes, and then it follows live.
            void session.write(this.#encoder.encode(this.#kept.join(""))).then(() => this.#readers.add(reader));
            return { closed: () => void this.#readers.delete(reader) };
          },
        },
      ],
      remove: () => undefined,
    };
  }

  #offer(reader: Reader, line: string): void {
    const missed = reader.lost > 0 ? `4,${this.#sequence},0,-;${reader.lost} lines of the log were lost\n` : "";
    if (reader.session.offer(this.#encoder.encode(missed + line))) reader.lost = 0;
    else reader.lost++;
  }
}
