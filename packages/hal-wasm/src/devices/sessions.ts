import type { DeviceSession, DeviceStreamFile, SessionHandlers } from "@cloudos/abi";
import type { DeviceStream } from "./device-port.ts";

interface Session {
  /** Tells the driver, once. */
  close(): void;
  readonly stream: DeviceStream;
}

/** The opens of all device files, by device number. */
export class DeviceSessions {
  readonly #open = new Map<number, Set<Session>>();

  /** `failed` is called when the driver throws in the middle of a session. */
  open(device: number, file: DeviceStreamFile, stream: DeviceStream, failed: (reason: string) => void): void {
    let isOpen = true;
    const session: DeviceSession = {
      pid: stream.pid,
      offer: (record) => isOpen && stream.offer(record),
      write: async (data) => {
        if (isOpen) await Promise.race([stream.write(data), stream.closed]);
      },
      end: () => {
        if (isOpen) stream.end();
      },
    };
    const guard = (action: () => void | Promise<void>): void | Promise<void> => {
      try {
        const pending = action();
        if (pending === undefined) return undefined;
        // A pending doorbell must not outlive its session: the stream's pump waits for it.
        return Promise.race([pending, stream.closed]).catch((error: unknown) => failed(reasonOf(file, error)));
      } catch (error) {
        failed(reasonOf(file, error));
        return undefined;
      }
    };
    let handlers: SessionHandlers;
    try {
      handlers = file.open(session);
    } catch {
      isOpen = false;
      stream.remove();
      return;
    }
    const entry: Session = {
      stream,
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#open.get(device)?.delete(entry);
        guard(() => handlers.closed?.());
      },
    };
    const sessions = this.#open.get(device) ?? new Set();
    this.#open.set(device, sessions.add(entry));
    stream.onData((chunk) => (isOpen ? guard(() => handlers.doorbell?.(chunk)) : undefined));
    void stream.closed.then(() => entry.close());
  }

  removeAll(device: number): void {
    for (const session of [...(this.#open.get(device) ?? [])]) {
      session.close();
      session.stream.remove();
    }
    this.#open.delete(device);
  }
}

function reasonOf(file: DeviceStreamFile, error: unknown): string {
  return `The driver of /dev/${file.name} failed: ${error instanceof Error ? error.message : String(error)}`;
}
