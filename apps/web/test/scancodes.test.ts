import { describe, expect, it } from "vitest";
import { scancodes, typeText } from "../src/machines/scancodes.ts";

describe("scan codes, set 1", () => {
  // IBM PC AT Technical Reference, keyboard section.
  it.each([
    ["Escape", [0x01]],
    ["KeyA", [0x1e]],
    ["Enter", [0x1c]],
    ["Backslash", [0x2b]],
    ["ShiftRight", [0x36]],
    ["Space", [0x39]],
    ["CapsLock", [0x3a]],
    ["F10", [0x44]],
    ["ScrollLock", [0x46]],
    ["Numpad5", [0x4c]],
    ["Numpad0", [0x52]],
    ["NumpadDecimal", [0x53]],
    ["F12", [0x58]],
    ["ArrowUp", [0xe0, 0x48]],
    ["AltRight", [0xe0, 0x38]],
    ["Delete", [0xe0, 0x53]],
  ])("%s", (code, down) => {
    expect(scancodes(code, true)).toEqual(down);
    const up = [...down];
    up[up.length - 1]! |= 0x80;
    expect(scancodes(code, false)).toEqual(up);
  });

  it("know no keys that the keyboard lacks", () => {
    expect(scancodes("BrowserHome", true)).toBeNull();
  });

  it("type text as the US layout has it, with shift where it is needed", () => {
    expect(typeText("a|\n")).toEqual([0x1e, 0x9e, 0x2a, 0x2b, 0xab, 0xaa, 0x1c, 0x9c]);
    const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
    expect(printable.filter((character) => typeText(character).length === 0)).toEqual([]);
    expect(typeText("é")).toEqual([]);
  });
});
