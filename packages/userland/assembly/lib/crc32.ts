/** CRC-32 of RFC 1952 (reflected 0xedb88320), four bytes a step (slicing, Kounavis & Berry 2005). */
const TABLE: usize = memory.data(4096, 4);
let ready: bool = false;

function build(): void {
  for (let n: u32 = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = (c & 1) != 0 ? (c >> 1) ^ 0xedb88320 : c >> 1;
    store<u32>(TABLE + (n << 2), c);
  }
  for (let n: u32 = 0; n < 256; n++) {
    for (let k = 1; k < 4; k++) {
      const c = load<u32>(TABLE + ((k - 1) << 10) + (n << 2));
      store<u32>(TABLE + (k << 10) + (n << 2), (c >> 8) ^ load<u32>(TABLE + ((c & 0xff) << 2)));
    }
  }
  ready = true;
}

/** Continues `crc` (0 to begin) over `length` bytes. */
export function crc32(crc: u32, from: usize, length: i32): u32 {
  if (!ready) build();
  let c = ~crc;
  const end = from + length;
  for (; from + 4 <= end; from += 4) {
    c ^= load<u32>(from);
    c =
      load<u32>(TABLE + ((c & 0xff) << 2), 3072) ^ load<u32>(TABLE + (((c >> 8) & 0xff) << 2), 2048) ^
      load<u32>(TABLE + (((c >> 16) & 0xff) << 2), 1024) ^ load<u32>(TABLE + ((c >> 24) << 2));
  }
  for (; from < end; from++) c = (c >> 8) ^ load<u32>(TABLE + (((c ^ load<u8>(from)) & 0xff) << 2));
  return ~c;
}
