import { type KernelExports, PAGE_SIZE } from "@cloudos/abi";
import type { KernelMemory } from "../../kernel/kernel-memory.ts";
import { DISPLAY_BYTES, DISPLAY_HEIGHT, DISPLAY_WIDTH } from "./framebuffer.ts";

const PAGES = DISPLAY_BYTES / PAGE_SIZE;
const OPAQUE = 0xff000000;

type RegionCalls = Pick<KernelExports, "vnode_find" | "vnode_mtime_ns" | "region_page">;

export interface ScanoutOptions {
  readonly kernel: RegionCalls;
  readonly memory: KernelMemory;
  /** Node id of /dev/fb0, or undefined while there is none. */
  readonly node: () => bigint | undefined;
  readonly canvas: OffscreenCanvas;
  /** Calls once, when the browser is about to paint; never while the page is hidden. */
  readonly nextFrame: (action: () => void) => void;
}

/** Shows /dev/fb0: looks at its pages in the kernel's memory whenever the browser paints, and copies when they have changed. */
export class Scanout {
  readonly #options: ScanoutOptions;
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #image: ImageData;
  readonly #pixels: Uint32Array;
  readonly #bytes: Uint8Array;
  #shownNs = -1n;
  #running = false;
  /** Frames painted. */
  frames = 0;

  constructor(options: ScanoutOptions) {
    const { canvas } = options;
    canvas.width = DISPLAY_WIDTH;
    canvas.height = DISPLAY_HEIGHT;
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("Cannot show the display: the canvas has no 2d context");
    this.#options = options;
    this.#context = context;
    this.#image = new ImageData(DISPLAY_WIDTH, DISPLAY_HEIGHT);
    this.#bytes = new Uint8Array(this.#image.data.buffer);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    const frame = () => {
      if (!this.#running) return;
      this.look();
      this.#options.nextFrame(frame);
    };
    this.#options.nextFrame(frame);
  }

  stop(): void {
    this.#running = false;
  }

  /** Paints if a program wrote since the last look. */
  look(): void {
    const { kernel, memory, node } = this.#options;
    const id = node();
    const vnode = id === undefined ? 0 : kernel.vnode_find(BigInt.asIntN(64, id));
    if (vnode === 0) return;
    const changedNs = kernel.vnode_mtime_ns(vnode);
    if (changedNs === this.#shownNs) return;
    this.#shownNs = changedNs;
    for (let page = 0; page < PAGES; page++) {
      const frame = kernel.region_page(vnode, page) >>> 0;
      if (frame === 0) this.#bytes.fill(0, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
      else {
        memory.reach(frame + PAGE_SIZE);
        this.#bytes.set(memory.bytes.subarray(frame, frame + PAGE_SIZE), page * PAGE_SIZE);
      }
    }
    const pixels = this.#pixels;
    for (let pixel = 0; pixel < pixels.length; pixel++) pixels[pixel] = (pixels[pixel]! | OPAQUE) >>> 0;
    this.#context.putImageData(this.#image, 0, 0);
    this.frames++;
  }
}
