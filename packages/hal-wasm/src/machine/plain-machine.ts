/**
 * The emulator as it comes: its own scheduling, its own file system in memory, none of our devices around it. Nothing in the OS uses it; it is
 * what benches compare Machine with.
 */
import type { MachineHardware } from "@cloudos/abi";
import { createEmulator } from "./emulator.ts";

/** Where the device's saved state keeps what the guest's driver has set up; the rest belongs to the kind of server behind it. */
const STATE_VIRTIO = 2;

export interface PlainMachine {
  /** Up to 4096 bytes; dropped when the guest has no buffer for them. */
  writeConsole(bytes: Uint8Array): void;
  stop(): Promise<void>;
}

export interface PlainMachineOptions {
  readonly emulator: WebAssembly.Module;
  /** Must have 9P. */
  readonly hardware: MachineHardware;
  /** A state that Machine saved with this hardware, before the guest mounted anything over 9P. */
  readonly state: ArrayBuffer;
  readonly onConsole: (bytes: Uint8Array) => void;
}

/** Goes on from a saved state. Rejects when the emulator does. */
export async function startPlainMachine(options: PlainMachineOptions): Promise<PlainMachine> {
  const emulator = await createEmulator({
    wasm: options.emulator,
    hardware: options.hardware,
    bios: null,
    videoBios: null,
    bootFrom: "disk",
    disk: null,
    cdrom: null,
    nineP: "built-in",
  });
  const device = emulator.v86.cpu.devices.virtio_9p;
  if (device === undefined) throw new Error("Cannot start plain machine: its hardware has no 9P");
  // The state is of a machine with our server: only the ring is taken over, the file system stays empty.
  device.set_state = (state) => {
    device.virtio.set_state(state[STATE_VIRTIO]);
    device.virtqueue = device.virtio.queues[0]!;
  };
  await emulator.restore_state(options.state);
  emulator.bus.register("virtio-console0-output-bytes", (bytes: Uint8Array) => options.onConsole(bytes), emulator);
  await emulator.run();
  return {
    writeConsole: (bytes) => emulator.bus.send("virtio-console0-input-bytes", bytes),
    stop: () => emulator.destroy(),
  };
}
