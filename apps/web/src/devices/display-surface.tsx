import type { Machine } from "@cloudos/abi";
import { useEffect, useRef } from "react";
import { pageHardware } from "../boot/index.ts";

/** /dev/fb0 on the page. What is typed and pointed at here reaches /dev/input, while it has the focus. */
export function DisplaySurface({ machine }: { readonly machine: Machine }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = place.current;
    const hardware = pageHardware(machine);
    if (box === null || hardware === undefined) return;
    const { seat } = hardware;
    // A canvas can be given away once, and effects run twice in development: each run brings its own.
    const canvas = document.createElement("canvas");
    canvas.width = seat.width;
    canvas.height = seat.height;
    canvas.tabIndex = 0;
    canvas.className = "display-canvas";
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", "Display of this machine: keys go to the programs that read /dev/input");
    box.append(canvas);
    machine.showDisplay(canvas.transferControlToOffscreen());
    const detach = hardware.show(canvas);
    // A pointer that leaves while a button is down still belongs to the display, and a click gives it the keyboard.
    const capture = (event: PointerEvent) => {
      canvas.focus();
      canvas.setPointerCapture(event.pointerId);
    };
    canvas.addEventListener("pointerdown", capture);
    return () => {
      detach();
      canvas.remove();
    };
  }, [machine]);
  return <div className="display-place" ref={place} />;
}
