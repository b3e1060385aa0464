import type { DeviceNode, Machine, ServiceStatus } from "@cloudos/abi";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { pageHardware } from "../boot/index.ts";
import { DisplaySurface } from "./display-surface.tsx";
import { SuspendOverlay } from "./suspend-overlay.tsx";
import "./devices.css";

/** The hardware of the machine: its display, what there is and what is missing, and what a person may allow. */
export function HardwarePanel({ machine }: { readonly machine: Machine }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="hardware-toggle"
        aria-expanded={open}
        aria-controls="hardware"
        onClick={() => setOpen(!open)}
      >
        Hardware
      </button>
      <SuspendOverlay machine={machine} />
      {open ? <OpenPanel machine={machine} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function OpenPanel({ machine, onClose }: { readonly machine: Machine; readonly onClose: () => void }) {
  const nodes = useNodes(machine);
  const services = useServices(machine);
  const [message, setMessage] = useState("");
  const addUsb = async () => {
    try {
      const added = await pageHardware(machine)?.addUsbDevice();
      setMessage(added ? "The device was added." : "No device was chosen.");
    } catch (error) {
      setMessage(error instanceof Error ? error.message : String(error));
    }
  };
  const startService = async (name: string) => {
    try {
      await machine.startService(name);
      setMessage(`${name} runs.`);
    } catch (error) {
      setMessage(error instanceof Error ? error.message : String(error));
    }
  };
  const usb = nodes.find(({ path }) => path === "/usb");
  return (
    <section id="hardware" className="hardware" aria-label="Hardware">
      <header className="hardware-head">
        <h2>Display</h2>
        <button type="button" className="button" onClick={() => void machine.suspend()}>
          Suspend
        </button>
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </header>
      <DisplaySurface machine={machine} />
      <h2>Devices</h2>
      <ul className="hardware-list">
        {nodes.map((node) => (
          <li key={node.path} className={`hardware-node hardware-${node.status}`}>
            <code>{node.path}</code>
            <span className="hardware-status">{statusText(node)}</span>
            <span className="hardware-remark">{node.reason ?? remark(node)}</span>
          </li>
        ))}
      </ul>
      {usb?.status === "okay" ? (
        <button type="button" className="button" onClick={() => void addUsb()}>
          Add a USB device
        </button>
      ) : null}
      <p role="status">{message}</p>
      <h2>Services</h2>
      <ul className="hardware-list">
        {services.map(({ spec, state, restarts, reason }) => (
          <li key={spec.name} className={`hardware-node hardware-${state}`}>
            <code>{spec.name}</code>
            <span className="hardware-status">{restarts === 0 ? state : `${state}, restarted ${restarts}×`}</span>
            <span className="hardware-remark">
              {state === "failed" ? reason : spec.description}
              {state === "failed" || state === "stopped" ? (
                <button type="button" className="button" onClick={() => void startService(spec.name)}>
                  Start
                </button>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function statusText({ status, permission }: DeviceNode): string {
  return permission === "none" ? status : `${status} (${permission})`;
}

function remark({ files = [], properties }: DeviceNode): string {
  return [...files, properties.summary].filter((part) => part !== undefined).join("  ");
}

/** The list is a new one only when something changed: React compares by identity. */
function useNodes(machine: Machine): readonly DeviceNode[] {
  const cache = useRef(machine.hardware.nodes);
  const subscribe = useCallback(
    (changed: () => void) => {
      cache.current = machine.hardware.nodes;
      return machine.hardware.onChange(() => {
        cache.current = machine.hardware.nodes;
        changed();
      });
    },
    [machine],
  );
  return useSyncExternalStore(subscribe, () => cache.current);
}

function useServices(machine: Machine): readonly ServiceStatus[] {
  const [services, setServices] = useState<readonly ServiceStatus[]>([]);
  useEffect(() => {
    const look = () => void machine.services().then(setServices);
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [machine]);
  return services;
}
