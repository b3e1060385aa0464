import type { Machine } from "@cloudos/abi";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { pageHardware } from "../boot/index.ts";

const never = () => () => undefined;

/** Over everything while the machine is suspended: any key or click goes on. */
export function SuspendOverlay({ machine }: { readonly machine: Machine }) {
  const suspension = pageHardware(machine)?.suspension;
  const suspended = useSyncExternalStore(suspension?.subscribe ?? never, suspension?.snapshot ?? (() => false));
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!suspended) return;
    // Keys go to the overlay, not into the terminal below.
    button.current?.focus();
    const resume = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      void machine.resume();
    };
    addEventListener("keydown", resume, true);
    return () => removeEventListener("keydown", resume, true);
  }, [suspended, machine]);
  if (!suspended) return null;
  return (
    <button type="button" className="suspended" ref={button} onClick={() => void machine.resume()}>
      <strong>Suspended</strong>
      <span>Programs stand still and files are on disk. Press any key or click to go on.</span>
    </button>
  );
}
