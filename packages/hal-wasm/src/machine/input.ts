import type { MachineDisplay, MachineInput } from "@cloudos/abi";
import type { KeyQueue } from "./key-queue.ts";
import type { V86Bus } from "./v86-internals.ts";

/** Hands an input event to the emulated keyboard or mouse. */
export function sendInput(bus: V86Bus, keys: KeyQueue, display: MachineDisplay, event: MachineInput): void {
  switch (event.kind) {
    case "scancodes":
      keys.push(event.codes);
      return;
    case "pointer":
      bus.send("mouse-absolute", [event.x, event.y, display.width, display.height]);
      bus.send("mouse-click", buttons(event.buttons));
      return;
    case "mouse":
      if (event.dx !== 0 || event.dy !== 0) bus.send("mouse-delta", [event.dx, -event.dy]);
      bus.send("mouse-click", buttons(event.buttons));
      return;
    case "wheel":
      bus.send("mouse-wheel", [event.lines, 0]);
      return;
  }
}

/** Left, middle, right. */
function buttons(mask: number): readonly [boolean, boolean, boolean] {
  return [(mask & 1) !== 0, (mask & 4) !== 0, (mask & 2) !== 0];
}
