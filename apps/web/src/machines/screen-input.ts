import type { MachineDisplay, MachineInput } from "@cloudos/abi";
import { type KeyboardLayout, typeText } from "@cloudos/hal-wasm/machine/keyboard-layouts";
import { chord, scancodes } from "@cloudos/hal-wasm/machine/scancodes";

/** Browser pixels of a wheel's step (Chromium gives 100 or 120). */
const WHEEL_STEP = 100;

/** Feeds a machine's keyboard and pointer from events on an element that shows its screen. Returns the undoing. */
export function bindInput(
  screen: HTMLElement,
  display: () => MachineDisplay | null,
  send: (events: readonly MachineInput[]) => void,
): () => void {
  const held = new Set<string>();
  let wheel = 0;
  const key = (event: KeyboardEvent, down: boolean) => {
    const codes = scancodes(event.code, down);
    if (codes.length === 0 || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (down) held.add(event.code);
    else held.delete(event.code);
    send([{ kind: "scancodes", codes }]);
  };
  const onKeyDown = (event: KeyboardEvent) => key(event, true);
  const onKeyUp = (event: KeyboardEvent) => key(event, false);
  // A key whose release another window got would stay down in the machine.
  const onBlur = () => {
    for (const code of held) send([{ kind: "scancodes", codes: scancodes(code, false) }]);
    held.clear();
  };
  const onPointer = (event: PointerEvent) => {
    const size = display();
    if (size === null) return;
    if (event.type === "pointerdown") {
      screen.setPointerCapture(event.pointerId);
      screen.focus();
    }
    event.preventDefault();
    // The picture lies in the middle of the element, as large as fits (object-fit: contain).
    const box = screen.getBoundingClientRect();
    const scale = Math.min(box.width / size.width, box.height / size.height);
    const clamp = (value: number, most: number) => Math.round(Math.min(Math.max(value, 0), most));
    const x = clamp((event.clientX - box.left - (box.width - size.width * scale) / 2) / scale, size.width - 1);
    const y = clamp((event.clientY - box.top - (box.height - size.height * scale) / 2) / scale, size.height - 1);
    // The DOM's bits are 1 left, 2 right, 4 middle, as the machine's.
    const buttons = event.buttons & 7;
    if (size.absolutePointer || event.pointerType === "touch") send([{ kind: "pointer", x, y, buttons }]);
    else send([{ kind: "mouse", dx: event.movementX, dy: event.movementY, buttons }]);
  };
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    wheel -= event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY / WHEEL_STEP : event.deltaY;
    const lines = Math.trunc(wheel);
    wheel -= lines;
    if (lines !== 0) send([{ kind: "wheel", lines }]);
  };
  const onMenu = (event: Event) => event.preventDefault();
  const pointers = ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const;
  screen.addEventListener("keydown", onKeyDown);
  screen.addEventListener("keyup", onKeyUp);
  screen.addEventListener("blur", onBlur);
  for (const type of pointers) screen.addEventListener(type, onPointer);
  screen.addEventListener("wheel", onWheel, { passive: false });
  screen.addEventListener("contextmenu", onMenu);
  return () => {
    onBlur();
    screen.removeEventListener("keydown", onKeyDown);
    screen.removeEventListener("keyup", onKeyUp);
    screen.removeEventListener("blur", onBlur);
    for (const type of pointers) screen.removeEventListener(type, onPointer);
    screen.removeEventListener("wheel", onWheel);
    screen.removeEventListener("contextmenu", onMenu);
  };
}

/** Text from a soft keyboard, which sends characters and no keys: the keys that write it on a keyboard of this layout. */
export function textInput(text: string, layout: KeyboardLayout): MachineInput {
  return { kind: "scancodes", codes: typeText(text, layout).codes };
}

/** A key pressed and released, with others held down: Ctrl+Alt+Del. */
export function chordInput(...codes: readonly string[]): MachineInput {
  return { kind: "scancodes", codes: chord(...codes) };
}
