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

/**
 * The log of kernel, board and services as /dev/kmsg, in the format of Linux's: "level,sequence,microseconds,-;text". Every open
 * reads what is kept and then what comes, at its own pace; one that falls further behind than what is kept is told how many lines
 * it lost.
 */
export class SystemLog implements Driver {
  readonly name = "system-log";
  readonly compatible = SYSTEM_LOG_NODE.compatible;
  readonly #kept: string[] = [];
  readonly #encoder = new TextEncoder();
  /** Readers that have everything. */
  #waiting: (() => void)[] = [];
  /** Sequence number of the next line. */
  #next = 0;

  add({ level, atUs, text }: LogLine): void {
    const plain = text.replaceAll("\n", " ");
    this.#kept.push(`${LEVEL[level]},${this.#next++},${Math.floor(atUs)},-;${plain}\n`);
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async probe(): Promise<Device> {
    const open = (session: DeviceSession) => {
      let isOpen = true;
      void this.#feed(session, () => isOpen);
      return {
        closed: () => {
          isOpen = false;
          for (const wake of this.#waiting.splice(0)) wake();
        },
      };
    };
    return { files: [{ name: "kmsg", kind: "source", open }], remove: () => undefined };
  }

  async #feed(session: DeviceSession, isOpen: () => boolean): Promise<void> {
    let sequence = this.#next - this.#kept.length;
    while (isOpen()) {
      const oldest = this.#next - this.#kept.length;
      if (sequence === this.#next) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      } else if (sequence < oldest) {
        const missed = `4,${oldest - 1},0,-;${oldest - sequence} lines of the log were lost\n`;
        sequence = oldest;
        await session.write(this.#encoder.encode(missed));
      } else {
        const batch = this.#kept.slice(sequence - oldest);
        sequence = this.#next;
        await session.write(this.#encoder.encode(batch.join("")));
      }
    }
  }
}
