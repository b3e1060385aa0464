/**
 * Keys as a PC keyboard reports them: scan code set 1, by KeyboardEvent.code (W3C UI Events KeyboardEvent code Values). Keys are
 * places on the keyboard; what is printed on them is the guest's layout (see keyboard-layouts.ts).
 */

const RELEASED = 0x80;
const EXTENDED = 0xe0;

/** Rows of consecutive codes, and single keys. */
const ROWS: readonly (readonly [first: number, keys: string])[] = [
  [0x01, "Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace"],
  [0x0f, "Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter ControlLeft"],
  [0x1e, "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote ShiftLeft Backslash"],
  [0x2c, "KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight NumpadMultiply AltLeft Space CapsLock"],
  [0x3b, "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock"],
  [0x47, "Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0"],
  [0x53, "NumpadDecimal"],
  [0x56, "IntlBackslash F11 F12"],
  [0x70, "KanaMode"],
  [0x73, "IntlRo"],
  [0x79, "Convert"],
  [0x7b, "NonConvert"],
  [0x7d, "IntlYen"],
];
/** After 0xE0. */
const EXTENDED_KEYS: Readonly<Record<string, number>> = {
  NumpadEnter: 0x1c,
  ControlRight: 0x1d,
  NumpadDivide: 0x35,
  PrintScreen: 0x37,
  AltRight: 0x38,
  Home: 0x47,
  ArrowUp: 0x48,
  PageUp: 0x49,
  ArrowLeft: 0x4b,
  ArrowRight: 0x4d,
  End: 0x4f,
  ArrowDown: 0x50,
  PageDown: 0x51,
  Insert: 0x52,
  Delete: 0x53,
  MetaLeft: 0x5b,
  MetaRight: 0x5c,
  ContextMenu: 0x5d,
};
/** It has no release. */
const PAUSE = [0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5];

const PLAIN_KEYS: ReadonlyMap<string, number> = new Map(
  ROWS.flatMap(([first, keys]) => keys.split(" ").map((key, index) => [key, first + index] as const)),
);

/** What the keyboard sends for a key going down or up; nothing for keys a PC keyboard does not have. */
export function scancodes(code: string, down: boolean): readonly number[] {
  if (code === "Pause") return down ? PAUSE : [];
  const release = down ? 0 : RELEASED;
  const plain = PLAIN_KEYS.get(code);
  if (plain !== undefined) return [plain | release];
  const extended = EXTENDED_KEYS[code];
  return extended === undefined ? [] : [EXTENDED, extended | release];
}

/** Keys pressed in order and released in reverse: "ControlLeft", "AltLeft", "Delete". */
export function chord(...codes: readonly string[]): readonly number[] {
  return [
    ...codes.flatMap((code) => scancodes(code, true)),
    ...codes.toReversed().flatMap((code) => scancodes(code, false)),
  ];
}
