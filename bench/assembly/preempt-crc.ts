/** CRC-32 by table over a buffer: one short loop, a load and a few operations a turn. */
const SIZE: i32 = 1 << 20;
const PASSES: i32 = 40;

const table = new StaticArray<u32>(256);
for (let i = 0; i < 256; i++) {
  let value: u32 = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  unchecked((table[i] = value));
}
const data = new StaticArray<u8>(SIZE);
for (let i = 0; i < SIZE; i++) unchecked((data[i] = <u8>(i * 7)));

let crc: u32 = 0xffffffff;
for (let pass = 0; pass < PASSES; pass++) {
  for (let i = 0; i < SIZE; i++) crc = unchecked(table[(crc ^ data[i]) & 0xff]) ^ (crc >>> 8);
}
export const result: u32 = ~crc;
