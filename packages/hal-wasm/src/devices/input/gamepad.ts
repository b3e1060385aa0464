import { type Device, DeviceError, type DeviceNode, type Driver, EV_ABS, EV_KEY, type Hardware } from "@cloudos/abi";
import { absent, present } from "../discovery/node-of.ts";
import { AXIS_RANGE, GAMEPAD_AXES, GAMEPAD_BUTTONS } from "./codes.ts";
import { EventSource, type InputEvent } from "./event-source.ts";

/** What this needs of a Gamepad. */
export interface Pad {
  readonly index: number;
  readonly id: string;
  readonly connected: boolean;
  readonly buttons: readonly { readonly pressed: boolean }[];
  readonly axes: readonly number[];
}

/** The browser's side: it offers states to look at, not events, so someone looks once a frame while a program listens. */
export interface PadHost {
  pads(): readonly (Pad | null)[];
  /** Calls once, at the next frame. Returns how to cancel. */
  nextFrame(action: () => void): () => void;
}

const NONE = absent(
  "/input/gamepad",
  "w3c,gamepad",
  "None is connected, or none has had a button pressed while the display was shown.",
);

export function padNode(pad: Pad): DeviceNode {
  return present(`/input/gamepad/${pad.index}`, "w3c,gamepad-pad", { summary: pad.id, index: pad.index });
}

/** Keeps the tree's gamepads as the browser says they come and go. Returns how to stop. */
export function followGamepads(hardware: Hardware, target: EventTarget): () => void {
  const connected = new Set<number>();
  const came = (event: Event) => {
    const { gamepad } = event as unknown as { gamepad: Pad };
    if (connected.size === 0) hardware.unplug(NONE.path);
    connected.add(gamepad.index);
    hardware.plug(padNode(gamepad));
  };
  const went = (event: Event) => {
    const { gamepad } = event as unknown as { gamepad: Pad };
    connected.delete(gamepad.index);
    hardware.unplug(padNode(gamepad).path);
    if (connected.size === 0) hardware.plug(NONE);
  };
  target.addEventListener("gamepadconnected", came);
  target.addEventListener("gamepaddisconnected", went);
  return () => {
    target.removeEventListener("gamepadconnected", came);
    target.removeEventListener("gamepaddisconnected", went);
    if (connected.size === 0) return;
    for (const index of connected) hardware.unplug(`${NONE.path}/${index}`);
    hardware.plug(NONE);
  };
}

export function gamepadDriver(host: PadHost): Driver {
  return {
    name: "gamepad",
    compatible: ["w3c,gamepad-pad"],
    async probe(node): Promise<Device> {
      const index = Number(node.properties.index);
      const find = () => host.pads().find((pad) => pad?.index === index && pad.connected);
      if (!find()) throw new DeviceError("absent", "The gamepad was disconnected.");
      let cancel: () => void = () => undefined;
      let last: readonly number[] = [];
      const look = () => {
        const pad = find();
        if (pad) {
          const now = valuesOf(pad);
          source.emit(changes(last, now));
          last = now.map(({ value }) => value);
        }
        cancel = host.nextFrame(look);
      };
      const source = new EventSource(Date.now, (inUse) => {
        cancel();
        if (inUse) look();
      });
      return {
        files: [source.file],
        properties: { format: "linux-input-event", "abs-range": AXIS_RANGE },
        remove: () => cancel(),
      };
    },
  };
}

interface PadValue {
  readonly type: number;
  readonly code: number;
  readonly value: number;
}

function valuesOf(pad: Pad): PadValue[] {
  const buttons = GAMEPAD_BUTTONS.slice(0, pad.buttons.length).map((code, index) => ({
    type: EV_KEY,
    code,
    value: pad.buttons[index]?.pressed ? 1 : 0,
  }));
  const axes = GAMEPAD_AXES.slice(0, pad.axes.length).map((code, index) => ({
    type: EV_ABS,
    code,
    value: Math.round(Math.max(-1, Math.min(1, pad.axes[index] ?? 0)) * AXIS_RANGE),
  }));
  return [...buttons, ...axes];
}

/** The first look tells everything: a program that has just opened it knows nothing. */
function changes(last: readonly number[], now: readonly PadValue[]): InputEvent[] {
  return now
    .filter(({ value }, index) => value !== (last.length === 0 ? 0 : last[index]))
    .map(({ type, code, value }) => [type, code, value] as const);
}
