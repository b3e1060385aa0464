import type { VmImageIndex } from "@cloudos/abi";
import type { EnvironmentInfo } from "@cloudos/runtime";
import { useEffect, useState } from "react";
import { formatBytes, messageOf } from "../state/describe.ts";
import type { MachineCenter } from "./machine-center.ts";

/** An image that is being built says something new this often, in ms. */
const REFRESH_MS = 3000;

interface MachinesPanelProps {
  readonly center: MachineCenter;
  readonly machines: readonly EnvironmentInfo[];
  readonly onCommand: (command: string) => void;
  readonly onScreen: (name: string) => void;
  readonly onError: (text: string) => void;
  readonly onClose: () => void;
}

type Catalogue =
  | { readonly name: "loading" }
  | { readonly name: "ready"; readonly index: VmImageIndex }
  | { readonly name: "failed"; readonly message: string };

/** The machines there are, and the images from which there can be more. */
export function MachinesPanel({ center, machines, onCommand, onScreen, onError, onClose }: MachinesPanelProps) {
  const catalogue = useCatalogue(center);
  const act = (operation: Promise<unknown>) => void operation.catch((error: unknown) => onError(messageOf(error)));
  return (
    <aside className="machines" aria-label="Machines">
      <header className="machines-head">
        <h2>Machines</h2>
        <button type="button" className="icon-button" aria-label="Close machines" onClick={onClose}>
          ×
        </button>
      </header>
      {machines.length === 0 ? <p className="muted">None yet: run one of the images below.</p> : null}
      <ul className="machine-list">
        {machines.map((machine) => (
          <MachineItem
            key={machine.name}
            center={center}
            machine={machine}
            act={act}
            onCommand={onCommand}
            onScreen={onScreen}
          />
        ))}
      </ul>
      <h2>Images</h2>
      <Images catalogue={catalogue} onRun={(image) => onCommand(`vm run ${image}`)} />
    </aside>
  );
}

interface MachineItemProps extends Pick<MachinesPanelProps, "center" | "onCommand" | "onScreen"> {
  readonly machine: EnvironmentInfo;
  readonly act: (operation: Promise<unknown>) => void;
}

function MachineItem({ center, machine, act, onCommand, onScreen }: MachineItemProps) {
  const { name, state, image, memoryMiB } = machine;
  const { runtime } = center;
  const running = state.name === "running";
  return (
    <li className="machine">
      <div className="machine-title">
        <span className={`tab-dot tab-dot-${running ? "live" : state.name === "failed" ? "ended" : "starting"}`} />
        <strong>{name}</strong>
        <span className="muted">
          {state.name} · {image} · {memoryMiB} MiB
        </span>
      </div>
      {state.name === "failed" ? <p className="machine-reason">{state.reason}</p> : null}
      <div className="machine-actions">
        {running || state.name === "suspended" ? (
          <Action label="Console" of={name} onClick={() => onCommand(`vm console ${name}`)} primary />
        ) : null}
        {running && center.canvas(name) !== undefined ? (
          <Action label="Screen" of={name} onClick={() => onScreen(name)} primary />
        ) : null}
        {running ? <Action label="Suspend" of={name} onClick={() => act(runtime.suspend(name))} /> : null}
        {state.name === "suspended" ? (
          <Action label="Resume" of={name} onClick={() => act(runtime.resume(name))} />
        ) : null}
        {["stopped", "created", "failed"].includes(state.name) ? (
          <Action label="Start" of={name} onClick={() => act(runtime.start(name))} />
        ) : null}
        {running ? <Action label="Stop" of={name} onClick={() => act(runtime.stop(name, { graceful: true }))} /> : null}
        {running ? null : <Action label="Delete" of={name} onClick={() => act(runtime.remove(name))} />}
      </div>
    </li>
  );
}

interface ActionProps {
  readonly label: string;
  readonly of: string;
  readonly primary?: boolean;
  readonly onClick: () => void;
}

function Action({ label, of, primary, onClick }: ActionProps) {
  return (
    <button
      type="button"
      className={`button${primary ? " button-primary" : ""}`}
      aria-label={`${label} ${of}`}
      onClick={onClick}
    >
      {label}
    </button>
  );
}

function Images({ catalogue, onRun }: { catalogue: Catalogue; onRun: (image: string) => void }) {
  if (catalogue.name === "loading") return <p className="muted">Looking…</p>;
  if (catalogue.name === "failed") {
    return (
      <p role="alert" className="machine-reason">
        {catalogue.message}
      </p>
    );
  }
  const { images } = catalogue.index;
  if (images.length === 0) {
    return (
      <p className="muted">
        No images are built here. On a machine with Debian's apt: <code>npm run images</code>
      </p>
    );
  }
  return (
    <ul className="machine-list">
      {images.map((image) => (
        <li key={image.name} className="machine">
          <div className="machine-title">
            <strong>{image.title}</strong>
            <span className="muted">
              {image.state === "ready"
                ? `${image.name} · ${formatBytes(image.bytes)} to start`
                : image.state === "building"
                  ? `being built: ${image.step}`
                  : "not built here"}
            </span>
          </div>
          {image.state === "not-built" ? <p className="machine-reason">{image.reason}</p> : null}
          {image.state === "building" ? <progress aria-label={`${image.title} is being built`} /> : null}
          {image.state === "ready" ? (
            <div className="machine-actions">
              <Action label="Run" of={image.name} onClick={() => onRun(image.name)} primary />
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** Asked again while something is being built. */
function useCatalogue(center: MachineCenter): Catalogue {
  const [catalogue, setCatalogue] = useState<Catalogue>({ name: "loading" });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current = true;
    const look = async () => {
      try {
        const index = await center.images.index();
        if (!current) return;
        setCatalogue({ name: "ready", index });
        if (index.images.some(({ state }) => state === "building")) timer = setTimeout(() => void look(), REFRESH_MS);
      } catch (error) {
        if (current) setCatalogue({ name: "failed", message: messageOf(error) });
      }
    };
    void look();
    center.prepare();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [center]);
  return catalogue;
}
