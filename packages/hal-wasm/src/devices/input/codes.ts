/** Codes of Linux's input-event-codes.h: numbers that programs know. */
export const BTN_LEFT = 0x110;
export const BTN_RIGHT = 0x111;
export const BTN_MIDDLE = 0x112;
export const BTN_SIDE = 0x113;
export const BTN_EXTRA = 0x114;
export const BTN_SOUTH = 0x130;
export const BTN_TOUCH = 0x14a;
export const REL_HWHEEL = 6;
export const REL_WHEEL = 8;
export const ABS_X = 0;
export const ABS_Y = 1;
export const ABS_MT_SLOT = 0x2f;
export const ABS_MT_POSITION_X = 0x35;
export const ABS_MT_POSITION_Y = 0x36;
export const ABS_MT_TRACKING_ID = 0x39;

/** Buttons of PointerEvent.button. */
export const POINTER_BUTTONS: readonly number[] = [BTN_LEFT, BTN_MIDDLE, BTN_RIGHT, BTN_SIDE, BTN_EXTRA];

/** KEY_* by KeyboardEvent.code (W3C UI Events: the place of the key, whatever is printed on it). */
export const KEY_CODES: Readonly<Record<string, number>> = {
  Escape: 1,
  ...row(2, "Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace Tab"),
  ...row(16, "KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter ControlLeft"),
  ...row(30, "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote ShiftLeft Backslash"),
  ...row(44, "KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight NumpadMultiply AltLeft Space CapsLock"),
  ...row(59, "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock"),
  ...row(71, "Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd"),
  ...row(79, "Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal"),
  ...row(86, "IntlBackslash F11 F12 IntlRo Lang3 Lang4 Convert KanaMode NonConvert"),
  ...row(96, "NumpadEnter ControlRight NumpadDivide PrintScreen AltRight"),
  ...row(102, "Home ArrowUp PageUp ArrowLeft ArrowRight End ArrowDown PageDown Insert Delete"),
  ...row(113, "AudioVolumeMute AudioVolumeDown AudioVolumeUp Power NumpadEqual"),
  Pause: 119,
  NumpadComma: 121,
  ...row(122, "Lang1 Lang2 IntlYen MetaLeft MetaRight ContextMenu"),
};

function row(first: number, names: string): Record<string, number> {
  return Object.fromEntries(names.split(" ").map((name, index) => [name, first + index]));
}

/** Buttons of the standard gamepad (W3C Gamepad, "standard" mapping), in its order. The directional pad is the hat's axes in Linux. */
export const GAMEPAD_BUTTONS: readonly number[] = [
  0x130, 0x131, 0x133, 0x134, 0x136, 0x137, 0x138, 0x139, 0x13a, 0x13b, 0x13d, 0x13e, 0x220, 0x221, 0x222, 0x223, 0x13c,
];
/** ABS_X, ABS_Y, ABS_RX, ABS_RY. */
export const GAMEPAD_AXES: readonly number[] = [0, 1, 3, 4];
/** Range of an axis: -AXIS_RANGE .. AXIS_RANGE. */
export const AXIS_RANGE = 32767;
