/** Starts the emulator with the devices of a MachineHardware. Runs in a worker and in Node. */
import type { MachineHardware } from "@cloudos/abi";
import type { V86Emulator } from "./v86-internals.ts";

/** A disk as the emulator reads it. Offsets and lengths are multiples of 256 bytes. */
export interface EmulatorDisk {
  readonly byteLength: number;
  onload?: ((event: object) => void) | undefined;
  load(): void;
  get(offset: number, length: number, done: (data: Uint8Array) => void): void;
  get_and_cache(offset: number, length: number, done: (data: Uint8Array) => void): void;
  get_from_cache(offset: number, length: number): Uint8Array | undefined;
  set(offset: number, data: Uint8Array, done: () => void): void;
  get_buffer(done: (buffer?: ArrayBuffer) => void): void;
  get_state(): unknown[];
  set_state(state: unknown[]): void;
}

export interface EmulatorOptions {
  readonly wasm: WebAssembly.Module;
  readonly hardware: MachineHardware;
  readonly bios: ArrayBuffer | null;
  readonly videoBios: ArrayBuffer | null;
  readonly bootFrom: "cdrom" | "disk";
  readonly disk: EmulatorDisk | null;
  readonly cdrom: EmulatorDisk | null;
  /** "built-in": the emulator's own file system, in memory and empty. */
  readonly nineP: ((request: Uint8Array, reply: (message: Uint8Array) => void) => void) | "built-in" | null;
}

const BOOT_CD_FIRST = 0x213;
const BOOT_DISK_FIRST = 0x312;

/** Resolves when the machine's memory and devices exist; nothing has run yet. */
export async function createEmulator(options: EmulatorOptions): Promise<V86Emulator> {
  const V86 = await loadV86();
  const { hardware } = options;
  return new Promise<V86Emulator>((resolve, reject) => {
    const emulator = new V86({
      wasm_fn: async (imports: WebAssembly.Imports) => {
        try {
          return (await WebAssembly.instantiate(options.wasm, imports)).exports;
        } catch (error) {
          reject(error);
          throw error;
        }
      },
      memory_size: hardware.memoryMiB * 2 ** 20,
      vga_memory_size: hardware.videoMemoryMiB * 2 ** 20,
      autostart: false,
      acpi: false,
      disable_keyboard: true,
      disable_mouse: true,
      disable_speaker: true,
      ...(options.bios === null ? {} : { bios: { buffer: options.bios } }),
      ...(options.videoBios === null ? {} : { vga_bios: { buffer: options.videoBios } }),
      boot_order: options.bootFrom === "cdrom" ? BOOT_CD_FIRST : BOOT_DISK_FIRST,
      ...(options.disk === null ? {} : { hda: options.disk }),
      ...(options.cdrom === null ? {} : { cdrom: options.cdrom }),
      virtio_console: true,
      virtio_balloon: true,
      net_device: hardware.network === null ? { type: "none" } : { type: "virtio", mtu: hardware.network.mtu },
      ...(options.nineP === null
        ? {}
        : { filesystem: options.nineP === "built-in" ? {} : { handle9p: options.nineP } }),
    });
    emulator.add_listener("emulator-loaded", () => resolve(emulator));
  });
}

type V86Constructor = new (options: object) => V86Emulator;
let loaded: Promise<V86Constructor> | undefined;

/** The emulator's module looks at its surroundings once, when it is loaded: they are set up for that moment. */
function loadV86(): Promise<V86Constructor> {
  loaded ??= (async () => {
    const scope = globalThis as { Worker?: unknown; ImageData?: unknown };
    // In Node there is none, and the card makes one for every picture size.
    scope.ImageData ??= PlainImageData;
    // It would start a nested worker to be woken by; Machine has a way of its own. In a page the constructor must stay.
    const isWorker = "WorkerGlobalScope" in globalThis;
    if (isWorker) delete scope.Worker;
    const module = (await import("v86")) as unknown as { V86: V86Constructor };
    return module.V86;
  })();
  return loaded;
}

class PlainImageData {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}
