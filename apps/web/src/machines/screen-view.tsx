import type { MachineDisplay, MachineInput } from "@cloudos/abi";
import type { KeyboardLayout } from "@cloudos/hal-wasm/machine/keyboard-layouts";
import { useEffect, useRef, useState } from "react";
import { saveToComputer } from "../files/download.ts";
import { messageOf } from "../state/describe.ts";
import type { MachineCenter } from "./machine-center.ts";
import { bindInput, chordInput, textInput } from "./screen-input.ts";

/** XKB names of the layouts a person can choose for the machine's X server. */
const LAYOUTS: readonly (readonly [code: KeyboardLayout, title: string])[] = [
  ["us", "English (US)"],
  ["de", "Deutsch"],
  ["fr", "Français"],
  ["es", "Español"],
  ["jp", "日本語"],
];

const SOFT_KEYS: readonly (readonly [label: string, codes: readonly string[]])[] = [
  ["Esc", ["Escape"]],
  ["Tab", ["Tab"]],
  ["←", ["ArrowLeft"]],
  ["↑", ["ArrowUp"]],
  ["↓", ["ArrowDown"]],
  ["→", ["ArrowRight"]],
  ["⏎", ["Enter"]],
  ["⌫", ["Backspace"]],
];

interface ScreenViewProps {
  readonly machines: MachineCenter;
  readonly name: string;
  readonly tab: number;
  readonly active: boolean;
  readonly onError: (text: string) => void;
}

/** A machine's screen in a tab, with its keyboard and pointer. */
export function ScreenView({ machines, name, tab, active, onError }: ScreenViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const [display, setDisplay] = useState<MachineDisplay | null>(null);
  const [gone, setGone] = useState(false);
  const [layout, setLayout] = useState<KeyboardLayout>("us");
  const send = (events: readonly MachineInput[]) => machines.input(name, events);

  useEffect(() => {
    const element = place.current;
    const canvas = machines.canvas(name);
    if (element === null || canvas === undefined) return;
    element.append(canvas);
    let current: MachineDisplay | null = null;
    const unbind = bindInput(
      element,
      () => current,
      (events) => machines.input(name, events),
    );
    const unwatch = machines.watchDisplay(name, (size) => {
      current = size;
      setDisplay(size);
    });
    void machines.ended(name).then(() => setGone(true));
    return () => {
      unbind();
      unwatch();
      canvas.remove();
    };
  }, [machines, name]);

  useEffect(() => {
    machines.setVisible(name, active);
    if (active) place.current?.focus();
  }, [machines, name, active]);

  const chooseLayout = async (chosen: KeyboardLayout) => {
    setLayout(chosen);
    await machines.chooseLayout(name, chosen).catch((error: unknown) => onError(messageOf(error)));
  };
  const screenshot = async () => {
    try {
      saveToComputer(`${name}.png`, new Blob([await machines.screenshot(name)], { type: "image/png" }));
    } catch (error) {
      onError(messageOf(error));
    }
  };
  return (
    <section
      id={`terminal-${tab}`}
      role="tabpanel"
      aria-labelledby={`tab-${tab}`}
      className={`pane screen-pane${active ? "" : " pane-hidden"}`}
    >
      <div className="screen-bar">
        <span className="screen-name">
          {name}
          {display === null ? "" : ` · ${display.width}×${display.height}`}
        </span>
        <label className="screen-layout">
          <span className="visually-hidden">Keyboard layout</span>
          <select value={layout} onChange={(event) => void chooseLayout(event.target.value as KeyboardLayout)}>
            {LAYOUTS.map(([code, title]) => (
              <option key={code} value={code}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="button" onClick={() => send([chordInput("ControlLeft", "AltLeft", "Delete")])}>
          Ctrl+Alt+Del
        </button>
        <button type="button" className="button" onClick={() => void screenshot()}>
          Picture
        </button>
      </div>
      <div className="screen-frame">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keys of the machine */}
        <div ref={place} className="screen" tabIndex={0} role="application" aria-label={`Screen of ${name}`} />
      </div>
      {gone ? (
        <p className="ending" role="status">
          <span>The machine has ended</span>
        </p>
      ) : null}
      <div className="key-bar" role="toolbar" aria-label="Extra keys">
        <input
          className="key soft-input"
          aria-label="Type into the machine"
          placeholder="⌨"
          autoCapitalize="off"
          autoComplete="off"
          value=""
          onChange={(event) => send([textInput(event.target.value, layout)])}
        />
        {SOFT_KEYS.map(([label, codes]) => (
          <button
            key={label}
            type="button"
            className="key"
            aria-label={codes[0]}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => send([chordInput(...codes)])}
          >
            {label}
          </button>
        ))}
      </div>
    </section>
  );
}
