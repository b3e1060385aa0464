import type { DeviceNode, Hardware } from "@cloudos/abi";
import {
  DISPLAY_HEIGHT,
  DISPLAY_WIDTH,
  discoverInBrowser,
  followGamepads,
  framebufferDriver,
  gamepadDriver,
  gpuDriver,
  keyboardDriver,
  type MachineFacts,
  pointerDriver,
  requestGpuDevice,
  Seat,
  type SeatSurface,
  speakerDriver,
  touchDriver,
  usbNode,
} from "@cloudos/hal-wasm";
import { openMixer } from "./web-mixer.ts";

/** The page's side of the hardware: what a person points at, and what only a gesture of theirs can do. */
export interface PageHardware {
  readonly seat: Seat;
  /** The display is shown on `surface`: input on it is the machine's. Returns how to take it away. */
  show(surface: SeatSurface): () => void;
  /** Asks the person for a USB device; from a click only. Resolves with whether one was chosen. */
  addUsbDevice(): Promise<boolean>;
}

const IDLE_WAIT_MS = 1500;

interface Usb extends EventTarget {
  requestDevice(options: { readonly filters: readonly object[] }): Promise<Parameters<typeof usbNode>[0]>;
}

/** Finds what the browser offers and drives it. */
export function attachHardware(hardware: Hardware, facts: MachineFacts): PageHardware {
  const seat = new Seat(DISPLAY_WIDTH, DISPLAY_HEIGHT);
  hardware.addDriver(framebufferDriver);
  for (const make of [keyboardDriver, pointerDriver, touchDriver]) hardware.addDriver(make(seat));
  hardware.addDriver(speakerDriver(openMixer));
  hardware.addDriver(gpuDriver(requestGpuDevice));
  hardware.addDriver(
    gamepadDriver({
      pads: () => navigator.getGamepads(),
      nextFrame: (action) => {
        const request = requestAnimationFrame(action);
        return () => cancelAnimationFrame(request);
      },
    }),
  );
  whenIdle(async () => {
    const nodes = await discoverInBrowser(facts);
    for (const node of nodes) hardware.plug(node);
    followUsb(hardware);
    soundAfterGesture(hardware, nodes);
  });
  return {
    seat,
    show: (surface) => {
      const detach = seat.attach(surface);
      // Whoever listens for gamepads makes the browser look for them all the time.
      const unfollow = followGamepads(hardware, window);
      return () => {
        unfollow();
        detach();
      };
    },
    addUsbDevice: () => addUsbDevice(hardware),
  };
}

/** Once the first prompt is there: asking for a graphics adapter starts a process of the browser's. */
function whenIdle(action: () => Promise<void>): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(() => void action(), { timeout: IDLE_WAIT_MS });
  else setTimeout(() => void action(), IDLE_WAIT_MS);
}

/** The first click or key lets sound start. */
function soundAfterGesture(hardware: Hardware, nodes: readonly DeviceNode[]): void {
  if (nodes.find(({ path }) => path === "/audio")?.status !== "blocked") return;
  const gestures = ["pointerup", "keydown"] as const;
  const start = () => {
    if (!navigator.userActivation.hasBeenActive) return;
    for (const type of gestures) removeEventListener(type, start, true);
    hardware.retry("/audio");
  };
  for (const type of gestures) addEventListener(type, start, true);
}

function usb(): Usb | undefined {
  return (navigator as unknown as { readonly usb?: Usb }).usb;
}

function followUsb(hardware: Hardware): void {
  type UsbEvent = Event & { readonly device: Parameters<typeof usbNode>[0] };
  usb()?.addEventListener("connect", (event) => hardware.plug(usbNode((event as UsbEvent).device)));
  usb()?.addEventListener("disconnect", (event) => hardware.unplug(usbNode((event as UsbEvent).device).path));
}

async function addUsbDevice(hardware: Hardware): Promise<boolean> {
  try {
    const device = await usb()?.requestDevice({ filters: [] });
    if (!device) return false;
    hardware.plug(usbNode(device));
    return true;
  } catch (error) {
    // NotFoundError: the person chose none.
    if (error instanceof DOMException && error.name === "NotFoundError") return false;
    throw error;
  }
}
