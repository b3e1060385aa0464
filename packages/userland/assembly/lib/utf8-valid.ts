/** Whether `length` bytes are valid UTF-8 (RFC 3629); ASCII runs are skipped eight bytes at a time. */
export function isValidUtf8(from: usize, length: i32): bool {
  const end = from + length;
  let p = from;
  while (p < end) {
    while (p + 8 <= end && (load<u64>(p) & 0x8080808080808080) == 0) p += 8;
    if (p >= end) break;
    const lead = <i32>load<u8>(p++);
    if (lead < 0x80) continue;
    const extra = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || p + extra > end) return false;
    const second = <i32>load<u8>(p);
    // The second byte rules out overlong forms, surrogates and what lies past U+10FFFF.
    const low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    for (let i = 1; i < extra; i++) if ((load<u8>(p + i) & 0xc0) != 0x80) return false;
    p += extra;
  }
  return true;
}
