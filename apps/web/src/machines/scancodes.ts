/** Keyboard scan codes, set 1 (IBM PC/XT and AT technical references), by the place of the key: `KeyboardEvent.code` (UI Events). */
const PLAIN: Readonly<Record<string, number>> = {
  ...row(0x01, "Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace"),
  ...row(0x0f, "Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter ControlLeft"),
  ...row(0x1e, "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote ShiftLeft Backslash"),
  ...row(
    0x2c,
    "KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight NumpadMultiply AltLeft Space CapsLock",
  ),
  ...row(0x3b, "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock"),
  ...row(
    0x47,
    "Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0",
  ),
  NumpadDecimal: 0x53,
  IntlBackslash: 0x56,
  F11: 0x57,
  F12: 0x58,
  KanaMode: 0x70,
  IntlRo: 0x73,
  Convert: 0x79,
  NonConvert: 0x7b,
  IntlYen: 0x7d,
};
/** After 0xE0. */
const EXTENDED: Readonly<Record<string, number>> = {
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

/** What the keyboard sends when the key goes down or up; null for keys it does not have. */
export function scancodes(code: string, down: boolean): readonly number[] | null {
  const release = down ? 0 : 0x80;
  const plain = PLAIN[code];
  if (plain !== undefined) return [plain | release];
  const extended = EXTENDED[code];
  return extended === undefined ? null : [0xe0, extended | release];
}

/** Keys that write `text` on a keyboard with the US layout; characters it does not have are left out. */
export function typeText(text: string): readonly number[] {
  return [...text].flatMap((character) => {
    const key = US[character];
    if (key === undefined) return [];
    const press = [...scancodes(key.code, true)!, ...scancodes(key.code, false)!];
    return key.shift ? [...scancodes("ShiftLeft", true)!, ...press, ...scancodes("ShiftLeft", false)!] : press;
  });
}

const US: Readonly<Record<string, { readonly code: string; readonly shift: boolean }>> = {
  ...keys("1234567890", "!@#$%^&*()", (c) => `Digit${c}`),
  ...keys("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", (c) => `Key${c.toUpperCase()}`),
  ...named(
    "-_Minus =+Equal [{BracketLeft ]}BracketRight ;:Semicolon '\"Quote `~Backquote \\|Backslash ,<Comma .>Period /?Slash",
  ),
  " ": { code: "Space", shift: false },
  "\n": { code: "Enter", shift: false },
  "\t": { code: "Tab", shift: false },
};

function keys(plain: string, shifted: string, code: (character: string) => string) {
  const entries = [...plain].flatMap((character, index) => [
    [character, { code: code(character), shift: false }],
    [shifted[index]!, { code: code(character), shift: true }],
  ]);
  return Object.fromEntries(entries) as Record<string, { code: string; shift: boolean }>;
}

/** Words of plain character, shifted character, code. */
function named(words: string) {
  return Object.fromEntries(
    words.split(" ").flatMap((word) => [
      [word[0]!, { code: word.slice(2), shift: false }],
      [word[1]!, { code: word.slice(2), shift: true }],
    ]),
  ) as Record<string, { code: string; shift: boolean }>;
}

function row(first: number, codes: string): Record<string, number> {
  return Object.fromEntries(codes.split(" ").map((code, index) => [code, first + index]));
}
