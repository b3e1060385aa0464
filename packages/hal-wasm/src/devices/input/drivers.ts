import { type Device, type DeviceNode, type Driver, EV_ABS, EV_KEY, EV_REL } from "@cloudos/abi";
import * as codes from "./codes.ts";
import { EventSource, type InputEvent } from "./event-source.ts";
import type { Seat } from "./seat.ts";

/** Connects a source to the seat; returns what undoes it. */
type Connect = (seat: Seat, source: EventSource) => readonly (() => void)[];

/** A driver of one kind of input on the seat. */
function seatDriver(
  name: string,
  compatible: string,
  seat: Seat,
  properties: DeviceNode["properties"],
  connect: Connect,
): Driver {
  return {
    name,
    compatible: [compatible],
    async probe(): Promise<Device> {
      const source = new EventSource();
      const undo = connect(seat, source);
      return {
        files: [source.file],
        properties: { format: "linux-input-event", ...properties },
        remove: () => {
          for (const each of undo) each();
        },
      };
    },
  };
}

/** Keys by their place on the keyboard. What is held when the focus goes is released. */
export function keyboardDriver(seat: Seat): Driver {
  return seatDriver("keyboard", "w3c,uievents-keyboard", seat, {}, (from, source) => {
    const held = new Set<number>();
    const key = (event: KeyboardEvent, down: boolean) => {
      const code = codes.KEY_CODES[event.code];
      if (code === undefined) return;
      // The page's own shortcuts stay the page's while nobody reads.
      if (source.inUse) event.preventDefault();
      source.emit([[EV_KEY, code, down ? (event.repeat ? 2 : 1) : 0]]);
      if (down) held.add(code);
      else held.delete(code);
    };
    return [
      from.listen("keydown", (event) => key(event, true)),
      from.listen("keyup", (event) => key(event, false)),
      from.listen("blur", () => {
        source.emit([...held].map((code) => [EV_KEY, code, 0] as const));
        held.clear();
      }),
    ];
  });
}

/** Mouse, pen or touch pad: absolute places on the display, buttons and wheel. */
export function pointerDriver(seat: Seat): Driver {
  const range = { "abs-x-max": seat.width - 1, "abs-y-max": seat.height - 1 };
  return seatDriver("pointer", "w3c,pointer-events", seat, range, (from, source) => {
    const held = new Set<number>();
    const move = (event: PointerEvent): InputEvent[] => {
      const [x, y] = from.place(event);
      return [
        [EV_ABS, codes.ABS_X, x],
        [EV_ABS, codes.ABS_Y, y],
      ];
    };
    const button = (event: PointerEvent, down: boolean) => {
      const code = codes.POINTER_BUTTONS[event.button];
      if (event.pointerType === "touch" || code === undefined) return;
      source.emit([...move(event), [EV_KEY, code, down ? 1 : 0]]);
      if (down) held.add(code);
      else held.delete(code);
    };
    return [
      from.listen("pointermove", (event) => {
        if (event.pointerType !== "touch") source.emit(move(event));
      }),
      from.listen("pointerdown", (event) => button(event, true)),
      from.listen("pointerup", (event) => button(event, false)),
      from.listen("contextmenu", (event) => {
        if (source.inUse) event.preventDefault();
      }),
      from.listen("wheel", (event) => {
        if (!source.inUse) return;
        event.preventDefault();
        const turns: InputEvent[] = [];
        if (event.deltaY !== 0) turns.push([EV_REL, codes.REL_WHEEL, -Math.sign(event.deltaY)]);
        if (event.deltaX !== 0) turns.push([EV_REL, codes.REL_HWHEEL, Math.sign(event.deltaX)]);
        source.emit(turns);
      }),
      from.listen("blur", () => {
        source.emit([...held].map((code) => [EV_KEY, code, 0] as const));
        held.clear();
      }),
    ];
  });
}

/** Fingers, in slots (Linux's multi-touch protocol B); the first is a single touch as well. */
export function touchDriver(seat: Seat): Driver {
  const range = { "abs-x-max": seat.width - 1, "abs-y-max": seat.height - 1 };
  return seatDriver("touch", "w3c,pointer-events-touch", seat, range, (from, source) => {
    const slots: (number | undefined)[] = [];
    let tracking = 0;
    const at = (event: PointerEvent, slot: number): InputEvent[] => {
      const [x, y] = from.place(event);
      const single: InputEvent[] =
        slot === 0
          ? [
              [EV_ABS, codes.ABS_X, x],
              [EV_ABS, codes.ABS_Y, y],
            ]
          : [];
      return [[EV_ABS, codes.ABS_MT_POSITION_X, x], [EV_ABS, codes.ABS_MT_POSITION_Y, y], ...single];
    };
    const touched = (event: PointerEvent) => {
      if (event.pointerType !== "touch") return;
      const free = slots.indexOf(undefined);
      const slot = free < 0 ? slots.length : free;
      const first = slots.every((each) => each === undefined);
      slots[slot] = event.pointerId;
      if (source.inUse) event.preventDefault();
      source.emit([
        [EV_ABS, codes.ABS_MT_SLOT, slot],
        [EV_ABS, codes.ABS_MT_TRACKING_ID, tracking++ & 0xffff],
        ...at(event, slot),
        ...(first ? [[EV_KEY, codes.BTN_TOUCH, 1] as const] : []),
      ]);
    };
    const lifted = (event: PointerEvent) => {
      const slot = slots.indexOf(event.pointerId);
      if (event.pointerType !== "touch" || slot < 0) return;
      slots[slot] = undefined;
      const last = slots.every((each) => each === undefined);
      source.emit([
        [EV_ABS, codes.ABS_MT_SLOT, slot],
        [EV_ABS, codes.ABS_MT_TRACKING_ID, -1],
        ...(last ? [[EV_KEY, codes.BTN_TOUCH, 0] as const] : []),
      ]);
    };
    return [
      from.listen("pointerdown", touched),
      from.listen("pointerup", lifted),
      from.listen("pointercancel", lifted),
      from.listen("pointermove", (event) => {
        const slot = slots.indexOf(event.pointerId);
        if (event.pointerType === "touch" && slot >= 0) {
          source.emit([[EV_ABS, codes.ABS_MT_SLOT, slot], ...at(event, slot)]);
        }
      }),
    ];
  });
}
