/**
 * The machine's screen on an OffscreenCanvas (or on none). The card keeps its picture in the emulator's memory; once per animation frame it is asked
 * what changed, and those rows go to the canvas.
 */
import type { MachineDisplay } from "@cloudos/abi";
import { TextScreen } from "./text-screen.ts";
import type { ScreenLayer, V86Emulator } from "./v86-internals.ts";

/** Without requestAnimationFrame. */
const FRAME_MS = 33;

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGBA, the alpha of graphics modes undefined. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export class Display {
  readonly #emulator: V86Emulator;
  readonly #canvas: OffscreenCanvas | null;
  readonly #context: OffscreenCanvasRenderingContext2D | null;
  readonly #onChange: (display: MachineDisplay) => void;
  readonly #text = new TextScreen();
  #graphical = false;
  #width = 720;
  #height = 400;
  #absolutePointer = false;
  #running = false;
  #visible = true;
  #scheduled = false;
  #all = false;

  constructor(emulator: V86Emulator, canvas: OffscreenCanvas | null, onChange: (display: MachineDisplay) => void) {
    this.#emulator = emulator;
    this.#canvas = canvas;
    this.#context = canvas?.getContext("2d", { alpha: false }) ?? null;
    this.#onChange = onChange;
    const text = this.#text;
    Object.assign(emulator.screen_adapter, {
      put_char: (row: number, column: number, code: number, _flags: number, background: number, foreground: number) =>
        text.put(row, column, code, background, foreground),
      set_mode: (graphical: boolean) => {
        if (this.#graphical === graphical) return;
        this.#graphical = graphical;
        // The card tells the size of a graphics mode only when it changes, so after text mode it is ours to know. Nothing is drawn yet: in the
        // middle of a restore the card has no picture.
        this.#resized();
      },
      set_size_text: (columns: number, rows: number) => {
        text.resize(columns, rows);
        this.#resized();
      },
      set_size_graphical: (width: number, height: number) => {
        this.#width = width;
        this.#height = height;
        this.#resized();
      },
      set_font_bitmap: (
        height: number,
        nineWide: boolean,
        _double: boolean,
        copyColumn: boolean,
        bitmap: Uint8Array,
      ) => {
        text.font(height, nineWide, copyColumn, bitmap);
        this.#resized();
      },
      update_cursor: (row: number, column: number) => text.cursorAt(row, column),
      update_cursor_scanline: (start: number, end: number, on: boolean) => text.cursorShape(start, end, on),
      update_buffer: (layers: readonly ScreenLayer[]) => this.#drawLayers(layers),
      clear_screen: () => {},
    });
    emulator.bus.register(
      "vmware-absolute-mouse",
      (on: boolean) => {
        if (this.#absolutePointer === on) return;
        this.#absolutePointer = on;
        this.#onChange(this.size);
      },
      this,
    );
  }

  get size(): MachineDisplay {
    const graphical = this.#graphical;
    return {
      mode: graphical ? "graphics" : "text",
      width: graphical ? this.#width : this.#text.width,
      height: graphical ? this.#height : this.#text.height,
      absolutePointer: this.#absolutePointer,
    };
  }

  /** The characters on screen in text mode. */
  get text(): string {
    return this.#text.text();
  }

  running(on: boolean): void {
    this.#running = on;
    this.#schedule();
  }

  visible(on: boolean): void {
    if (on && !this.#visible) this.#all = true;
    this.#visible = on;
    this.#schedule();
  }

  /** Draws everything anew at the next frame. */
  redraw(): void {
    this.#resized();
    this.#all = true;
    this.#frame();
  }

  /** The picture now. */
  picture(): Picture {
    const { width, height } = this.size;
    if (!this.#graphical) {
      const pixels = new Uint32Array(width * height);
      this.#text.draw(pixels);
      this.#text.dirty = true;
      return { width, height, data: new Uint8ClampedArray(pixels.buffer) };
    }
    const data = new Uint8ClampedArray(width * height * 4);
    const copy = (layers: readonly ScreenLayer[]) => {
      for (const layer of layers) copyLayer(layer, data, width, height);
    };
    this.#emulator.v86.cpu.devices.vga.complete_redraw();
    const draw = this.#emulator.screen_adapter.update_buffer;
    this.#emulator.screen_adapter.update_buffer = copy;
    try {
      this.#emulator.v86.cpu.devices.vga.screen_fill_buffer();
    } finally {
      this.#emulator.screen_adapter.update_buffer = draw;
    }
    for (let at = 3; at < data.length; at += 4) data[at] = 255;
    this.#all = true;
    return { width, height, data };
  }

  #resized(): void {
    const { width, height } = this.size;
    if (this.#canvas !== null && width > 0 && height > 0) {
      if (this.#canvas.width !== width) this.#canvas.width = width;
      if (this.#canvas.height !== height) this.#canvas.height = height;
    }
    this.#text.dirty = true;
    this.#all = true;
    this.#onChange(this.size);
  }

  #schedule(): void {
    if (this.#context === null || this.#scheduled || !this.#running || !this.#visible) return;
    this.#scheduled = true;
    const next = () => {
      this.#scheduled = false;
      this.#frame();
      this.#schedule();
    };
    if (typeof requestAnimationFrame === "function") requestAnimationFrame(next);
    else setTimeout(next, FRAME_MS);
  }

  #frame(): void {
    const context = this.#context;
    if (context === null) return;
    const { vga } = this.#emulator.v86.cpu.devices;
    if (this.#graphical) {
      if (this.#all) vga.complete_redraw();
      this.#all = false;
      vga.screen_fill_buffer();
      return;
    }
    // The card's retrace bits move on in here; programs wait for them.
    vga.screen_fill_buffer();
    const { width, height } = this.size;
    if (!this.#text.dirty || width === 0 || height === 0) return;
    const image = new ImageData(width, height);
    this.#text.draw(new Uint32Array(image.data.buffer));
    context.putImageData(image, 0, 0);
  }

  #drawLayers(layers: readonly ScreenLayer[]): void {
    for (const layer of layers)
      this.#context?.putImageData(
        layer.image_data,
        layer.screen_x - layer.buffer_x,
        layer.screen_y - layer.buffer_y,
        layer.buffer_x,
        layer.buffer_y,
        layer.buffer_width,
        layer.buffer_height,
      );
  }
}

function copyLayer(layer: ScreenLayer, out: Uint8ClampedArray, width: number, height: number): void {
  const { image_data: image } = layer;
  const columns = Math.min(layer.buffer_width, width - layer.screen_x);
  for (let y = 0; y < layer.buffer_height && layer.screen_y + y < height; y++) {
    const from = ((layer.buffer_y + y) * image.width + layer.buffer_x) * 4;
    out.set(image.data.subarray(from, from + columns * 4), ((layer.screen_y + y) * width + layer.screen_x) * 4);
  }
}
