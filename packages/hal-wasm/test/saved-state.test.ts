import { describe, expect, it } from "vitest";
import { joinState, splitState } from "../src/machine/saved-state.ts";

const PAGE = 4096;

/** As the emulator writes one: memory of 64 pages of which three are used, a frame buffer, an odd small buffer. */
function state(): ArrayBuffer {
  const bitmap = new Uint8Array(8);
  for (const page of [0, 9, 63]) bitmap[page >> 3]! |= 1 << (page & 7);
  const packed = Uint8Array.from({ length: 3 * PAGE }, (_, i) => (i * 31 + (i >> 12)) & 255);
  const frame = new Uint8Array(5 * PAGE);
  frame[2 * PAGE + 17] = 200;
  const buffers = [Uint8Array.of(1, 2, 3, 4, 5), packed, frame, bitmap, new Uint8Array(0)];
  let offset = 0;
  const infos = buffers.map(({ length }) => {
    const info = { offset, length };
    offset += (length + 3) & ~3;
    return info;
  });
  const cpu: unknown[] = new Array(79).fill(null);
  cpu[0] = 64 * PAGE;
  cpu[5] = { __state_type__: "Uint8Array", buffer_id: 0 };
  cpu[6] = [{ __state_type__: "Int32Array", buffer_id: 2 }, "text", { __state_type__: "Uint8Array", buffer_id: 4 }];
  cpu[77] = { __state_type__: "Uint8Array", buffer_id: 1 };
  cpu[78] = { __state_type__: "Uint8Array", buffer_id: 3 };
  const json = new TextEncoder().encode(JSON.stringify({ buffer_infos: infos, state: cpu }));
  const start = (16 + json.length + 3) & ~3;
  const whole = new ArrayBuffer(start + offset);
  new Uint32Array(whole, 0, 4).set([0x86768676, 6, whole.byteLength, json.length]);
  new Uint8Array(whole, 16).set(json);
  for (const [i, buffer] of buffers.entries()) new Uint8Array(whole, start + infos[i]!.offset).set(buffer);
  return whole;
}

/** What a state means: its JSON with each buffer in place of its number. */
function meaning(of: ArrayBuffer): unknown {
  const infoBytes = new Uint32Array(of, 12, 1)[0]!;
  const info = JSON.parse(new TextDecoder().decode(new Uint8Array(of, 16, infoBytes)));
  const start = (16 + infoBytes + 3) & ~3;
  return info.buffer_infos
    .map(({ offset, length }: { offset: number; length: number }) => [...new Uint8Array(of, start + offset, length)])
    .concat([info.state]);
}

describe("saved states", () => {
  it("are the same after being split and joined", () => {
    const saved = state();
    const parts = splitState(saved);
    expect(parts.spaces.map(({ sizeBytes, pages }) => [sizeBytes, ...pages])).toEqual([
      [64 * PAGE, 0, 9, 63],
      [5, 0],
      [0],
      [5 * PAGE, 2],
      [0],
      [0],
    ]);
    const joined = joinState(parts);
    expect(meaning(joined)).toEqual(meaning(saved));
    expect(meaning(joinState(splitState(joined)))).toEqual(meaning(saved));
  });

  it("that are cut, of another version or not the emulator's are refused", () => {
    const saved = state();
    const changed = (at: number, value: number) => {
      const copy = saved.slice();
      new Uint32Array(copy)[at] = value;
      return copy;
    };
    const bad = [
      new ArrayBuffer(3),
      saved.slice(0, -4),
      changed(0, 1),
      changed(1, 7),
      changed(3, 10),
      changed(3, 2 ** 31),
    ];
    for (const each of bad)
      expect(() => splitState(each)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^state-/) }));
    const parts = splitState(saved);
    expect(() => joinState({ ...parts, emulator: "v86-7" })).toThrow(
      expect.objectContaining({ code: "state-mismatch" }),
    );
  });
});
