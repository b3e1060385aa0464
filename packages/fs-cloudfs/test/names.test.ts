import { EILSEQ, EINVAL } from "@cloudos/abi/errno";
import { expect, test } from "vitest";
import { decodeName, encodeName, nameBytes } from "../src/vfs/names.ts";

function decode(...bytes: number[]): string {
  return decodeName(Uint8Array.from(bytes), 0, bytes.length);
}

test.each(["", "plain", "ä", "日本語", "😀", "\ufeffbom", "a\u0300"])(
  "%j survives the way to bytes and back",
  (name) => {
    const bytes = encodeName(name);
    expect(decodeName(bytes, 0, bytes.length)).toBe(name);
    expect(nameBytes(name)).toBe(bytes.length);
  },
);

test.each([
  ["a stray continuation byte", [0x61, 0x80]],
  ["an overlong slash", [0xc0, 0xaf]],
  ["a cut sequence", [0xe6, 0x97]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ["a latin1 name", [0xe4, 0x2e, 0x74, 0x78, 0x74]],
])("%s is EILSEQ", (_what, bytes) => {
  expect(() => decode(...bytes)).toThrow(expect.objectContaining({ errno: EILSEQ }));
});

test("a NUL byte is EINVAL", () => {
  expect(() => decode(0x61, 0, 0x62)).toThrow(expect.objectContaining({ errno: EINVAL }));
  expect(() => decode(0xc3, 0xa4, 0)).toThrow(expect.objectContaining({ errno: EINVAL }));
});

test("names in shared memory are read", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(16));
  shared.set(encodeName("ärger"), 3);
  expect(decodeName(shared, 3, 9)).toBe("ärger");
});
