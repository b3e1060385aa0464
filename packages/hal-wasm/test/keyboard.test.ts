import { describe, expect, it } from "vitest";
import { KEYBOARD_LAYOUTS, typeText } from "../src/machine/keyboard-layouts.ts";
import { chord, scancodes } from "../src/machine/scancodes.ts";

describe("scan codes", () => {
  it("are set 1, extended keys after 0xE0, releases with bit 7", () => {
    expect(scancodes("KeyA", true)).toEqual([0x1e]);
    expect(scancodes("KeyA", false)).toEqual([0x9e]);
    expect(scancodes("Enter", true)).toEqual([0x1c]);
    expect(scancodes("Space", true)).toEqual([0x39]);
    expect(scancodes("F12", true)).toEqual([0x58]);
    expect(scancodes("Numpad0", true)).toEqual([0x52]);
    expect(scancodes("ArrowLeft", false)).toEqual([0xe0, 0xcb]);
    expect(scancodes("Pause", true)).toEqual([0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5]);
    expect(scancodes("LaunchApp1", true)).toEqual([]);
  });

  it("release a chord in reverse", () => {
    expect(chord("ControlLeft", "AltLeft", "Delete")).toEqual([0x1d, 0x38, 0xe0, 0x53, 0xe0, 0xd3, 0xb8, 0x9d]);
  });
});

describe("keyboard layouts", () => {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

  it.each(KEYBOARD_LAYOUTS)("%s types printable ASCII but for its dead keys", (layout) => {
    const dead = { us: "", de: "^`", fr: "", es: "^`", jp: "" }[layout];
    const { missing } = typeText(printable.join(""), layout);
    expect(missing).toBe(dead === "^`" ? "^`" : dead);
  });

  it("knows places: z and y, a and q, quotes, AltGr", () => {
    expect(typeText("z", "de").codes).toEqual([0x15, 0x95]);
    expect(typeText("a", "fr").codes).toEqual([0x10, 0x90]);
    expect(typeText("1", "fr").codes).toEqual([0x2a, 0x02, 0x82, 0xaa]);
    expect(typeText("@", "de").codes).toEqual([0xe0, 0x38, 0x10, 0x90, 0xe0, 0xb8]);
    expect(typeText("ñ", "es").codes).toEqual([0x27, 0xa7]);
    expect(typeText("\\", "jp").codes).toEqual([0x73, 0xf3]);
    expect(typeText("漢", "jp")).toEqual({ codes: [], missing: "漢" });
  });
});
