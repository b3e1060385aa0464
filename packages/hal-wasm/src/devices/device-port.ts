import type { DeviceTable, KernelExports } from "@cloudos/abi";
import { DEVICE_SINK_BASE } from "@cloudos/abi";
import type { KernelMemory } from "../kernel/kernel-memory.ts";
import { Ring } from "../ring/ring.ts";
import { type ChunkListener, RingReader } from "../ring/ring-reader.ts";
import { RingWriter } from "../ring/ring-writer.ts";

/** The host's end of one open of a device file. A source is written, a sink is listened to; the other calls do nothing. */
export interface DeviceStream {
  readonly pid: number;
  /** All of `record`, or nothing and false. */
  offer(record: Uint8Array): boolean;
  /** Resolves when the program's buffer has all of it, or the stream is closed. */
  write(data: Uint8Array): Promise<void>;
  /** One listener; the program's writes wait in its buffer until there is one. */
  onData(listener: ChunkListener): void;
  end(): void;
  /** ENODEV for the program, from now on. */
  remove(): void;
  /** The program's last descriptor is closed, or `remove` was called. */
  readonly closed: Promise<void>;
}

/** How a registry of devices reaches the machine: on its own thread, or by messages. */
export interface DevicePort {
  /** Resolves when programs see the table. */
  publish(table: DeviceTable): Promise<void>;
  /** A program opened device number `device`. Set once, before the first `publish`. */
  onOpen: (device: number, stream: DeviceStream) => void;
}

/** The port on the thread of the host agent. */
export class LocalDevicePort implements DevicePort {
  readonly #kernel: Pick<KernelExports, "ring_free">;
  readonly #memory: KernelMemory;
  readonly publish: (table: DeviceTable) => Promise<void>;
  onOpen: DevicePort["onOpen"] = (_device, stream) => stream.remove();

  constructor(
    kernel: Pick<KernelExports, "ring_free">,
    memory: KernelMemory,
    publish: (table: DeviceTable) => Promise<void>,
  ) {
    this.#kernel = kernel;
    this.#memory = memory;
    this.publish = publish;
  }

  /** The kernel's EVENT_DEVICE. */
  opened(device: number, index: number, pid: number): void {
    const ring = new Ring(this.#memory, index);
    const free = () => this.#kernel.ring_free(index);
    this.onOpen(device, device >= DEVICE_SINK_BASE ? sinkStream(ring, pid, free) : sourceStream(ring, pid, free));
  }
}

function sourceStream(ring: Ring, pid: number, free: () => void): DeviceStream {
  const writer = new RingWriter(ring);
  const { closed, close } = closing(ring, writer, free);
  void writer.abandoned.then(() => close(false));
  let open = true;
  void closed.then(() => {
    open = false;
  });
  return {
    pid,
    offer: (record) => open && ring.free >= record.length && ring.produce(record) === record.length,
    write: (data) => writer.write(data),
    onData: () => undefined,
    end: () => void writer.end(),
    remove: () => close(true),
    closed,
  };
}

function sinkStream(ring: Ring, pid: number, free: () => void): DeviceStream {
  const listening = Promise.withResolvers<ChunkListener>();
  const reader = new RingReader(ring, async (chunk) => (await listening.promise)(chunk));
  const { closed, close } = closing(ring, reader, free);
  void reader.ended.then(() => close(false));
  return {
    pid,
    offer: () => false,
    write: () => Promise.resolve(),
    onData: listening.resolve,
    // Nothing more is taken: a write finds the other side gone.
    end: () => ring.endOfFile(),
    remove: () => {
      listening.resolve(() => undefined);
      close(true);
    },
    closed,
  };
}

/** The ring is freed once, by whichever side lets go first. */
function closing(ring: Ring, end: { close(): void }, free: () => void) {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let done = false;
  const close = (removed: boolean) => {
    if (done) return;
    done = true;
    end.close();
    if (removed) ring.gone();
    free();
    resolve();
  };
  return { closed, close };
}
