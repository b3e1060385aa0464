/** Where a person's input goes to the machine: the surface that shows the display. Terminals have a way of their own. */
export interface SeatSurface extends EventTarget {
  getBoundingClientRect(): {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

type Listener<K extends keyof HTMLElementEventMap> = (event: HTMLElementEventMap[K]) => void;

/**
 * The seat: what is typed and pointed at reaches /dev/input only while it is meant for the display, so a program that reads there
 * does not see what is typed into a terminal. Drivers listen here; the surface comes and goes.
 */
export class Seat {
  readonly width: number;
  readonly height: number;
  readonly #listeners = new Map<string, Set<(event: Event) => void>>();
  #surface: SeatSurface | undefined;

  /** Size of the display in its own pixels. */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  /** Listeners there are: 0 when every driver let go. */
  get listenerCount(): number {
    let count = 0;
    for (const each of this.#listeners.values()) count += each.size;
    return count;
  }

  /** The display is shown on `surface`. Returns how to take it away. */
  attach(surface: SeatSurface): () => void {
    this.detach();
    this.#surface = surface;
    for (const type of this.#listeners.keys()) surface.addEventListener(type, this.#dispatch, OPTIONS);
    return () => {
      if (this.#surface === surface) this.detach();
    };
  }

  detach(): void {
    const surface = this.#surface;
    if (!surface) return;
    // What is held down is let go of.
    this.#dispatch(new Event("blur"));
    for (const type of this.#listeners.keys()) surface.removeEventListener(type, this.#dispatch);
    this.#surface = undefined;
  }

  listen<K extends keyof HTMLElementEventMap>(type: K, listener: Listener<K>): () => void {
    const known = this.#listeners.get(type);
    const listeners = known ?? new Set();
    if (!known) {
      this.#listeners.set(type, listeners);
      this.#surface?.addEventListener(type, this.#dispatch, OPTIONS);
    }
    listeners.add(listener as (event: Event) => void);
    return () => listeners.delete(listener as (event: Event) => void);
  }

  /** A place on the page in pixels of the display, inside it. */
  place(event: { readonly clientX: number; readonly clientY: number }): readonly [x: number, y: number] {
    const { left, top, width, height } = this.#surface?.getBoundingClientRect() ?? {
      left: 0,
      top: 0,
      width: 1,
      height: 1,
    };
    return [inside((event.clientX - left) / width, this.width), inside((event.clientY - top) / height, this.height)];
  }

  readonly #dispatch = (event: Event) => {
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
  };
}

// Wheel and touch are the display's alone; "passive" listeners could not keep the page from scrolling.
const OPTIONS = { passive: false } as const;

function inside(share: number, size: number): number {
  return Math.max(0, Math.min(size - 1, Math.floor(share * size)));
}
