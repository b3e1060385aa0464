/**
 * Text as keys, for soft keyboards and pasting into a guest that reads a keyboard. The guest must use the same layout (`loadkeys`,
 * `setxkbmap`): a keyboard sends places, not characters.
 */
import { chord, scancodes } from "./scancodes.ts";

export type KeyboardLayout = "us" | "de" | "fr" | "es" | "jp";
export const KEYBOARD_LAYOUTS: readonly KeyboardLayout[] = ["us", "de", "fr", "es", "jp"];

/** The keys whose characters differ between layouts, as they lie: four rows, top to bottom, then the two extra keys. */
const PLACES = [
  "Backquote Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal IntlYen",
  "KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight",
  "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backslash",
  "IntlBackslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash IntlRo",
].map((row) => row.split(" "));

/** One string per row and level: plain, with Shift, with AltGr. A blank is a key without that character, or a dead key. */
type Level = readonly [string, string, string, string];
interface LayoutRows {
  readonly plain: Level;
  readonly shift: Level;
  readonly altGr: Level;
}

const NONE: Level = ["", "", "", ""];
const LAYOUTS: Readonly<Record<KeyboardLayout, LayoutRows>> = {
  us: {
    plain: ["`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", " zxcvbnm,./"],
    shift: ["~!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"|', " ZXCVBNM<>?"],
    altGr: NONE,
  },
  de: {
    plain: [" 1234567890ß ", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"],
    shift: ['°!"§$%&/()=? ', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"],
    altGr: ["  ²³   {[]}\\", "@ €        ~", "", "|      µ"],
  },
  fr: {
    plain: ["²&é\"'(-è_çà)=", "azertyuiop $", "qsdfghjklmù*", "<wxcvbn,;:!"],
    shift: [" 1234567890°+", "AZERTYUIOP £", "QSDFGHJKLM%µ", ">WXCVBN?./§"],
    altGr: ["  ~#{[|`\\^@]}", "  €", "", ""],
  },
  es: {
    plain: ["º1234567890'¡", "qwertyuiop +", "asdfghjklñ ç", "<zxcvbnm,.-"],
    shift: ['ª!"·$%&/()=?¿', "QWERTYUIOP *", "ASDFGHJKLÑ Ç", ">ZXCVBNM;:_"],
    altGr: ["\\|@#~€¬", "  €       []", "          {}", ""],
  },
  jp: {
    plain: [" 1234567890-^¥", "qwertyuiop@[", "asdfghjkl;:]", " zxcvbnm,./\\"],
    shift: [" !\"#$%&'() =~|", "QWERTYUIOP`{", "ASDFGHJKL+*}", " ZXCVBNM<>?_"],
    altGr: NONE,
  },
};

interface Key {
  readonly code: string;
  readonly modifier: "ShiftLeft" | "AltRight" | null;
}
const tables = new Map<KeyboardLayout, ReadonlyMap<string, Key>>();

function table(layout: KeyboardLayout): ReadonlyMap<string, Key> {
  const known = tables.get(layout);
  if (known !== undefined) return known;
  const keys = new Map<string, Key>([
    [" ", { code: "Space", modifier: null }],
    ["\n", { code: "Enter", modifier: null }],
    ["\t", { code: "Tab", modifier: null }],
    ["\b", { code: "Backspace", modifier: null }],
    ["\u001b", { code: "Escape", modifier: null }],
  ]);
  const rows = LAYOUTS[layout];
  for (const [level, modifier] of [
    [rows.plain, null],
    [rows.shift, "ShiftLeft"],
    [rows.altGr, "AltRight"],
  ] as const)
    for (const [row, characters] of level.entries())
      for (const [index, character] of [...characters].entries()) {
        const code = PLACES[row]?.[index];
        if (code !== undefined && !keys.has(character)) keys.set(character, { code, modifier });
      }
  tables.set(layout, keys);
  return keys;
}

/** Scan codes that type the text. Characters the layout has no single key for are left out, and returned as `missing`. */
export function typeText(
  text: string,
  layout: KeyboardLayout,
): { readonly codes: readonly number[]; readonly missing: string } {
  const keys = table(layout);
  const codes: number[] = [];
  let missing = "";
  for (const character of text.replaceAll("\r\n", "\n").replaceAll("\r", "\n")) {
    const key = keys.get(character);
    if (key === undefined) missing += character;
    else if (key.modifier === null) codes.push(...scancodes(key.code, true), ...scancodes(key.code, false));
    else codes.push(...chord(key.modifier, key.code));
  }
  return { codes, missing };
}
