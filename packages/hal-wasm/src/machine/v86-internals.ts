/**
 * The parts of the emulator (npm package `v86`) that we use and its typings do not name. This folder is the only place that knows
 * them. Checked against 0.5.462; machine.test.ts fails when an update moves one of them.
 */

export interface V86Bus {
  send(event: string, value?: unknown): void;
  register(event: string, listener: (value: never) => void, self: unknown): void;
}

export interface VirtQueue {
  readonly enabled: boolean;
  is_configured(): unknown;
  has_request(): boolean;
  push_reply(chain: object): void;
  flush_replies(): void;
}

export interface VirtioDevice {
  readonly queues: readonly VirtQueue[];
}

export interface V86Cpu {
  readonly wasm_memory: WebAssembly.Memory;
  readonly mem8: Uint8Array;
  readonly instruction_counter: Uint32Array;
  readonly devices: {
    readonly pci: {
      readonly devices: readonly ({ readonly name?: string; readonly pci_id: number } | undefined)[];
      readonly device_spaces: readonly (Int32Array | undefined)[];
    };
    readonly vga: {
      readonly graphical_mode: boolean;
      readonly svga_enabled: boolean;
      readonly svga_width: number;
      readonly svga_height: number;
      screen_fill_buffer(): void;
      complete_redraw(): void;
    };
    readonly ps2: { readonly kbd_buffer: { readonly length: number } };
    readonly virtio_console?: {
      readonly virtio: VirtioDevice;
      cols: number;
      rows: number;
      SendEvent(port: number, event: number, value: number): void;
      SendWindowSize(port: number, columns?: number, rows?: number): void;
    };
    readonly virtio_net?: { readonly virtio: VirtioDevice; mac: Uint8Array };
    readonly virtio_9p?: {
      readonly tag_bufchain: Map<number, object>;
      readonly virtio: VirtioDevice & { set_state(state: unknown): void };
      virtqueue: VirtQueue;
      set_state(state: readonly unknown[]): void;
    };
    readonly virtio_balloon?: {
      readonly actual: number;
      Inflate(pages: number): void;
      Deflate(pages: number): void;
    };
    readonly cdrom?: { eject(): void };
  };
  write_blob(bytes: Uint8Array, address: number): void;
  reboot_internal(): void;
  zero_memory(address: number, length: number): void;
}

export interface V86Main {
  readonly cpu: V86Cpu;
  tick_counter: number;
  yield(delayMs: number, tick: number): void;
  yield_callback(tick: number): void;
  register_yield(): void;
}

/** A picture's changed rectangle: pixels of `image_data` from (buffer_x, buffer_y) go to (screen_x, screen_y). */
export interface ScreenLayer {
  readonly image_data: ImageData;
  readonly screen_x: number;
  readonly screen_y: number;
  readonly buffer_x: number;
  readonly buffer_y: number;
  readonly buffer_width: number;
  readonly buffer_height: number;
}

/** What the VGA card draws on. */
export interface ScreenAdapter {
  put_char(row: number, column: number, code: number, flags: number, background: number, foreground: number): void;
  set_mode(graphical: boolean): void;
  set_size_text(columns: number, rows: number): void;
  set_size_graphical(width: number, height: number, virtualWidth: number, virtualHeight: number): void;
  set_font_bitmap(
    height: number,
    nineWide: boolean,
    doubleWidth: boolean,
    copyColumn: boolean,
    bitmap: Uint8Array,
    changed: boolean,
  ): void;
  update_cursor(row: number, column: number): void;
  update_cursor_scanline(start: number, end: number, enabled: boolean): void;
  update_buffer(layers: readonly ScreenLayer[]): void;
  clear_screen(): void;
}

export interface V86Emulator {
  readonly v86: V86Main;
  readonly bus: V86Bus;
  readonly screen_adapter: ScreenAdapter;
  add_listener(event: string, listener: (value: never) => void): void;
  run(): Promise<void>;
  stop(): Promise<void>;
  is_running(): boolean;
  destroy(): Promise<void>;
  save_state(): Promise<ArrayBuffer>;
  restore_state(state: ArrayBuffer): Promise<void>;
  set_cdrom(file: unknown): Promise<void>;
}
